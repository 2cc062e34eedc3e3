"""Form tokens with FranceConnect's semantics: one for each page shown, single use, four errors (§7.5)."""

import hmac
import secrets
from dataclasses import replace

from fcsim_hub.domain.errors.hub import CsrfConsumed, CsrfInvalid, CsrfMissing, CsrfNotIssued
from fcsim_hub.domain.journey import Session

TOKEN_BYTES = 32


def issue_csrf(session: Session) -> Session:
    """The session with a token for the page about to be shown."""
    return replace(session, csrf=secrets.token_hex(TOKEN_BYTES), csrf_consumed=False)


def consume_csrf(session: Session, received: str) -> Session:
    """The session with its token used; raises Y470001 to Y470004."""
    if not received:
        raise CsrfMissing("the form has no csrfToken")
    if not session.csrf:
        raise CsrfNotIssued("no page of this session issued a csrfToken")
    if not hmac.compare_digest(session.csrf.encode(), received.encode()):
        raise CsrfInvalid("the csrfToken is not the one of the page last shown")
    if session.csrf_consumed:
        raise CsrfConsumed("this form was already posted")
    return replace(session, csrf_consumed=True)
