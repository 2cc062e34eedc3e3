"""A posted authorization request is judged as one in the query, row by row (service-provider-side §6.3, §6.8)."""

from urllib.parse import urlencode

import pytest

from fcsim_hub.gateways.html_forms import read_page
from support.relying_party import FORM, RelyingParty, query_of
from support.site import call

PAGE_ROWS: list[tuple[dict[str, str | None], str]] = [
    ({"nonce": ""}, "Y030007"),
    ({"nonce": "n" * 21}, "Y030007"),
    *(({"prompt": value}, "Y030007") for value in ("", "none", "select_account", "login " * 11)),
    ({"client_id": ""}, "Y030007"),
    ({"client_id": "unknown"}, "Y04EA6EF"),
    *(({"redirect_uri": value}, "Y030007") for value in ("", "example.com", "not a url")),
    ({"redirect_uri": "https://rp.test/other"}, "Y04C013C"),
    ({"redirect_uri": "https://rp.test/other", "scope": "email"}, "Y040001"),
    ({"foo": "1"}, "Y030007"),
]


@pytest.mark.parametrize(("changes", "code"), PAGE_ROWS)
def test_a_posted_request_is_refused_as_one_in_the_query(
    rp: RelyingParty, changes: dict[str, str | None], code: str
) -> None:
    body = urlencode(rp.parameters(**changes))
    answer = call("POST", f"{rp.site.issuer}/authorize", body=body, headers=FORM)
    assert answer.status == 400
    page = read_page(answer.data.decode())
    assert page.texts["error-code"].endswith(code)
    assert "back-to-sp-link" not in answer.data.decode()


RP_ROWS: list[tuple[dict[str, str], str]] = [
    ({"response_type": ""}, "invalid_request"),
    ({"response_type": "inconnu"}, "unsupported_response_type"),
    ({"scope": ""}, "invalid_request"),
    ({"scope": "openid dgfip_rfr"}, "invalid_scope"),
    ({"claims": "{"}, "invalid_request"),
]


@pytest.mark.parametrize(("changes", "error"), RP_ROWS)
def test_a_posted_request_is_told_to_the_service_with_a_303(
    rp: RelyingParty, changes: dict[str, str], error: str
) -> None:
    body = urlencode(rp.parameters(**changes))
    answer = call("POST", f"{rp.site.issuer}/authorize", body=body, headers=FORM)
    assert answer.status == 303
    assert answer.headers["Content-Type"].startswith("text/html")
    assert query_of(answer.headers["Location"])["error"] == error


@pytest.mark.parametrize("length", [22, 70])
def test_a_nonce_of_22_characters_and_one_with_signs_pass(rp: RelyingParty, length: int) -> None:
    assert rp.authorize(nonce=("@#&" * 30)[:length]).status == 303
