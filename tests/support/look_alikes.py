"""Addresses that resemble https://rp.example.fr/cb, drawn part by part, each part knowing whether it may pass.

What a browser folds (WHATWG: case of scheme and host, default port, dot segments) makes a twin; any other difference in
any part makes another address. The verdict comes from how the address was built, never from parsing it.
"""

from enum import Enum
from typing import Any

from hypothesis import strategies as st

HOST, PATH = "rp.example.fr", "/cb"


class Likeness(Enum):
    """How close an address is to the registered one."""

    SAME = 0
    TWIN = 1
    OTHER = 2

    @property
    def is_twin(self) -> bool:
        """Whether comparing after normalisation takes it."""
        return self is not Likeness.OTHER


Part = tuple[str, Likeness]


def _part(same: str, twins: st.SearchStrategy[str], others: st.SearchStrategy[str]) -> st.SearchStrategy[Part]:
    # Mostly the registered text, so that an address is often wrong in one place alone.
    kinds = [Likeness.SAME] * 5 + [Likeness.TWIN, Likeness.OTHER]
    texts = {Likeness.SAME: st.just(same), Likeness.TWIN: twins, Likeness.OTHER: others}
    return st.sampled_from(kinds).flatmap(lambda kind: texts[kind].map(lambda text: (text, kind)))


def _cases(text: str) -> st.SearchStrategy[str]:
    flags = st.lists(st.booleans(), min_size=len(text), max_size=len(text)).filter(any)
    drawn = flags.map(lambda ups: "".join(c.upper() if up else c for c, up in zip(text, ups, strict=True)))
    return drawn.filter(lambda one: one != text)


_EDIT = st.characters(codec="utf-8", exclude_characters="/?#@:\\[]", exclude_categories=["Cc", "Zs", "Zl", "Zp"])


def _edited(text: str) -> st.SearchStrategy[str]:
    """One letter put in, left out or replaced; never only its case."""
    places = st.integers(0, len(text) - 1)
    put_in = st.tuples(places, _EDIT).map(lambda at: text[: at[0]] + at[1] + text[at[0] :])
    left_out = places.map(lambda at: text[:at] + text[at + 1 :])
    replaced = st.tuples(places, _EDIT).map(lambda at: text[: at[0]] + at[1] + text[at[0] + 1 :])
    return (put_in | left_out | replaced).filter(lambda one: one.lower() != text)


_SCHEMES = _part(
    "https", _cases("https"), st.sampled_from(["http", "HTTP", "httpss", "ftp", "javascript", "file", "app"])
)
_USERS = _part(
    "",
    st.just(""),
    st.sampled_from(["user@", "user:pass@", "@", ":@", "evil.tld@", "a@b@", "rp.example.fr@"]),
)
_HOSTS = _part(
    HOST,
    _cases(HOST),
    _edited(HOST)
    | st.sampled_from([f"{HOST}.", f".{HOST}", f"{HOST}.."])
    | st.sampled_from([f"{HOST}.evil.tld", f"evil-{HOST}", f"x.{HOST}", "example.fr", "evil.tld", ""])
    | st.sampled_from(["rp\uff0eexample.fr", "r\u0440.example.fr", "rp%2Eexample.fr", "xn--rp-example-fr.evil.tld"])
    | st.sampled_from([f"{HOST}\\@evil.tld", f"{HOST}@evil.tld", f"evil.tld\\.{HOST}"])
    | st.sampled_from(["localhost", "127.0.0.1", "2130706433", "[::1]", "127.1"]),
)
_PORTS = _part(
    "",
    st.sampled_from([":443", ":", ":0443", ":00443"]),
    st.integers(0, 99_999).filter(lambda port: port != 443).map(lambda port: f":{port}")
    | st.sampled_from([":x", ":-443", ":443:443", ":4 43"]),
)
_NAMES = st.text("abz019-_~", min_size=1, max_size=5)
_PATHS = _part(
    PATH,
    st.sampled_from(["/./cb", "/%2e/cb", "/%2E/cb", "/cb/../cb", "/././cb", "/.%2e/cb", "/../cb"])
    | _NAMES.map(lambda name: f"/{name}/../cb")
    | _NAMES.map(lambda name: f"/{name}/%2e%2E/cb"),
    _cases(PATH)
    | st.sampled_from(["", "/", "/cb/", "//cb", "/cb//", "/cb%2F", "/c%62", "/cb;x", "/cb/.", "/cb/..", "/cb/%2e%2e/x"])
    | st.sampled_from(["/cb/..;/x", "\\cb", "/x/cb", "/cb%00", "/cb%20", "/..cb", "/cb..", "/cb/../../x"])
    | _NAMES.map(lambda name: f"/cb{name}")
    | _NAMES.map(lambda name: f"/{name}/cb"),
)
_QUERIES = _part(
    "",
    st.just(""),
    st.sampled_from(["?", "?x=1", "?tenant=2", "?tenant=1&", "?code=x", "?state=x", "?iss=x", "?error=x", "??", "?#"])
    | _NAMES.map(lambda name: f"?{name}"),
)
_FRAGMENTS = _part("", st.just(""), st.sampled_from(["#", "#f", "#code=x", "##"]))
_ALL: st.SearchStrategy[tuple[Part, ...]] = st.tuples(
    _SCHEMES, st.just(("://", Likeness.SAME)), _USERS, _HOSTS, _PORTS, _PATHS, _QUERIES, _FRAGMENTS
)


def _whole(parts: Any) -> tuple[str, Likeness]:
    likeness = max((kind for _, kind in parts), key=lambda kind: kind.value)
    uri = "".join(text for text, _ in parts)
    same = uri == f"https://{HOST}{PATH}"
    return uri, Likeness.SAME if same else likeness


def addresses() -> st.SearchStrategy[tuple[str, Likeness]]:
    """An address, and whether it is the registered one, a twin of it, or another."""
    return _ALL.map(_whole)
