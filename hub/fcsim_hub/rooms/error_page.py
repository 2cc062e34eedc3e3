"""Every HubError a browser meets, for its three readers: citizen, service, developer (service-provider-side §15.2)."""

import logging
import uuid
from urllib.parse import urlencode

from flask import Response, g

from fcsim_hub.domain.dates import machine_time, paris_words
from fcsim_hub.domain.errors.base import HubError
from fcsim_hub.domain.journey import Journey, Refusal, Session
from fcsim_hub.rooms.answers import refusal_answer
from fcsim_hub.web.explanation import explained
from fcsim_hub.web.hub import Hub, current_hub
from fcsim_hub.web.language import current_language
from fcsim_hub.web.pages import render_page
from fcsim_hub.web.visit import Visit

log = logging.getLogger("fcsim.hub")

NO_WAY_BACK = frozenset(
    {
        "Y04EA6EF",
        "Y04A8220",
        "Y04ED062",
        "Y049E35D",
        "Y04639D8",
        "Y04C013C",
        "Y040001",
        "Y030027",
        "Y030030",
        "Y000404",
        "Y000400",
    }
)
"""Errors met before, or outside, a proven service: there is nowhere to go back to."""


def show_error(error: HubError) -> Response:
    """The page of an error: code and reference for the citizen, cause and remedy for the developer.

    A service that asked for no page (`prompt=none`, posture standard) is told instead (OpenID Connect Core §3.1.2.6).
    """
    hub, reference = current_hub(), str(uuid.uuid4())
    visit: Visit | None = g.get("visit")
    log.info("error %s on %s reference %s", error.code or type(error).__name__, hub.platform.name, reference)
    code, journey = error.code, _live_journey(visit, error)
    if journey and journey.request.demands.silent:
        told = Refusal(error=error.error, description=error.description, detail=error.detail)
        return refusal_answer(hub, journey.request.redirect_uri, journey.request.state, told)
    page = render_page(
        "error.html",
        status=error.status,
        error=error,
        code=code,
        cause=error.__class__.__doc__,
        reference=reference,
        met_at=machine_time(hub.clock.now()),
        met_when=paris_words(hub.clock.now(), current_language()),
        back_url=_back_url(hub, journey, error),
        client=visit.client if visit else None,
        support_url=_support_url(hub, visit, code, reference) if error.support else "",
        docs_url=f"{hub.console_url}/errors#{code.lower()}" if hub.console_url else "",
    )
    return explained(page, error)


def _live_journey(visit: Visit | None, error: HubError) -> Journey | None:
    """The journey of a proven service that met this error."""
    journey = visit.session.journey if visit and visit.session else None
    return None if error.code in NO_WAY_BACK else journey


def _back_url(hub: Hub, journey: Journey | None, error: HubError) -> str:
    """The way back to the service, carrying what the service must be told; empty without a proven service."""
    if journey is None:
        return ""
    query = {
        "error": error.error,
        "error_description": error.description,
        "state": journey.request.state,
        "redirect_uri": journey.request.redirect_uri,
    }
    return f"{hub.doors_url}/redirect-to-sp-with-error?{urlencode(query)}"


def _chosen(session: Session | None) -> str:
    """The provider of the journey as the session knows it, for errors met before it was looked up."""
    journey = session.journey if session else None
    known = (journey.answer or journey.departure) if journey else None
    return known.provider_title if known else ""


def _support_url(hub: Hub, visit: Visit | None, code: str, reference: str) -> str:
    """The support form with what it needs to know; the provider only once one was chosen (inside-the-hub §13.3)."""
    query = {"platform": hub.platform.support_name, "error_code": code, "error_id": reference}
    if visit and visit.client:
        query["sp_name"] = visit.client.name
    if visit and (provider := visit.provider_title or _chosen(visit.session)):
        query["idp_name"] = provider
    return f"{hub.console_url}/support?{urlencode(query)}"
