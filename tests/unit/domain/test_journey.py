"""The order of pages, and what a developer is told of a page out of order (service-provider-side §7.3)."""

import pytest

from fcsim_hub.domain.errors.base import HubError
from fcsim_hub.domain.errors.hub import SessionInvalid, UnexpectedNavigation
from fcsim_hub.domain.journey import Journey, Request, Step, check_step
from fcsim_hub.domain.levels import Level

ASKED = Request(
    client_id="c", redirect_uri="https://rp.test/cb", scopes=("openid",), state="s", nonce="n",
    acr_values="eidas1", asked=Level.EIDAS1,
)  # fmt: skip
TABLE: dict[Step, set[Step]] = {
    Step.CHOICE: {Step.AUTHORIZE, Step.CHOICE, Step.REDIRECT_TO_IDP, Step.CALLBACK, Step.VERIFY, Step.CONSENT},
    Step.REDIRECT_TO_IDP: {Step.CHOICE},
    Step.CALLBACK: {Step.REDIRECT_TO_IDP},
    Step.VERIFY: {Step.CALLBACK, Step.AUTHORIZE},
    Step.CONSENT: {Step.VERIFY, Step.CONSENT},
    Step.LOGIN: {Step.CONSENT},
}


def refusal_of(step: Step, page: Step) -> HubError | None:
    try:
        check_step(Journey(uid="u", request=ASKED, started_at=0.0, step=step), page)
    except HubError as refused:
        return refused
    return None


@pytest.mark.parametrize("page", TABLE)
@pytest.mark.parametrize("step", Step)
def test_each_page_follows_the_steps_of_the_table_and_no_other(step: Step, page: Step) -> None:
    refused = refusal_of(step, page)
    if step in TABLE[page]:
        assert refused is None
    else:
        assert type(refused) is (UnexpectedNavigation if step >= page else SessionInvalid)


def test_the_developer_is_told_what_the_page_follows_and_where_the_journey_is() -> None:
    refused = refusal_of(Step.CHOICE, Step.VERIFY)
    assert refused is not None
    assert refused.detail.endswith("verify follows authorize or callback; the journey is at choice")
    refused = refusal_of(Step.CONSENT, Step.CALLBACK)
    assert refused is not None
    assert refused.detail.endswith("callback follows redirect-to-idp; the journey is at consent")
