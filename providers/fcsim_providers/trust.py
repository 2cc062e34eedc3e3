"""A device trusted after a second factor: a signed cookie of this browser at this provider, for six months.

It holds digests alone. A password that changes, or a secret key that does, ends every trust given before.
"""

import hmac

from flask import Response, request

from fcsim_providers.storage.accounts import Account
from fcsim_providers.visit import Visit

LIFE_SECONDS = 183 * 24 * 3600
ACCOUNTS_MAX = 5


def cookie_name(slug: str) -> str:
    """One for each provider: cookies ignore ports."""
    return f"fcsim_trusted_{slug}"


def is_trusted(visit: Visit, account: Account) -> bool:
    """Whether this browser was trusted for this account."""
    return _mark(visit, account) in dict(_read(visit))


def trust(visit: Visit, account: Account, response: Response) -> None:
    """Trust this browser for this account from now on; the latest five accounts are kept."""
    now, mark = int(visit.now), _mark(visit, account)
    kept = [(mark, now + LIFE_SECONDS), *(one for one in _read(visit) if one[0] != mark)][:ACCOUNTS_MAX]
    text = ".".join(f"{one}-{until}" for one, until in kept)
    value = f"{text}.{visit.context.signature(f'trusted {visit.slug}', text)}"
    name, path = cookie_name(visit.slug), f"/{visit.slug}"
    response.set_cookie(name, value, max_age=LIFE_SECONDS, httponly=True, samesite="Lax", path=path)


def _mark(visit: Visit, account: Account) -> str:
    return visit.context.signature(f"trusted account {visit.slug}", f"{account.login}\x00{account.secret_hash}")


def _read(visit: Visit) -> list[tuple[str, int]]:
    """Mark and end of each trust of this browser that holds; none when the cookie is not ours."""
    text, _, signature = request.cookies.get(cookie_name(visit.slug), "").rpartition(".")
    expected = visit.context.signature(f"trusted {visit.slug}", text)
    if not hmac.compare_digest(signature.encode(), expected.encode()):
        return []
    pairs = [one.partition("-")[::2] for one in text.split(".")]
    return [(mark, int(until)) for mark, until in pairs if int(until) > visit.now]
