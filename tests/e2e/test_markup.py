"""What the pages promise to programs that click: forms, buttons and marks (service-provider-side §7.4)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest

from fcsim_hub.gateways.visitor import Response
from support.relying_party import RelyingParty, query_of
from support.rogue_provider import Rogue, registered
from support.site import Site
from support.walks import code_of, form_of, open_choice, open_consent

VOID = {"meta", "link", "input", "br", "img", "hr"}
MODAL = {"active": True, "title": "Certified?", "body": "In a town hall.", "continue_text": "Yes, go on"}


@dataclass
class Element:
    """One element of a page."""

    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    children: list["Element"] = field(default_factory=list)
    text: str = ""

    def all(self, tag: str) -> list["Element"]:
        below = [found for child in self.children for found in child.all(tag)]
        return [*([self] if self.tag == tag else []), *below]

    def marked(self, testid: str) -> list["Element"]:
        own = [self] if self.attributes.get("data-testid") == testid else []
        return [*own, *(found for child in self.children for found in child.marked(testid))]

    def one(self, testid: str) -> "Element":
        (found,) = self.marked(testid)
        return found

    def within(self, tag: str) -> "Element":
        above = self.parent
        while above is not None and above.tag != tag:
            above = above.parent
        assert above is not None, f"no <{tag}> around"
        return above

    @property
    def fields(self) -> dict[str, str]:
        return {one.attributes["name"]: one.attributes.get("value", "") for one in self.all("input")}


class Tree(HTMLParser):
    """A page as a tree; a tag that closes nothing, or is left open, fails."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.root = self.here = Element("", {})
        self.feed(page)
        assert self.here is self.root, f"<{self.here.tag}> is left open"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        if tag not in VOID:
            self.here = element

    def handle_endtag(self, tag: str) -> None:
        assert self.here.tag == tag, f"</{tag}> closes <{self.here.tag}>"
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.text += data


def tree(answer: Response) -> Element:
    return Tree(answer.text).root


def choice_of(party: RelyingParty, **changes: str) -> Element:
    return tree(open_choice(RelyingParty(party.site, party.record), party.visitor, **changes))


BUTTONS = [
    ("franceconnect", "idp-{uid}", {}),
    ("franceconnect", "interaction-aidants-connect-button", {"kind": "aidants-connect"}),
    ("franceconnect-plus", "idp-{uid}", {"allowed_acr": ["eidas2"]}),
    ("franceconnect-plus", "interaction-eidas-button", {"kind": "eidas", "allowed_acr": ["eidas2"]}),
]


@pytest.mark.parametrize(("name", "mark", "members"), BUTTONS, ids=[f"{one[0]} {one[1]}" for one in BUTTONS])
def test_each_way_out_of_the_choice_page_is_a_form_around_its_button(
    site: Site, name: str, mark: str, members: dict[str, Any]
) -> None:
    """Posting providerUid and csrfToken; disabled where unavailable, the form stays; absent where hidden."""
    there = site.on(name)
    with registered(Rogue(levels=("eidas2",) if "plus" in name else ("eidas1",)), there) as rogue:
        party = RelyingParty.register(there)
        testid = mark.format(uid=rogue.uid)
        for changes, disabled in (({}, False), ({"active": False}, True), ({"active": True}, False)):
            rogue.register(there, **members | changes)
            page = choice_of(party)
            button = page.one(testid)
            form = button.within("form")
            assert button.tag == "button"
            assert ("disabled" in button.attributes) == disabled
            assert form.attributes["method"] == "post"
            assert form.attributes["action"].endswith("/api/v2/redirect-to-idp")
            assert set(form.fields) == {"providerUid", "csrfToken"}
            assert form.fields["providerUid"] == rogue.uid
            assert len(form.fields["csrfToken"]) == 64
        rogue.register(there, **members | {"display": False})
        assert choice_of(party).marked(testid) == []
        party.forget()


def test_the_buttons_of_the_list_are_inside_it_and_the_side_door_is_not(rp: RelyingParty) -> None:
    page = choice_of(rp)
    listed = page.one("main-providers")
    assert len(listed.all("form")) == len(listed.all("button")) == 6
    assert listed.marked("interaction-aidants-connect-button") == []


def test_franceconnect_has_no_door_for_other_states_and_the_higher_platform_none_for_helpers(
    rp: RelyingParty, plus_rp: RelyingParty
) -> None:
    assert choice_of(rp).marked("interaction-eidas-button") == []
    assert choice_of(plus_rp).marked("interaction-aidants-connect-button") == []


def test_a_modal_has_its_three_buttons(rp: RelyingParty, rogue: Rogue) -> None:
    rogue.register(rp.site, modal=MODAL)
    page = choice_of(rp)
    modal = page.one(f"provider-selection-modal-{rogue.uid}")
    for testid in ("modal-continue-button", "modal-cancel-button", "modal-close-button"):
        assert modal.one(testid).tag == "button"
    (form,) = [one for one in page.all("form") if one.fields.get("providerUid") == rogue.uid]
    assert modal.one("modal-continue-button").attributes["form"] == form.attributes["id"]
    rogue.register(rp.site, modal=MODAL, active=False)
    assert choice_of(rp).marked(f"provider-selection-modal-{rogue.uid}") == []


@pytest.mark.parametrize(("scope", "count"), [("openid given_name", 1), ("openid email birth gender", 4)])
def test_consent_detail_has_one_li_a_datum_and_the_form_its_token(rp: RelyingParty, scope: str, count: int) -> None:
    _, answer = open_consent(rp, rp.visitor, scope=scope)
    page = tree(answer)
    assert len(page.one("consent-detail").all("li")) == count
    form = page.one("consent-form")
    assert (form.tag, form.attributes["method"]) == ("form", "post")
    assert len(form.fields["csrfToken"]) == 64
    assert page.one("consent-continue").within("form") is form
    assert page.one("consent-accordion-toggle").tag == "summary"


def test_the_box_of_consent_is_in_the_form_and_the_button_enabled_without_javascript(rp: RelyingParty) -> None:
    party = rp.change(type="private", identity_consent=True)
    page = tree(open_consent(party, party.visitor)[1])
    box = page.one("checkbox-consent")
    assert box.attributes["type"] == "checkbox"
    assert "required" in box.attributes
    assert box.within("form") is page.one("consent-form")
    assert "disabled" not in page.one("consent-continue").attributes


def test_the_logout_pages_hold_a_form_whose_action_is_the_next_step(rp: RelyingParty) -> None:
    hint = str(rp.redeem(rp.log_in()).body["id_token"])
    query = {"id_token_hint": hint, "post_logout_redirect_uri": "https://rp.test/bye"}
    answer = rp.visitor.request("GET", f"{rp.site.issuer}/session/end?{urlencode(query)}")
    seen = []
    while not answer.location.startswith("https://rp.test/"):
        if answer.location:
            answer = rp.visitor.request("GET", answer.location)
            continue
        forms = tree(answer).all("form")
        (form,) = [one for one in forms if one.attributes["action"].startswith(rp.site.issuer)]
        assert tree(answer).one("logout-continue").within("form").attributes == form.attributes
        seen.append((form.attributes["method"], form.attributes["action"].removeprefix(rp.site.issuer)))
        answer = rp.visitor.request(form.attributes["method"].upper(), form.attributes["action"], form.fields)
    assert seen == [("post", "/client/disconnect-from-idp"), ("post", "/session/end/confirm")]


def test_the_way_back_is_a_link_where_a_service_is_proven_and_absent_elsewhere(rp: RelyingParty) -> None:
    back = choice_of(rp, state="mine").one("back-to-sp-link")
    assert back.tag == "a"
    assert query_of(back.attributes["href"]) == {
        "error": "access_denied",
        "error_description": "User auth aborted",
        "state": "mine",
        "redirect_uri": rp.redirect_uri,
    }
    for url in (rp.url(foo="1"), rp.url(client_id="unknown"), f"{rp.site.issuer}/nowhere"):
        assert tree(RelyingParty(rp.site, rp.record).visitor.request("GET", url)).marked("back-to-sp-link") == []


@pytest.mark.parametrize(("token", "expected"), [("", (400, "Y470002")), ("x", (401, "Y470001"))])
@pytest.mark.parametrize("page", ["choice", "consent"])
def test_a_form_refused_for_its_token_leads_back_to_the_service(
    rp: RelyingParty, page: str, token: str, expected: tuple[int, str]
) -> None:
    """§7.7: with a back link."""
    if page == "choice":
        form = form_of(open_choice(rp, rp.visitor), f"idp-{rp.site.uid('ameli')}")
    else:
        form = form_of(open_consent(rp, rp.visitor)[1], "consent-form")
    answer = rp.visitor.request("POST", rp.site.hub + form.action, form.fields | {"csrfToken": token})
    assert code_of(answer) == expected
    assert tree(answer).one("back-to-sp-link").tag == "a"


def test_the_support_button_carries_the_code(rp: RelyingParty) -> None:
    stopped = rp.walk("georges-fabre", "yris")
    answer = rp.visitor.request("GET", f"{rp.site.issuer}/interaction/{stopped.flow_id}/verify")
    button = tree(answer).one("error-support-button")
    assert "Y010015" in button.text
    assert query_of(button.attributes["href"])["error_code"] == "Y010015"
    for testid in ("error-section", "error-section-title", "error-section-subtitle", "error-code", "error-message"):
        assert tree(answer).one(testid)


@pytest.mark.parametrize("query", ["", "code=x", "code=&state=x"])
def test_support_is_told_which_provider_came_back_wrong(rp: RelyingParty, rogue: Rogue, query: str) -> None:
    """inside-the-hub §13.3: sp_name and idp_name beside platform, code and reference."""
    form = form_of(open_choice(rp, rp.visitor), f"idp-{rogue.uid}")
    rp.visitor.request("POST", rp.site.hub + form.action, form.fields)
    answer = rp.visitor.request("GET", f"{rp.site.issuer}/oidc-callback?{query}")
    told = query_of(tree(answer).one("error-support-button").attributes["href"])
    assert (told["idp_name"], told["sp_name"]) == ("Rogue", rp.record["name"])


def test_the_banner_of_a_failure_is_there_after_one_alone(rp: RelyingParty, rogue: Rogue) -> None:
    page = open_choice(rp, rp.visitor)
    assert tree(page).marked("interaction-error-message") == []
    form = form_of(page, f"idp-{rogue.uid}")
    state = query_of(rp.visitor.request("POST", rp.site.hub + form.action, form.fields).location)["state"]
    back = rp.visitor.request("GET", f"{rp.site.issuer}/oidc-callback?error=server_error&state={state}")
    (banner,) = tree(rp.visitor.request("GET", back.location)).one("interaction-error-message").all("p")
    assert "Rogue" in banner.text
    assert tree(rp.visitor.request("GET", back.location)).marked("interaction-error-message") == []


@pytest.mark.parametrize("language", ["fr", "en", "fr-FR,fr;q=0.9,en;q=0.8"])
def test_pages_are_english_after_eidas_whatever_was_asked(plus: Site, node: Rogue, language: str) -> None:
    party = RelyingParty.register(plus)
    party.visitor.language = language
    page = open_choice(party, party.visitor, ui_locales="fr")
    form = form_of(page, "interaction-eidas-button")
    answer = party.visitor.request("POST", plus.hub + form.action, form.fields)
    while answer.location:
        answer = party.visitor.request("GET", answer.location)
    assert tree(answer).all("html")[0].attributes["lang"] == "en"
    assert tree(answer).one("consent-form")
    assert tree(answer).marked("language-fr") == []  # a switch would change nothing
    party.forget()


@pytest.mark.parametrize(("lost", "level", "code"), [("", "eidas1", "Y100001"), ("family_name", "eidas2", "Y600006")])
def test_pages_of_errors_are_english_after_eidas_too(plus: Site, node: Rogue, lost: str, level: str, code: str) -> None:
    node.acr = level
    node.userinfo = lambda claims: claims.pop(lost, None)
    party = RelyingParty.register(plus)
    party.visitor.language = "fr"
    form = form_of(open_choice(party, party.visitor), "interaction-eidas-button")
    answer = party.visitor.request("POST", plus.hub + form.action, form.fields)
    while answer.location:
        answer = party.visitor.request("GET", answer.location)
    assert code_of(answer)[1] == code
    assert tree(answer).all("html")[0].attributes["lang"] == "en"
    party.forget()


def test_the_banner_of_maintenance_is_verbatim_between_its_dates(
    rp: RelyingParty, platform: Callable[..., Any]
) -> None:
    platform(notice={"message": "<b>Maintenance</b> & more"})
    (text,) = choice_of(rp).one("interaction-notice").all("p")
    assert text.text == "<b>Maintenance</b> & more"
    platform(notice={"message": "over", "stop_date": "2000-01-01"})
    assert choice_of(rp).marked("interaction-notice") == []
    platform(notice={"message": "off", "active": False})
    assert choice_of(rp).marked("interaction-notice") == []
    platform(notice=None)
    assert choice_of(rp).marked("interaction-notice") == []
