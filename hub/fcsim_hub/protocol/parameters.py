"""Parameters of /authorize: which ones FranceConnect takes, why it refuses the others (service-provider-side §6)."""

import re
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from fcsim_hub.domain.errors.authorize import AuthorizeParamsRefused
from fcsim_hub.domain.platforms import Platform, Posture
from fcsim_hub.protocol.addresses import check_address

REQUIRED = ("client_id", "redirect_uri", "response_type", "scope", "acr_values", "nonce", "state")
"""Less those a platform says are optional."""
OPTIONAL = ("prompt", "claims", "idp_hint", "ui_locales")
STANDARD = ("code_challenge", "code_challenge_method", "max_age", "id_token_hint")
"""Taken in posture `standard` besides."""
MAY_BE_EMPTY = frozenset({"response_type", "scope", "acr_values", "nonce", "state", "claims", "idp_hint", "ui_locales"})
"""Here: a nonce is measured afterwards."""

PROMPT_MAX = 64
OTHERS_MAX = 8
"""Refused parameters named beside the first."""
PROMPTS: Mapping[Posture, frozenset[str]] = {
    "faithful": frozenset({"login", "consent"}),
    "standard": frozenset({"login", "consent", "none", "select_account"}),
}

WHY_REFUSED: Mapping[str, str] = {
    "code_challenge": "FranceConnect does not take PKCE, although its discovery document announces S256",
    "code_challenge_method": "FranceConnect does not take PKCE, although its discovery document announces S256",
    "login_hint": "FranceConnect forwards no hint about the person to the identity providers",
    "max_age": "FranceConnect decides by itself how long a session lives",
    "response_mode": "FranceConnect always answers in the query string",
    "request": "request objects are not usable on FranceConnect",
    "request_uri": "request objects are not usable on FranceConnect",
    "id_token_hint": "id_token_hint belongs to /session/end",
    "display": "FranceConnect has one display",
    "resource": "FranceConnect has no resource indicators",
}
_MALFORMED_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile("[\x00-\x1f\x7f\u2028\u2029\ufffd\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """The parameters of an authorization request, each present once and well formed."""

    values: Mapping[str, str]
    ignored: tuple[str, ...] = ()
    """Unlisted parameters that posture `standard` let pass."""

    def get(self, name: str) -> str:
        """The value of a parameter, empty when absent."""
        return self.values.get(name, "")

    def words(self, name: str) -> tuple[str, ...]:
        """The space-separated words of a parameter, each once, in order."""
        return tuple(dict.fromkeys(word for word in self.get(name).split(" ") if word))


def check_escapes(raw: bytes) -> None:
    """Refuse a query or form in which a `%` starts no escape, or whose bytes are no UTF-8: readers disagree on what
    such a text says (H018)."""
    if _MALFORMED_ESCAPE.search(raw):
        raise AuthorizeParamsRefused("the parameters hold a `%` that two hexadecimal digits do not follow")
    try:
        unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        raise AuthorizeParamsRefused("the parameters hold bytes that are not UTF-8") from None


def read_parameters(
    pairs: Collection[tuple[str, str]], posture: Posture, platform: Platform, left_out: Sequence[str] = ()
) -> Parameters:
    """Refuse what FranceConnect refuses before it looks at anything else; raises AuthorizeParamsRefused.

    `left_out`: what posture `standard` lets this client leave out.
    """
    taken = {*REQUIRED, *OPTIONAL, *(STANDARD if posture == "standard" else ())}
    values: dict[str, str] = {}
    ignored: list[str] = []
    for name, value in pairs:
        if name not in taken:
            if posture == "faithful":
                raise AuthorizeParamsRefused(_unlisted([one for one, _ in pairs if one not in taken]))
            ignored.append(name)
        elif name in values:
            raise AuthorizeParamsRefused(f"parameter {name!r} was sent twice: expected once")
        else:
            values[name] = value
    _check_present(values, {*platform.optional_parameters, *(left_out if posture == "standard" else ())})
    _check_characters(values)
    _check_nonce(values, platform)
    _check_prompt(values, posture)
    check_address(values["redirect_uri"], allow_localhost=platform.allow_localhost)
    return Parameters(values=values, ignored=tuple(ignored))


def _unlisted(names: Iterable[str]) -> str:
    """Why the first is refused, and which others would be next."""
    name, *others = dict.fromkeys(names)
    why = WHY_REFUSED.get(name.partition("[")[0], "any parameter that is not in its list is refused")
    verb = "Nor is" if len(others) == 1 else "Nor are"
    too = f"{verb} {', '.join(repr(one[:64]) for one in others[:OTHERS_MAX])}. " if others else ""
    return (
        f"parameter {name[:64]!r} is not accepted: {why}. {too}Expected only {', '.join((*REQUIRED, *OPTIONAL))}. "
        "Posture `standard` ignores unlisted parameters and honours PKCE S256."
    )


def _check_present(values: Mapping[str, str], optional: Container[str]) -> None:
    for name in (one for one in REQUIRED if one not in optional):
        if name not in values:
            raise AuthorizeParamsRefused(f"parameter {name!r} is required: it is missing")
        if not values[name] and name not in MAY_BE_EMPTY:
            raise AuthorizeParamsRefused(f"parameter {name!r} is required: it is empty")


def _check_characters(values: Mapping[str, str]) -> None:
    for name, value in values.items():
        if _CONTROL.search(value):
            raise AuthorizeParamsRefused(f"parameter {name!r} holds a control character or bytes that are not UTF-8")


def _check_nonce(values: Mapping[str, str], platform: Platform) -> None:
    if "nonce" in values and (length := len(values["nonce"])) < platform.nonce_min:
        raise AuthorizeParamsRefused(
            f"parameter 'nonce' has {length} characters: "
            f"expected at least {platform.nonce_min}, and 32 random ones are wise"
        )


def _check_prompt(values: Mapping[str, str], posture: Posture) -> None:
    prompt = values.get("prompt")
    if prompt is None:
        return
    if len(prompt) > PROMPT_MAX:
        raise AuthorizeParamsRefused(f"parameter 'prompt' has {len(prompt)} characters: expected at most {PROMPT_MAX}")
    if not PROMPTS[posture] & set(prompt.split(" ")):
        raise AuthorizeParamsRefused(f"parameter 'prompt' is {prompt!r}: expected login, consent, or both")
