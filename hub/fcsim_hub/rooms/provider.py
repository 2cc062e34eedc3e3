"""Back from the provider: the checks of the callback, in FranceConnect's order (inside-the-hub §3.4)."""

import hmac
import logging
from dataclasses import replace

from flask import Blueprint, Response, request

from fcsim_hub.domain.errors.core import ProviderOfSessionNotFound
from fcsim_hub.domain.errors.hub import SessionInvalid, UnexpectedNavigation
from fcsim_hub.domain.errors.provider import (
    IdentityInvalid,
    ProviderCodeMissing,
    ProviderStateInvalid,
    ProviderStateMissing,
    ProviderSubMissing,
    ProviderTokenFailed,
    ProviderUserinfoFailed,
)
from fcsim_hub.domain.identity import (
    InvalidIdentity,
    MissingSub,
    ProviderIdentity,
    read_foreign_identity,
    read_identity,
)
from fcsim_hub.domain.journey import Departure, Journey, ProviderAnswer, Session, Step, check_step
from fcsim_hub.domain.providers import Provider
from fcsim_hub.gateways.identity_provider import Tokens
from fcsim_hub.rooms.dispatch import onward
from fcsim_hub.storage.registrations import PROVIDERS
from fcsim_hub.web.explanation import explained_by
from fcsim_hub.web.language import force_english
from fcsim_hub.web.visit import Visit, door

blueprint = Blueprint("provider", __name__)

log = logging.getLogger("fcsim.hub")

REFUSAL_MAX = 200


@blueprint.get("/oidc-callback")
@door
def callback(visit: Visit) -> Response:
    """A refusal leads back to the choice page; a code becomes an identity, fetched outside any transaction."""
    session, journey = visit.journey_of(visit.open_session())
    visit.peek_client(journey)
    check_step(journey, Step.CALLBACK)
    if journey.departure is None:
        raise SessionInvalid("no provider was chosen in this session")
    visit.provider_title = journey.departure.provider_title
    if "error" in request.args:
        _check_state(journey.departure)
        return _back_to_choice(visit, session, journey)
    visit.trace("IDP_CALLEDBACK")
    code = _read_code(journey.departure)
    provider = _provider_of(visit, journey.departure)
    _check_issuer(provider)
    # Noted before the code goes out: opened again, or twice at once, the answer is refused and its code sent once.
    uid = journey.departure.provider_uid
    taken = replace(journey, step=Step.CALLBACK, failed_provider=uid, answer=None, verified=None)
    visit.save(replace(session, journey=taken))
    visit.settle()
    answer = _ask_provider(visit, provider, journey.departure, code)
    session, journey = visit.journey_of(visit.open_session(), journey.uid)
    if journey.departure != taken.departure:
        raise UnexpectedNavigation("another provider was chosen while this one was asked")
    journey = replace(journey, step=Step.CALLBACK, failed_provider="", answer=answer)
    visit.rotate(replace(session, journey=journey))
    return onward(visit.hub, journey, visit.client_of(journey))


def _check_state(departure: Departure) -> None:
    state = request.args.get("state", "")
    if not state:
        raise ProviderStateMissing("the provider came back without state")
    if not hmac.compare_digest(state.encode(), departure.state.encode()):
        raise ProviderStateInvalid("the state that came back is not the one sent to the provider")


def _back_to_choice(visit: Visit, session: Session, journey: Journey) -> Response:
    """The citizen cancelled, or the provider failed: the service is not told, another provider may be chosen."""
    uid = journey.departure.provider_uid if journey.departure else ""
    journey = replace(journey, step=Step.CALLBACK, failed_provider=uid, departure=None)
    client = visit.client_of(journey)
    visit.trace("IDP_CALLEDBACK_WITH_ERROR")
    visit.save(replace(session, journey=journey))
    told = _refusal_told()
    log.info("provider %s on %s answered %s", uid, visit.hub.platform.name, told)
    return explained_by(onward(visit.hub, journey, client), f"the provider answered {told}")


def _refusal_told() -> str:
    """Its own words, cut and escaped: for the log and the developer, never for the page (H119)."""
    told = ((name, request.args[name]) for name in ("error", "error_description") if name in request.args)
    return ", ".join(f"{name}={value[:REFUSAL_MAX]!a}" for name, value in told)


def _read_code(departure: Departure) -> str:
    """The code, looked for before the state is."""
    code = request.args.get("code", "")
    if not code:
        raise ProviderCodeMissing("the provider came back without code")
    _check_state(departure)
    return code


def _ask_provider(visit: Visit, provider: Provider, departure: Departure, code: str) -> ProviderAnswer:
    hub = visit.hub
    visit.trace("FC_REQUESTED_IDP_TOKEN")
    tokens = hub.providers.redeem(provider, departure, code, redirect_uri=hub.callback_url, now=visit.now)
    visit.trace("FC_REQUESTED_IDP_USERINFO")
    claims = hub.providers.fetch_identity(provider, tokens.access_token, visit.now)
    if visit.client and visit.client.follows(hub.platform) == "standard":
        _check_same_person(provider, tokens, claims)
    return ProviderAnswer(
        provider_uid=provider.uid,
        provider_name=provider.name,
        provider_title=provider.title,
        identity=_read(provider, claims),
        acr=tokens.acr,
        id_token=tokens.id_token,
        rep_scope=tokens.rep_scope,
    )


def _check_issuer(provider: Provider) -> None:
    """An answer that names another issuer is for another provider: its code goes to no token endpoint (RFC 9207)."""
    if (named := request.args.get("iss", provider.issuer)) != provider.issuer:
        raise ProviderTokenFailed(f"{provider.name}: the answer comes from issuer {named[:120]!r}")


def _check_same_person(provider: Provider, tokens: Tokens, claims: dict[str, object]) -> None:
    """OpenID Connect Core §5.3.2; FranceConnect does not compare (inside-the-hub §3.6)."""
    if claims.get("sub") and claims["sub"] != tokens.sub:
        raise ProviderUserinfoFailed(f"{provider.name}: userinfo and id_token speak of two people")


def _provider_of(visit: Visit, departure: Departure) -> Provider:
    with visit.hub.database.read() as connection:
        provider = PROVIDERS.find(connection, visit.realm, departure.provider_uid)
    if provider is None:
        raise ProviderOfSessionNotFound("the provider chosen was removed meanwhile")
    if not provider.knows_registry:
        force_english()
    return provider


def _read(provider: Provider, claims: dict[str, object]) -> ProviderIdentity:
    try:
        return read_identity(claims) if provider.knows_registry else read_foreign_identity(claims)
    except MissingSub:
        raise ProviderSubMissing(f"{provider.name}: userinfo has no sub of ASCII text") from None
    except InvalidIdentity as invalid:
        # The value found is personal: the developer is told the claim and the rule.
        raise IdentityInvalid(f"{provider.name}: claim {invalid.claim}: expected {invalid.expected}") from None
