"""Redeeming a code: what is asked, and whether the stored code may be given (§9.1, §9.4; RFC 6749 §4.1.3)."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from fcsim_hub.domain.errors.grant import (
    CodeExpired,
    CodeMissing,
    CodeOfAnotherClient,
    CodeRedirectUriMismatch,
    GrantNotFound,
    GrantTypeMissing,
    GrantTypeUnsupported,
    PkceFailed,
)

TOKEN_MEMBERS = ("access_token", "expires_in", "id_token", "scope", "token_type")


@dataclass(frozen=True)
class CodeRequest:
    """A well formed request to redeem a code."""

    code: str
    redirect_uri: str
    code_verifier: str


def read_code_request(form: Mapping[str, str]) -> CodeRequest:
    """What the token endpoint is asked."""
    grant_type = form.get("grant_type", "")
    if not grant_type:
        raise GrantTypeMissing("grant_type is missing: expected authorization_code")
    if grant_type != "authorization_code":
        raise GrantTypeUnsupported(f"grant_type is {grant_type[:64]!r}: expected authorization_code")
    if not form.get("code"):
        raise CodeMissing("code is missing or empty")
    return CodeRequest(form["code"], form.get("redirect_uri", ""), form.get("code_verifier", ""))


@dataclass(frozen=True, kw_only=True)
class IssuedCode:
    """A stored code, as far as it is judged here."""

    client_id: str
    redirect_uri: str
    code_challenge: str
    expires_at: float
    grant_alive: bool


def check_code(asked: CodeRequest, issued: IssuedCode, client_id: str, now: float) -> None:
    """Refuse a code that this client may not redeem now, in the order of FranceConnect's library."""
    if issued.client_id != client_id:
        raise CodeOfAnotherClient("this code was issued to another client")
    if now >= issued.expires_at:
        raise CodeExpired(f"this code expired {now - issued.expires_at:.0f} s ago: FranceConnect's codes live 30 s")
    if not issued.grant_alive:
        raise GrantNotFound("the login behind this code has ended")
    if asked.redirect_uri != issued.redirect_uri:  # byte for byte; one that was left out differs, too (H043)
        received = repr(asked.redirect_uri[:256]) if asked.redirect_uri else "missing"
        raise CodeRedirectUriMismatch(f"redirect_uri is {received}: expected {issued.redirect_uri!r}, as at /authorize")
    _check_pkce(asked.code_verifier, issued.code_challenge)


def _check_pkce(verifier: str, challenge: str) -> None:
    if not verifier and not challenge:
        return
    if not challenge:
        raise PkceFailed("code_verifier was sent, but /authorize received no code_challenge")
    if not 43 <= len(verifier) <= 128 or not verifier.isascii():
        raise PkceFailed("code_verifier is missing or not 43 to 128 ASCII characters")
    if not hmac.compare_digest(create_s256_code_challenge(verifier), challenge):
        raise PkceFailed("code_verifier is not the one of the code_challenge")
