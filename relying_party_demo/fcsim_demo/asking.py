"""The authorization request of a service, and what a tester may change in it (inside-the-hub §18.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from werkzeug.datastructures import MultiDict

OVERRIDABLE = ("prompt", "scope", "acr_values", "idp_hint", "claims")
PROMPTS = ("login", "consent", "none", "select_account")
AMR = '{"id_token":{"amr":{"essential":true}}}'


@dataclass(frozen=True)
class Post:
    """An authorization request sent as a form."""

    action: str
    fields: Mapping[str, str]


def overrides(given: Mapping[str, str]) -> dict[str, str]:
    """What an address changes, empty values included: they are worth a try too."""
    return {name: given[name] for name in OVERRIDABLE if name in given}


def from_form(form: MultiDict[str, str]) -> dict[str, str]:
    """What the form for developers changes: boxes are joined, what is left empty is not sent."""
    scopes = [*form.getlist("scope"), *form.get("more_scopes", "").split()]
    changed = {
        "scope": " ".join(scopes),
        "acr_values": " ".join([*form.getlist("acr_values"), *form.get("more_acr", "").split()]),
        "claims": AMR if "amr" in form else "",
    }
    optional = {
        "prompt": " ".join(form.getlist("prompt")),
        "idp_hint": form.get("idp_hint", "").strip(),
        "method": "post" if form.get("method") == "post" else "",
    }
    return changed | {name: value for name, value in optional.items() if value}


def as_post(url: str) -> Post:
    """The same request, as a form."""
    action, _, query = url.partition("?")
    return Post(action, dict(parse_qsl(query, keep_blank_values=True)))
