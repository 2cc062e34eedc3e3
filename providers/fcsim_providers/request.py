"""An authorization request from a hub: proven, or refused on a page (security-and-reliability H181)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fcsim_providers.config import Provider, ProviderFile


class RequestRefused(Exception):
    """The request cannot be trusted with a redirect; the text is for the developer."""

    status = 400


class NotYours(RequestRefused):
    """Another site or another browser sent it, or a tester's tool that this installation does not offer."""

    status = 403


class StepUnknown(RequestRefused):
    """The address leads to no login under way."""

    status = 404


@dataclass(frozen=True)
class Request:
    """A proven request: what a login must answer."""

    client_id: str
    redirect_uri: str
    scope: str
    state: str
    nonce: str
    acr: str
    rep_scope: Sequence[str] | None = None
    """Perimeters of a mandate: those the service accepts, then those of the mandate chosen; None when not asked."""
    chosen_acr: str | None = None
    """The level that a tester wants returned in place of the one asked; empty: none at all."""

    @property
    def answered_acr(self) -> str:
        """The level of the answer, empty for none."""
        return self.acr if self.chosen_acr is None else self.chosen_acr


def read_request(
    params: Mapping[str, list[str]], provider: Provider, callbacks: Mapping[str, list[str]]
) -> tuple[Request, ProviderFile]:
    """Check each parameter the hub must send; parameters it need not send are tolerated. Raises RequestRefused."""
    values = {name: _once(name, found) for name, found in params.items()}
    who = values.get("client_id", "")
    if (client := provider.clients.get(who)) is None:
        expected = ", ".join(sorted(provider.clients)) or "none is registered"
        raise RequestRefused(
            f"client_id: expected a hub registered with this provider ({expected}), found {who[:80]!r}"
        )
    where = values.get("redirect_uri", "")
    if where not in (accepted := client.accepted(callbacks)):
        expected = ", ".join(accepted) or "none is registered"
        raise RequestRefused(f"redirect_uri: expected {expected}, found {where[:200]!r}")
    if values.get("response_type") != "code":
        raise RequestRefused(f"response_type: expected code, found {values.get('response_type', '')[:40]!r}")
    if "openid" not in values.get("scope", "").split():
        raise RequestRefused(f"scope: expected openid among its values, found {values.get('scope', '')[:200]!r}")
    for name in ("state", "nonce"):
        if not values.get(name):
            raise RequestRefused(f"{name}: expected a text, found none")
    request = Request(
        client_id=client.client_id,
        redirect_uri=where,
        scope=values["scope"],
        state=values["state"],
        nonce=values["nonce"],
        acr=_answered_acr(values.get("acr_values", ""), client.allowed_acr),
        rep_scope=_asked_mandates(values.get("claims", "")),
    )
    return request, client


def _once(name: str, found: list[str]) -> str:
    if len(found) > 1:
        raise RequestRefused(f"{name[:40]}: expected once, found {len(found)} times")
    return found[0]


def _asked_mandates(claims: str) -> tuple[str, ...] | None:
    """The values of `id_token.rep_scope` in the parameter `claims` (inside-the-hub §3.2). Raises RequestRefused."""
    try:
        members = json.loads(claims or "{}").get("id_token", {})
        if "rep_scope" not in members:
            return None
        values = (members["rep_scope"] or {}).get("values", [])
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            raise ValueError("values")
    except (ValueError, AttributeError, TypeError, RecursionError):
        raise RequestRefused(
            'claims: expected {"id_token": {"rep_scope": {"values": [texts]}}}, found another'
        ) from None
    return tuple(values)


def _answered_acr(asked: str, allowed: tuple[str, ...]) -> str:
    """The first level asked that this provider gives, else its highest."""
    return next((acr for acr in asked.split() if acr in allowed), max(allowed))
