"""The information or consent page, and its acknowledgement (service-provider-side §7.7)."""

from dataclasses import replace

from flask import Blueprint, Response, request

from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.consent import Page, skips_page, which_page
from fcsim_hub.domain.devices import recognise
from fcsim_hub.domain.errors.core import MissingIdentity
from fcsim_hub.domain.errors.hub import SessionInvalid
from fcsim_hub.domain.journey import Journey, ProviderAnswer, Session, Step, Verified, check_step
from fcsim_hub.domain.userinfo import delivered
from fcsim_hub.rooms.dispatch import onward
from fcsim_hub.web.csrf import consume_csrf, issue_csrf
from fcsim_hub.web.device import keep_device, read_device
from fcsim_hub.web.pages import render_page
from fcsim_hub.web.visit import Visit, door

blueprint = Blueprint("consent", __name__)


@blueprint.get("/interaction/<uid>/consent")
@door
def show(visit: Visit, uid: str) -> Response:
    """Who is about to sign in, where, and which data go there; a refresh shows it again."""
    session, journey = visit.open_journey(uid)
    check_step(journey, Step.CONSENT)
    verified, answer = _verified(journey)
    client = visit.client_of(journey)
    session = issue_csrf(session)
    if journey.step is not Step.CONSENT:
        visit.trace("FC_SHOWED_CONSENT")
    visit.save(replace(session, journey=journey.at(Step.CONSENT)))
    page = which_page(client, journey.request.scopes)
    scopes = visit.hub.platform.scopes
    return render_page(
        "consent.html",
        forms_lead_to=[visit.hub.base_url, journey.request.redirect_uri],
        client=client,
        page=page.name.lower(),
        identity=delivered(verified.identity, answer.identity, visit.hub.platform.identity_from),
        platform=visit.hub.platform,
        labels=scopes.labels(journey.request.scopes) if page is not Page.ANONYMOUS else (),
        data_labels=scopes.data_labels(journey.request.scopes),
        csrf_token=session.csrf,
        # People of other member states come without an address (inside-the-hub §4.2, §14.1).
        mail=visit.hub.platform.mail_mode if answer.identity.email else "off",
    )


@blueprint.post("/login")
@door
def login(visit: Visit) -> Response:
    """The page was acknowledged."""
    session, journey = visit.open_journey()
    session = consume_csrf(session, request.form.get("csrfToken", ""))
    check_step(journey, Step.LOGIN)
    _verified(journey)
    client = visit.client_of(journey)
    return _acknowledge(visit, session, journey, client, which_page(client, journey.request.scopes).value)


@blueprint.get("/auto-login")
@door
def auto_login(visit: Visit) -> Response:
    """The page is skipped, for services entitled to that (§6.5)."""
    session, journey = visit.open_journey()
    check_step(journey, Step.CONSENT)
    if journey.step is Step.CONSENT:
        raise SessionInvalid("the page was shown: its form leads on, /auto-login follows /verify alone")
    _verified(journey)
    client = visit.client_of(journey)
    if not skips_page(client, journey.request):
        return onward(visit.hub, journey, client)
    return _acknowledge(visit, session, journey, client, "FC_AUTO_LOGIN")


def _acknowledge(visit: Visit, session: Session, journey: Journey, client: Client, event: str) -> Response:
    device, recognition = recognise(
        read_device(visit.hub),
        _verified(journey)[0].identity,
        [visit.hub.secret_key],
        visit.now,
        visit.hub.platform.lifetimes.device,
    )
    journey = replace(journey, step=Step.LOGIN, acknowledged=True, device=recognition)
    # The login renews the session, also on a platform whose sessions do not slide (§7.2).
    visit.save(visit.renewed(replace(session, journey=journey)))
    visit.trace(event, claims=" ".join(visit.hub.platform.scopes.claims(journey.request.scopes)))
    response = onward(visit.hub, journey, client, status=303)
    keep_device(visit.hub, response, device)
    return response


def _verified(journey: Journey) -> tuple[Verified, ProviderAnswer]:
    if journey.verified is None or journey.answer is None:
        raise MissingIdentity("no identity was verified in this session")
    return journey.verified, journey.answer
