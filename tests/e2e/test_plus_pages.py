"""The choice and consent pages of FranceConnect+ (service-provider-side §7.4, §7.7)."""

import re

import pytest

from fcsim_hub.announce import as_text
from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Traveller
from support.relying_party import RelyingParty, query_of
from support.rogue_provider import Rogue
from support.site import Site, call


def consent_page(party: RelyingParty, rogue: Rogue, scope: str) -> str:
    answer = party.choice_page(scope=scope)
    form = read_page(answer.text).form_with(f"idp-{rogue.uid}")
    assert form is not None
    answer = party.visitor.request("POST", party.site.hub + form.action, form.fields)
    while answer.location:
        answer = party.visitor.request("GET", answer.location)
    return answer.text


def test_the_consent_page_names_what_both_identities_show_once(plus_rp: RelyingParty, plus_rogue: Rogue) -> None:
    page = consent_page(plus_rp, plus_rogue, "openid rnipp_given_name rnipp_birthdate email")
    assert "FranceConnect+" in page
    listed = [words for words in ("Given name(s)", "Date of birth", "E-mail address", "Birth name") if words in page]
    assert listed == ["Given name(s)", "Date of birth", "E-mail address"]
    assert page.count("Given name(s)") == 1
    assert "rnipp" not in page


def test_excluded_providers_are_hidden(plus_rp: RelyingParty, plus_rogue: Rogue) -> None:
    assert f"idp-{plus_rogue.uid}" in plus_rp.choice_page().text
    excluding = plus_rp.change(idp_filter_list=[plus_rogue.uid])
    assert f"idp-{plus_rogue.uid}" not in excluding.choice_page().text
    form = read_page(plus_rp.change(idp_filter_list=[]).choice_page().text).form_with(f"idp-{plus_rogue.uid}")
    assert form is not None
    plus_rp.change(idp_filter_list=[plus_rogue.uid])
    answer = plus_rp.visitor.request("POST", plus_rp.site.hub + form.action, form.fields)
    assert (answer.status, "Y020023" in answer.text) == (403, True)


@pytest.mark.parametrize(("language", "words"), [("fr", "Votre compte habituel"), ("en", "Your usual account")])
def test_the_choice_page_says_why_usual_accounts_are_missing(
    site: Site, plus_rp: RelyingParty, rp: RelyingParty, language: str, words: str
) -> None:
    plus_rp.visitor.language = rp.visitor.language = language
    page = plus_rp.choice_page().text
    help_block = re.search(r'<details class="help" data-testid="choice-help">.*?</details>', page, re.S)
    assert help_block is not None
    assert words in help_block[0]
    assert all(name in help_block[0] for name in ("impots.gouv.fr", "Ameli", "FranceConnect+"))
    assert "choice-help" not in rp.choice_page().text


def test_a_ready_client_is_printed_shown_and_logs_in(site: Site, plus: Site, plus_rogue: Rogue) -> None:
    record = next(one for one in plus.api("GET", f"{plus.place}/clients")[1] if one["name"] == "Mon application")
    assert as_text(site.stack, ephemeral=True).count(f"client_id       {record['client_id']}") == 1
    home = call("GET", site.console).data.decode()
    assert 'data-testid="ready-client-id-franceconnect-plus"' in home
    assert record["client_secret"] in home
    party = RelyingParty(plus, record)
    end = party.travel(Traveller("nobody", plus_rogue.uid), scope="openid rnipp_identite_pivot")
    assert isinstance(end, Arrival), end
    tokens = party.redeem(query_of(end.redirect_to)["code"])
    assert party.verified(party.userinfo(tokens.access_token).data.decode())["rnipp_family_name"] == "DUBOIS"
