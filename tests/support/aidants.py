"""Helpers, their mandates, and a login as one of them (Aidants Connect)."""

import json

from support.provider_login import ProviderLogin
from support.site import Site

NAME = "aidants-connect"
UID = "3189d655-0c78-4ff7-9758-f3a3ac36dd7e"
SOPHIE, KARIM = "sophie-lambert", "karim-haddad"
TAXES, HOUSING, HEALTH = "Argent-Impots-Consommation", "Logement", "Social-Santé"
PERIMETERS = {
    *("Papier-Citoyenneté-Elections", "Famille-Scolarité", HEALTH, "Travail-Formation", HOUSING),
    *("Transports-Mobilité", TAXES, "Justice", "Etranger-Europe", "Loisirs-Sport-Culture"),
}
"""service-provider-side §4."""


def asking(*perimeters: str) -> str:
    """The parameter `claims` of a hub whose service accepts these."""
    return json.dumps({"id_token": {"rep_scope": {"essential": True, "values": list(perimeters)}}})


def begin(site: Site, helper: str = SOPHIE, **changes: str | None) -> ProviderLogin:
    """A login at the OTP card of a helper."""
    login = ProviderLogin.begin(site, NAME, **changes)
    return login.type_as(helper)


def card(login: ProviderLogin) -> str:
    """The code that the helper's card shows."""
    return login.phone().page.texts["otp-code"]


def offered(login: ProviderLogin) -> list[str]:
    """The people whom the helper may say they help."""
    return sorted(login.form("mandates-form").buttons)


def pick(login: ProviderLogin, person: str) -> ProviderLogin:
    """Say whom the helper helps."""
    login.submit(f"quick-login-{person}")
    return login


def mandates(site: Site, helper: str) -> dict[str, tuple[str, ...]]:
    """Person helped -> perimeters, as the helper's file has them."""
    return dict(site.person(helper).accounts[NAME].mandates)
