"""What the information and consent pages show, and what the service then receives (service-provider-side §7.7, §10)."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from fcsim_hub.domain.data_scopes import DATA_SCOPES
from fcsim_hub.domain.scopes import CATALOGUES
from fcsim_hub.web.pages import with_code
from support.relying_party import ALL_SCOPES, RelyingParty
from support.rogue_provider import Rogue
from support.site import Site, call
from support.walks import choose, code_of, form_of, open_choice, open_consent

LABELS = ["Birth name", "Usage name", "Given name(s)", "Sex", "Date of birth", "Place of birth", "Country of birth"]
EMAIL = "E-mail address"
BIRTH, PIVOT = LABELS[5:], [LABELS[0], *LABELS[2:]]
ALWAYS = {"sub", "aud", "exp", "iat", "iss"}


def listed(page: str) -> list[str]:
    """The data that the accordion lists."""
    detail = page.partition('data-testid="consent-detail"')[2].partition("</details>")[0]
    return re.findall(r"<li>([^<]*)</li>", detail)


PRIVATE, CONSENTING = {"type": "private"}, {"type": "private", "identity_consent": True}
MATRIX: list[tuple[dict[str, Any], str, str]] = [
    ({}, "openid email", "information"),
    ({"identity_consent": True}, "openid email", "information"),
    (PRIVATE, "openid email", "information"),
    (CONSENTING, "openid email", "consent"),
    (CONSENTING, "openid dgfip_rfr", "consent"),
    (CONSENTING, "openid inconnu", "anonymous"),
    *((members, "openid", "anonymous") for members in ({}, PRIVATE, CONSENTING)),
]


@pytest.mark.parametrize(("members", "scope", "kind"), MATRIX)
def test_the_page_is_the_one_of_the_matrix(rp: RelyingParty, members: dict[str, Any], scope: str, kind: str) -> None:
    party = rp.change(scopes=[*ALL_SCOPES, "dgfip_rfr"], **members)
    _, page = open_consent(party, party.visitor, scope=scope)
    text = page.text
    assert ('data-testid="checkbox-consent"' in text) == (kind == "consent")
    assert ('data-testid="anonymous-title"' in text) == (kind == "anonymous")
    assert ('data-testid="anonymous-complementary"' in text) == (kind == "anonymous")
    assert ('data-testid="consent-detail"' in text) == (kind != "anonymous")
    assert ('<details class="data" open>' in text) == (kind == "consent")
    assert ('data-testid="identity-fullname-label"' in text) == (kind != "anonymous")
    assert "csrfToken" in form_of(page, "consent-form").fields
    assert "consent-continue" in form_of(page, "consent-form").marks


def test_the_box_is_asked_for_by_the_page_alone(rp: RelyingParty) -> None:
    """§7.7: client side only; the hub takes the form as it comes."""
    party = rp.change(**CONSENTING)
    form = form_of(open_consent(party, party.visitor)[1], "consent-form")
    assert set(form.fields) - {"consent"} == {"csrfToken"}
    answer = party.visitor.request("POST", party.site.hub + form.action, {"csrfToken": form.fields["csrfToken"]})
    assert "code=" in party.visitor.request("GET", answer.location).location


def test_consent_is_asked_at_each_login_and_never_remembered(rp: RelyingParty) -> None:
    party = rp.change(**CONSENTING)
    for _ in range(2):
        end = party.walk()
        assert "FC_DATATRANSFER_CONSENT_IDENTITY" in [one["event"] for one in party.site.events(end.flow_id)]


def test_the_page_greets_by_given_names_and_family_name_in_capitals_and_names_the_service(rp: RelyingParty) -> None:
    _, page = open_consent(rp, rp.visitor)
    label = re.search(r'data-testid="identity-fullname-label">([^<]*)<', page.text)
    assert label is not None
    assert label[1] == "Angela Claire Louise DUBOIS"
    assert "Service de test" in page.text


@pytest.mark.parametrize(
    ("scope", "labels"),
    [
        ("profile", LABELS[:5]),
        ("identite_pivot", PIVOT),
        ("birth", BIRTH),
        ("email given_name", [LABELS[2], EMAIL]),
        ("email identite_pivot preferred_username", [*LABELS, EMAIL]),
        ("family_name", ["Birth name"]),
        ("preferred_username", ["Usage name"]),
        ("gender", ["Sex"]),
        ("birthdate", ["Date of birth"]),
        ("birthplace", ["Place of birth"]),
        ("birthcountry", ["Country of birth"]),
        ("idp_birthdate idp_id", []),
        ("email inconnu", [EMAIL]),
    ],
)
def test_the_accordion_lists_one_line_a_datum_in_the_order_of_the_sheet(
    rp: RelyingParty, scope: str, labels: list[str]
) -> None:
    _, page = open_consent(rp, rp.visitor, scope=f"openid {scope}")
    assert listed(page.text) == labels
    for value in ("1962-08-24", "75107", "99100"):
        assert value not in page.text.partition("<details")[2].partition("</details>")[0]


def test_data_scopes_are_listed_by_their_provider_and_add_nothing_to_userinfo(rp: RelyingParty) -> None:
    asked = ["cnam_caisse", "dgfip_rfr", "cnous_email", "dgfip_nbpart"]
    party = rp.change(scopes=[*ALL_SCOPES, *asked])
    _, page = open_consent(party, party.visitor, scope=" ".join(["openid", "email", *asked]))
    headings = re.findall(r"<h2>([^<]*)</h2>", page.text.partition('data-testid="consent-detail"')[2])
    assert headings == ["FranceConnect", "CNAM", "DGFiP", "CNOUS"]
    assert len(listed(page.text)) == 1 + len(asked)
    assert set(party.identity(scope=" ".join(["openid", "email", *asked]))) == ALWAYS | {"email"}


def test_a_provider_of_no_datum_has_no_heading(rp: RelyingParty) -> None:
    party = rp.change(scopes=["openid", "dgfip_rfr"])
    _, page = open_consent(party, party.visitor, scope="openid dgfip_rfr")
    assert re.findall(r"<h2>([^<]*)</h2>", page.text.partition('data-testid="consent-detail"')[2]) == ["DGFiP"]
    assert len(listed(page.text)) == 1


def test_every_data_scope_of_the_sheet_is_known_and_can_be_granted(site: Site) -> None:
    families = {
        "dgfip_": 44,
        "cnous_": 7,
        "mesri_": 6,
        "ants_extrait_immatriculation_vehicule_": 5,
        "gip_mds_service_civique_": 4,
    }
    for prefix, least in families.items():
        assert len([scope for scope in DATA_SCOPES if scope.startswith(prefix)]) == least, prefix
    for scope in (
        *("droits_assurance_maladie", "cnam_beneficiaires", "cnam_contrats", "cnam_caisse", "cnam_exonerations"),
        *("cnam_medecin_traitant", "cnam_presence_medecin_traitant", "cnam_paiements_ij", "mi_siv_carte_grise"),
        *("api_fc-liste-paiementsv1", "api_fc-statutaugmentev1", "allocation_adulte_handicape"),
        *("allocation_soutien_familial", "prime_activite", "prime_activite_majoration", "cnaf_quotient_familial"),
        *("cnaf_allocataires", "cnaf_enfants", "cnaf_adresse", "revenu_solidarite_active"),
        *("revenu_solidarite_active_majoration", "complementaire_sante_solidaire", "dsnj_statut_service_national"),
    ):
        assert scope in DATA_SCOPES, scope
    rp = RelyingParty.register(site, scopes=["openid", *DATA_SCOPES])
    assert rp.authorize(scope=" ".join(["openid", *list(DATA_SCOPES)[:40]])).status == 303
    rp.forget()


CLAIMS = {
    scope: claims for scope, claims in CATALOGUES["franceconnect"].identity.items() if scope not in ("openid", "amr")
}


def test_the_scopes_release_the_claims_of_the_sheet() -> None:
    """§10.2, to the last row."""
    profile = {"given_name", "given_name_array", "family_name", "birthdate", "gender", "preferred_username"}
    birth = {"birthplace", "birthcountry"}
    assert {scope: set(claims) for scope, claims in CATALOGUES["franceconnect"].identity.items()} == {
        "openid": {"sub"},
        "profile": profile,
        "birth": birth,
        "identite_pivot": profile - {"preferred_username"} | birth,
        "given_name": {"given_name", "given_name_array"},
        **{
            claim: {claim}
            for claim in (
                *("family_name", "gender", "birthdate", "birthplace", "birthcountry", "email", "preferred_username"),
                *("idp_birthdate", "amr", "idp_id"),
            )
        },
    }


@pytest.mark.parametrize("scope", CLAIMS)
def test_userinfo_holds_the_claims_of_a_scope_and_the_five_of_every_answer(rp: RelyingParty, scope: str) -> None:
    found = rp.identity("claire-moreau", "ameli", scope=f"openid {scope}")
    assert set(found) == ALWAYS | set(CLAIMS[scope])
    assert None not in found.values()


def test_all_scopes_give_the_fifteen_members_of_the_sheet(rp: RelyingParty) -> None:
    scope = " ".join(scope for scope in ALL_SCOPES if scope != "idp_id")
    found = rp.identity("claire-moreau", "ameli", scope=scope)
    assert set(found) == {
        *("sub", "given_name", "given_name_array", "family_name", "birthdate", "idp_birthdate", "gender"),
        *("preferred_username", "birthcountry", "birthplace", "email", "aud", "exp", "iat", "iss"),
    }
    assert isinstance(found["aud"], str)


def test_the_scope_amr_and_idp_id_speak_of_the_provider(rp: RelyingParty) -> None:
    party = rp.change(scopes=[*ALL_SCOPES, "amr"])
    found = party.identity(scope="openid amr idp_id")
    assert found["idp_id"] == party.site.uid("impots")
    assert found["amr"][0] == "fc"


def test_a_birth_abroad_has_an_empty_place_and_the_country(rp: RelyingParty) -> None:
    found = rp.identity("vincent-martin", _provider_of(rp, "vincent-martin"), scope="openid birth")
    assert (found["birthplace"], found["birthcountry"]) == ("", "99352")


def _provider_of(rp: RelyingParty, person: str) -> str:
    return next(iter(rp.site.person(person).accounts))


def test_a_token_answer_lists_the_scopes_that_are_known_alone(rp: RelyingParty) -> None:
    tokens = rp.redeem(rp.log_in(scope="openid inconnu email"))
    assert tokens.body["scope"] == "openid email"


@pytest.mark.parametrize(
    ("mode", "words"), [("always", "A message will tell you"), ("unusual", "If this sign-in is unusual"), ("off", "")]
)
@pytest.mark.parametrize("members", [{}, CONSENTING], ids=["information", "consent"])
def test_the_page_announces_the_mail_that_the_platform_sends(
    rp: RelyingParty, platform: Callable[..., Any], mode: str, words: str, members: dict[str, Any]
) -> None:
    platform(mail_mode=mode)
    party = rp.change(**members)
    _, page = open_consent(party, party.visitor)
    announced = re.search(r'data-testid="mail-announced">([^<]*)<', page.text)
    assert announced[1].startswith(words) if announced else not words


def test_the_developers_part_of_an_error_page_sets_names_as_code(rp: RelyingParty) -> None:
    stopped = rp.walk("claire-moreau", "impots")
    page = rp.visitor.request("GET", f"{rp.site.issuer}/interaction/{stopped.flow_id}/verify").text
    fix = re.search(r'data-testid="error-fix">(.*?)</dd>', page)
    assert fix is not None
    assert "<code>family_name</code>" in fix[1]
    assert "`" not in page
    assert str(with_code("`<b>` & x`")) == "<code>&lt;b&gt;</code> &amp; x`"


def test_the_language_is_english_after_the_node_of_other_states(rp: RelyingParty) -> None:
    node = Rogue(uid="rogue-node")
    served = node.serve()
    node.register(rp.site, kind="eidas", allowed_acr=["eidas1"])
    try:
        party = rp.change(allowed_idp_hints=["rogue-node"])
        party.visitor.language = "fr"
        answer = party.visitor.request("GET", party.url(idp_hint="rogue-node"))
        while answer.location:
            answer = party.visitor.request("GET", answer.location)
        assert '<html lang="en">' in answer.text
        assert 'data-testid="consent-form"' in answer.text
    finally:
        node.forget(rp.site)
        served.stop()


@pytest.mark.parametrize(("person", "code"), [("giulia-rossi", "Y010008"), ("georges-fabre", "Y010015")])
def test_an_error_page_has_its_pieces_and_the_support_button_its_facts(
    rp: RelyingParty, person: str, code: str
) -> None:
    stopped = rp.walk(person, "yris")
    answer = rp.visitor.request("GET", f"{rp.site.issuer}/interaction/{stopped.flow_id}/verify")
    assert code_of(answer) == (403, code)
    for piece in ("section", "section-title", "section-subtitle", "code", "message", "support-button", "reference"):
        assert f'data-testid="error-{piece}"' in answer.text, piece
    assert 'data-testid="back-to-sp-link"' in answer.text
    link = re.search(r'href="([^"]*/support\?[^"]*)" data-testid="error-support-button"[^>]*>([^<]*)<', answer.text)
    assert link is not None
    assert code in link[2]  # the button carries the code
    for fact in ("platform=fclow", f"error_code={code}", "sp_name=Service+de+test", "idp_name=", "error_id="):
        assert fact in link[1]
    shown = call("GET", link[1].replace("&amp;", "&")).data.decode()
    assert code in shown
    docs = re.search(r'href="([^"]*)" data-testid="error-docs-link"', answer.text)
    assert docs is not None
    assert call("GET", docs[1].partition("#")[0]).status == 200


def test_support_is_told_the_provider_as_soon_as_one_was_chosen(rp: RelyingParty) -> None:
    choose(rp, rp.visitor)
    answer = rp.visitor.request("GET", f"{rp.site.issuer}/oidc-callback")
    assert code_of(answer) == (400, "Y020025")
    assert "idp_name=impots.gouv.fr" in answer.text


def test_no_support_button_where_the_citizen_may_just_try_again(rp: RelyingParty) -> None:
    answer = rp.visitor.request("GET", f"{rp.site.issuer}/interaction/{'x' * 43}")
    assert code_of(answer) == (401, "Y190001")
    assert "error-support-button" not in answer.text
    assert "back-to-sp-link" not in answer.text


def test_nothing_failed_no_banner(rp: RelyingParty) -> None:
    assert "interaction-error-message" not in open_choice(rp, rp.visitor).text
