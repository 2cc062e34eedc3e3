"""Addresses to return to: well formed, and matched against the registered ones (service-provider-side §1, §6.7)."""

import re
from collections.abc import Iterable
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from fcsim_hub.domain.errors.authorize import AuthorizeParamsRefused
from fcsim_hub.domain.platforms import Posture

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SAFE_IN_PATH = "/:@!$&'()*+,;=~%[]|^"
_PUBLIC_HOST = re.compile(r"[^.]\.([^\W\d_]{2,}|xn--[a-z0-9-]+)\.?$")
"""A host that ends in a top-level domain: letters, never the digits of an IP address (H007, H040)."""
_IN_NO_URL = re.compile(r"[\s<>]")
_C0_OR_SPACE = "".join(map(chr, range(0x21)))
_QUOTED_MAX = 200
_OFF = " (`allow_localhost` of the platform is off)"


def check_address(uri: str, *, allow_localhost: bool) -> None:
    """Refuse what is not an absolute web address; raises AuthorizeParamsRefused."""
    if fault := find_fault(uri, allow_localhost=allow_localhost):
        raise AuthorizeParamsRefused(f"parameter 'redirect_uri' {fault}")


def find_fault(uri: str, *, allow_localhost: bool) -> str:
    """Why a text is no absolute web address; empty when it is one."""
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is not a URL"
    if blank := _IN_NO_URL.search(uri):
        return f"is not a URL: character {blank.start() + 1} is {blank[0]!r}"
    # ledger F02, ledger F28
    schemes = ("http", "https") if allow_localhost else ("https",)
    if parts.scheme not in schemes or not host:
        off = _OFF if parts.scheme == "http" and not allow_localhost else ""
        return f"is {uri[:200]!r}: expected an absolute {' or '.join(schemes)} URL{off}"
    if not allow_localhost and not _PUBLIC_HOST.search(host):
        return f"is {uri[:200]!r}: expected a public host name{_OFF}"
    return ""


def find_registered(uri: str, registered: Iterable[str], posture: Posture) -> str | None:
    """The registered address that `uri` stands for; redirects go to that string, never to the one received."""
    same = _same_bytes if posture == "standard" else _same_url
    return next((known for known in registered if same(uri, known)), None)


def _same_bytes(one: str, other: str) -> bool:
    return one == other


def _same_url(one: str, other: str) -> bool:
    return one == other or normalise(one) == normalise(other)


def normalise(uri: str) -> str:
    """A URL in the form browsers give it (WHATWG href): case of the host, default port, dot segments.

    Less than what they fold: a host stays spelled as it is, a user name too, were it empty (ledger: stricter).
    """
    uri = uri.strip(_C0_OR_SPACE)
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return uri
    if not parts.netloc.isascii():
        return uri  # a Kelvin sign is lower-cased to k: letters of other alphabets are never folded
    host = (parts.hostname or "").lower()
    user, at, _ = parts.netloc.rpartition("@")
    netloc = f"{user}{at}" + (f"[{host}]" if ":" in host else host)
    if port is not None and port != _DEFAULT_PORTS.get(parts.scheme):
        netloc += f":{port}"
    path = _fold_dots(parts.path.replace("\\", "/"))
    return urlunsplit((parts.scheme, netloc, quote(path, safe=_SAFE_IN_PATH), "", "")) + _end(uri)


def _end(uri: str) -> str:
    """Query and fragment, to the letter: one that is there and empty still tells two addresses apart."""
    before = re.split(r"[?#]", uri, maxsplit=1)[0]
    return uri[len(before) :]


def _fold_dots(path: str) -> str:
    folded: list[str] = []
    segments = path.removeprefix("/").split("/")  # one slash alone: `//cb` is not `/cb`
    for segment in segments:
        plain = segment.lower().replace("%2e", ".")
        if plain == "..":
            del folded[-1:]
        elif plain != ".":
            folded.append(segment)
    if segments[-1].lower().replace("%2e", ".") in (".", ".."):
        folded.append("")
    return "/" + "/".join(folded)


def explain_mismatch(uri: str, registered: Iterable[str], posture: Posture) -> str:
    """Where a received address first differs from the closest registered one, for the developer.

    Addresses are compared as `find_registered` does: what the posture folds is no difference.
    """
    known = list(registered)
    if not known:
        return f"received {_quoted(uri)}; this client has no registered address"
    read = normalise if posture == "faithful" else str
    got = read(uri)
    closest = max(known, key=lambda candidate: _closeness(got, read(candidate)))
    expected = read(closest)
    return (
        f"received {_as_read(uri, got)}; the closest registered address is {_as_read(closest, expected)}: "
        f"{_first_difference(got, expected)}"
    )


def _as_read(uri: str, read: str) -> str:
    return _quoted(uri) if read == uri else f"{_quoted(uri)} (read as {_quoted(read)})"


def _quoted(uri: str) -> str:
    return repr(uri[:_QUOTED_MAX]) + ("…" if len(uri) > _QUOTED_MAX else "")


def _first_difference(got: str, expected: str) -> str:
    rank = _common_start(got, expected)
    if rank == len(got):
        return f"it ends where character {rank + 1} is {expected[rank : rank + 1]!r}"
    if rank == len(expected):
        return f"character {rank + 1} is {got[rank]!r} where the end is expected"
    return f"character {rank + 1} is {got[rank]!r} where {expected[rank]!r} is expected"


def _closeness(one: str, other: str) -> tuple[int, int]:
    """How much two addresses share, from both ends: http for https must not hide the right one."""
    start = _common_start(one, other)
    end = _common_start(one[start:][::-1], other[start:][::-1])
    return start + end, -abs(len(one) - len(other))


def _common_start(one: str, other: str) -> int:
    return next(
        (rank for rank, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )


def add_to_query(uri: str, members: Iterable[tuple[str, str]]) -> str:
    """The address with an answer in its query, after what the query already holds, byte for byte."""
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode(list(members))}"


def add_to_fragment(uri: str, members: Iterable[tuple[str, str]]) -> str:
    """The address with an answer in its fragment (errors of implicit and hybrid response types)."""
    return f"{uri}#{urlencode(list(members))}"
