"""The choice page, and the departure to a provider (service-provider-side §7.4, §7.5; inside-the-hub §3.1, §3.10)."""

import secrets
from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError

from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.consent import Page, which_page
from fcsim_hub.domain.errors.authorize import AcrInvalid, CitizenAborted, IdpHintRefused, LoginRequired
from fcsim_hub.domain.errors.provider import (
    ProviderDisabled,
    ProviderExcluded,
    ProviderFilterUnread,
    ProviderNotFound,
)
from fcsim_hub.domain.journey import Departure, Journey, Refusal, Session, Step, check_step
from fcsim_hub.domain.levels import level_to_ask
from fcsim_hub.domain.providers import Chooser, Provider
from fcsim_hub.gateways.identity_provider import authorize_url
from fcsim_hub.rooms.dispatch import leave_for, onward
from fcsim_hub.storage.registrations import PROVIDERS
from fcsim_hub.web.csrf import consume_csrf, issue_csrf
from fcsim_hub.web.pages import render_page
from fcsim_hub.web.visit import Visit, door

blueprint = Blueprint("choice", __name__)

STATE_BYTES = 32
LEFT = "User auth aborted"


@blueprint.get("/interaction/<uid>")
@door
def show(visit: Visit, uid: str) -> Response:
    """The page, unless the journey can do without it: refused level, single sign-on, provider hint."""
    session, journey = visit.open_journey(uid)
    check_step(journey, Step.CHOICE)
    client = visit.client_of(journey)
    if refusal := _refused_level(visit, journey):
        return _refuse(visit, session, journey, client, refusal)
    if journey.is_sso and journey.step is Step.AUTHORIZE:
        if not journey.sso_told:
            visit.trace("FC_SSO_INITIATED")
            visit.save(replace(session, journey=replace(journey, sso_told=True)))
        return onward(visit.hub, journey, client)
    if journey.request.idp_hint and journey.step is Step.AUTHORIZE:
        return _follow_hint(visit, session, journey, client)
    if journey.request.demands.silent:  # single sign-on ended meanwhile: its provider cannot serve this service
        return _refuse(
            visit, session, journey, client, Refusal(error=LoginRequired.error, description=LoginRequired.description)
        )
    return _show_page(visit, session, journey, client)


def _refused_level(visit: Visit, journey: Journey) -> Refusal | None:
    """§6.4: a level outside the platform is found out here, and told to the service."""
    platform, asked = visit.hub.platform, journey.request.asked
    if asked in platform.levels:
        return None
    expected = ",".join(platform.levels)
    return Refusal(
        error=AcrInvalid.error,
        description=f"acr_value is not valid, should be equal one of these values, expected {expected}, got {asked}",
    )


def _refuse(visit: Visit, session: Session, journey: Journey, client: Client, refusal: Refusal) -> Response:
    refused = replace(journey, refusal=refusal)
    visit.save(replace(session, journey=refused))
    return onward(visit.hub, refused, client, status=303)


def _follow_hint(visit: Visit, session: Session, journey: Journey, client: Client) -> Response:
    """§6.6: straight to the provider, when this service may ask for it; unknown and forbidden answer alike.

    A provider it may ask for, that is not active or that it excludes, is refused as a choice of it is (entry F65).
    """
    hint = journey.request.idp_hint
    is_known = PROVIDERS.find(visit.tx, visit.realm, hint) is not None
    if not is_known or not client.accepts_hint(hint, visit.hub.platform):
        refusal = Refusal(
            error=IdpHintRefused.error,
            description=IdpHintRefused.description,
            detail=_hint_refused(visit, client, hint, is_known=is_known),
        )
        return _refuse(visit, session, journey, client, refusal)
    provider = _usable(visit, client, hint)
    return _depart(visit, session, journey, client, provider, "FC_REDIRECTED_TO_HINTED_IDP")


def _hint_refused(visit: Visit, client: Client, hint: str, *, is_known: bool) -> str:
    """Which of the two refused it: the service is told the same."""
    if not is_known:
        return f"idp_hint {hint[:80]!r} is the uid of no provider here"
    expected = " or ".join(client.hints(visit.hub.platform)) or "none at all"
    return f"idp_hint {hint[:80]!r} is not one this service may send: expected {expected}"


def _show_page(visit: Visit, session: Session, journey: Journey, client: Client) -> Response:
    platform = visit.hub.platform
    providers = {provider.uid: provider for provider, _ in PROVIDERS.list(visit.tx, visit.realm)}
    if journey.step is not Step.CHOICE:
        visit.trace("FC_SHOWED_IDP_CHOICE")
    session = replace(issue_csrf(session), journey=journey.at(Step.CHOICE))
    visit.save(session)
    failed = providers.get(journey.failed_provider) if journey.step is Step.CALLBACK else None
    chooser = Chooser(
        client=client,
        asked=journey.request.asked,
        suspicious=journey.suspicious,
        show_excluded=platform.show_excluded_providers,
    )
    choices = chooser.list(providers.values())
    # One button for each kind, for the provider registered last: one's own takes the place of the simulated one.
    newest = {one.kind: one for one in providers.values()}
    doors = {kind: found[0] for kind in platform.side_doors if (found := chooser.list(newest.values(), kind))}
    return render_page(
        "choice.html",
        forms_lead_to=[one.provider.authorization_endpoint for one in (*choices, *doors.values())],
        client=client,
        journey=journey,
        choices=choices,
        doors=doors,
        failed=failed,
        notice=platform.notice if platform.notice and platform.notice.is_shown(visit.now) else None,
        anonymous=which_page(client, journey.request.scopes) is Page.ANONYMOUS,
        csrf_token=session.csrf,
        leave_url=_leave_url(visit, journey),
    )


def _leave_url(visit: Visit, journey: Journey) -> str:
    query = {
        "error": CitizenAborted.error,
        "error_description": LEFT,
        "state": journey.request.state,
        "redirect_uri": journey.request.redirect_uri,
    }
    return f"{visit.hub.doors_url}/redirect-to-sp-with-error?{urlencode(query)}"


@blueprint.post("/redirect-to-idp")
@door
def choose(visit: Visit) -> Response:
    """Off to the chosen provider; whatever an earlier one said is forgotten."""
    session, journey = visit.open_journey()
    session = consume_csrf(session, request.form.get("csrfToken", ""))
    check_step(journey, Step.REDIRECT_TO_IDP)
    client = _client_with_filter(visit, journey)
    provider = _usable(visit, client, request.form.get("providerUid", ""))
    return _depart(visit, session, journey, client, provider, "IDP_CHOSEN")


def _usable(visit: Visit, client: Client, uid: str) -> Provider:
    """The provider chosen or hinted at: none that the service excludes, and none that is not active (entry F65)."""
    if not client.accepts_provider(uid):
        raise ProviderExcluded("this service's registration (`idp_filter_list`) excludes the provider")
    provider = PROVIDERS.find(visit.tx, visit.realm, uid)
    if provider is None:
        raise ProviderNotFound(f"no provider has uid {uid[:64]!r}")
    if not provider.active:
        raise ProviderDisabled(f"provider {provider.name} is not active")
    return provider


def _client_with_filter(visit: Visit, journey: Journey) -> Client:
    try:
        return visit.client_of(journey)
    except SQLAlchemyError as failure:
        raise ProviderFilterUnread(f"the database answered {type(failure).__name__}") from failure


def _depart(
    visit: Visit, session: Session, journey: Journey, client: Client, provider: Provider, event: str
) -> Response:
    departure = Departure(
        provider_uid=provider.uid,
        provider_name=provider.name,
        provider_title=provider.title,
        state=secrets.token_hex(STATE_BYTES),
        nonce=secrets.token_hex(STATE_BYTES),
        asked=level_to_ask(journey.request.asked, provider.allowed_acr),
    )
    journey = replace(
        journey,
        step=Step.REDIRECT_TO_IDP,
        departure=departure,
        failed_provider="",
        answer=None,
        verified=None,
        is_sso=False,
    )
    visit.save(replace(session, journey=journey, signed_in=None))
    visit.trace(event)
    return leave_for(
        authorize_url(
            provider,
            departure,
            scope=visit.hub.platform.provider_scope,
            redirect_uri=visit.hub.callback_url,
            mandates=client.rep_scope,
        )
    )
