"""The recipes are what works: each document they show is taken by a running fcsim."""

import json
import re
from pathlib import Path
from typing import Any

from authlib.integrations.flask_client import OAuth
from flask import Flask

from fcsim_hub.gateways.visitor import Arrival, Traveller
from support.data_provider import OwnDataProvider
from support.relying_party import RelyingParty
from support.rogue_provider import Rogue
from support.site import Site

RECIPES = Path(__file__).parents[2] / "docs" / "recipes"


def shown_documents(recipe: str) -> list[dict[str, Any]]:
    """The JSON documents of a recipe, in order."""
    text = (RECIPES / recipe).read_text(encoding="utf-8")
    return [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", text, re.M | re.S)]


def shown_code(recipe: str) -> list[str]:
    """The Python of a recipe, in order."""
    text = (RECIPES / recipe).read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```", text, re.M | re.S)


OF_ONES_OWN = ("uid", "name", "issuer", "client_id", "client_secret", "jwks_uri")
"""What differs between any two providers, with the addresses of their doors."""


def test_a_provider_and_a_person_made_as_the_recipe_says_log_in(rp: RelyingParty, rogue: Rogue, site: Site) -> None:
    provider, person = shown_documents("bring-your-own-provider.md")
    mine = {key: value for key, value in rogue.record().items() if key in OF_ONES_OWN or key.endswith("_endpoint")}
    rogue.identity = person | {"sub": "ada", "given_name": " ".join(person["given_names"])}

    assert site.api("PUT", f"/platforms/franceconnect/providers/{rogue.uid}", provider | mine)[0] == 200
    assert site.api("PUT", "/people/ada", person)[0] in (200, 201)
    end = rp.travel(Traveller("nobody", rogue.uid))
    site.api("DELETE", "/people/ada")

    assert isinstance(end, Arrival)
    assert end.redirect_to.startswith("https://rp.test/callback?code=")


def test_a_data_provider_registered_as_the_recipe_says_reads_a_token(rp: RelyingParty, site: Site) -> None:
    (shown,) = shown_documents("bring-your-own-data-provider.md")
    service = rp.change(scopes=["openid", *shown["scopes"]])
    token = service.redeem(service.log_in(scope="openid dgfip_rfr")).access_token
    own = OwnDataProvider(
        site,
        client_id="my-data-provider-0123456789abcdef",
        client_secret=shown["client_secret"],
        alg=shown["checktoken_encrypted_response_alg"],
    )
    where = f"/platforms/franceconnect/data-providers/{own.client_id}"

    assert site.api("PUT", where, shown | {"jwks_uri": own.jwks_uri})[0] == 201
    told = own.introspect(token)
    own.stop()

    assert (told["active"], told["scope"], told["family_name"]) == (True, "dgfip_rfr", "DUBOIS")


def test_a_client_registered_as_the_recipe_says_reads_its_userinfo_with_authlib(site: Site) -> None:
    (shown,) = shown_documents("client-libraries.md")
    service = RelyingParty.register(site, **shown)
    library = OAuth(Flask("service")).register(
        "hub",
        client_id=service.client_id,
        client_secret=service.secret,
        server_metadata_url=f"{site.issuer}/.well-known/openid-configuration",
        client_kwargs={"token_endpoint_auth_method": "client_secret_post", "leeway": 0},
    )
    (code,) = shown_code("client-libraries.md")
    recipe: dict[str, Any] = {}
    exec(code, recipe)  # noqa: S102 - the code of our own page, as its reader copies it

    asked = service.log_in(scope="openid given_name family_name email")
    claims = recipe["userinfo"](library, service.redeem(asked).body)
    service.forget()

    assert (claims["family_name"], claims["aud"]) == ("DUBOIS", service.client_id)
