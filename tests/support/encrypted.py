"""A stranger that answers FranceConnect+ encrypted, and what becomes of a login through it."""

from typing import Any

from fcsim_hub.gateways.html_forms import Page, read_page
from support.clock import MovableClock
from support.relying_party import RelyingParty
from support.rogue_provider import Rogue
from support.sealing import key_for, seal
from support.site import Site

PLUS = "franceconnect-plus"
ANSWERS = [("id_token", "Y020026"), ("userinfo", "Y020027")]
"""What a provider may encrypt, and the code of its failures."""


def register(rogue: Rogue, site: Site, alg: str) -> None:
    """Encrypted with an algorithm on both sides, or signed alone where it is empty."""
    enc = "A256GCM" if alg else ""
    members = {
        f"{answer}_encrypted_response_{part}": value
        for answer, _ in ANSWERS
        for part, value in (("alg", alg), ("enc", enc))
    }
    rogue.register(site, allowed_acr=["eidas2"], **members)
    rogue.wrap_id_token = rogue.wrap_userinfo = (lambda token: seal(token, key_for(site, alg), alg)) if alg else str


def follow(rogue: Rogue, clock: MovableClock) -> None:
    """Let the stranger live in the time of the test."""

    def now(claims: dict[str, Any]) -> None:
        claims.update(iat=int(clock.now()), exp=int(clock.now()) + 60)

    rogue.id_token = now


def end_page(party: RelyingParty, rogue: Rogue) -> tuple[int, Page]:
    """Status and page at the end of a login through the stranger."""
    form = read_page(party.choice_page().text).form_with(f"idp-{rogue.uid}")
    assert form is not None
    visitor = party.visitor
    there = visitor.request("POST", party.site.hub + form.action, form.fields)
    end = visitor.request("GET", visitor.request("GET", there.location).location)
    return end.status, read_page(end.text)


def refused(party: RelyingParty, rogue: Rogue) -> tuple[int, str, str]:
    """Status, code and the detail for the developer."""
    status, page = end_page(party, rogue)
    return status, page.texts["error-code"].rpartition(" ")[2], page.texts["error-detail"]
