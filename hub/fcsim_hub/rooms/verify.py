"""Level, registry, account, sub: the silent room between the provider and the consent page (inside-the-hub §5)."""

import uuid
from dataclasses import replace

from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from fcsim_hub.domain import registry
from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.errors.base import HubError
from fcsim_hub.domain.errors.core import AccountDisabled, AccountNotSaved, ProviderBlockedByCitizen
from fcsim_hub.domain.errors.hub import SessionInvalid
from fcsim_hub.domain.errors.provider import MandateMismatch
from fcsim_hub.domain.errors.registry import (
    NobodyFound,
    PersonDeceased,
    RegistryAnswerUnusable,
    RegistryRejected,
    RegistryTimeout,
    RegistryUnavailable,
    SeveralEchoes,
    SingleEcho,
    UsageNameOnly,
)
from fcsim_hub.domain.identity import PivotIdentity, foreign_pivot
from fcsim_hub.domain.journey import Journey, ProviderAnswer, Session, SignedIn, Step, Verified, check_step
from fcsim_hub.domain.levels import Level, check_answered_level, level_to_return, read_level, sso_level
from fcsim_hub.domain.providers import SUSPICIOUS_MINIMUM, Provider
from fcsim_hub.domain.subject import foreign_identity_hash, identity_hash, pairwise_sub
from fcsim_hub.gateways.registry import ask_registry
from fcsim_hub.rooms.dispatch import onward
from fcsim_hub.storage.accounts import Account, claim_account, keep_sub, save_connection
from fcsim_hub.storage.registrations import PROVIDERS
from fcsim_hub.web.language import force_english
from fcsim_hub.web.visit import Visit, door

blueprint = Blueprint("verify", __name__)

REFUSALS: dict[type[registry.Answer], type[HubError]] = {
    registry.Echo: SingleEcho,
    registry.Echoes: SeveralEchoes,
    registry.UsageNameOnly: UsageNameOnly,
    registry.Nobody: NobodyFound,
    registry.Rejected: RegistryRejected,
    registry.Unusable: RegistryAnswerUnusable,
    registry.Unavailable: RegistryUnavailable,
    registry.TimedOut: RegistryTimeout,
}
FAILURES = (RegistryRejected, RegistryUnavailable, RegistryTimeout)
"""Refusals traced as a failed call; the others are invalid answers (inside-the-hub §9.3)."""


@blueprint.get("/interaction/<uid>/verify")
@door
def verify(visit: Visit, uid: str) -> Response:
    """Establish who this is, then go on; each step refuses with its own error."""
    session, journey = visit.open_journey(uid)
    check_step(journey, Step.VERIFY)
    answer = journey.answer
    if answer is None:
        raise SessionInvalid("no provider has answered in this session")
    client = visit.client_of(journey)
    provider = PROVIDERS.find(visit.tx, visit.realm, answer.provider_uid)
    if provider is None or (lost := _why_lost(provider, client, journey, answer)):
        return _back_to_choice(visit, session, journey, client, lost if provider else "FC_IDP_DISABLED")
    visit.provider_title = provider.title
    if not provider.knows_registry:
        force_english()
    mandate_fits = _compare_mandates(visit, client, provider, answer)
    level = _level(visit, journey, answer, provider)
    identity = _identity(visit, session, journey, answer, provider)
    verified = _account(visit, client, answer, provider, identity, level)
    journey = replace(journey, step=Step.VERIFY, verified=verified)
    visit.save(replace(session, journey=journey, language_forced=not provider.knows_registry))
    visit.trace("FC_VERIFIED")
    if not mandate_fits:  # the last of all: the person was verified, and the journal says so (inside-the-hub §5)
        raise MandateMismatch(_mandates(client, answer))
    return onward(visit.hub, journey, client)


def _why_lost(provider: Provider, client: Client, journey: Journey, answer: ProviderAnswer) -> str:
    """The event that says why a provider's answer cannot serve, empty when it can (§5, steps 1 and 2)."""
    if not provider.active:
        return "FC_IDP_DISABLED"
    if not client.accepts_provider(provider.uid):
        return "FC_IDP_BLACKLISTED"
    level = read_level(answer.acr)
    too_low = journey.suspicious and level is not None and level < SUSPICIOUS_MINIMUM
    return "FC_IDP_INSUFFICIENT_ACR" if too_low else ""


def _compare_mandates(visit: Visit, client: Client, provider: Provider, answer: ProviderAnswer) -> bool:
    """A helper's mandate must share a perimeter with the service's list; a service without list takes any (§5)."""
    if not provider.asks_mandate:
        return True
    fits = not client.rep_scope or bool(set(client.rep_scope) & set(answer.rep_scope))
    visit.trace("FC_VALID_REP_SCOPE" if fits else "FC_INVALID_REP_SCOPE", rep_scope=" ".join(answer.rep_scope))
    return fits


def _mandates(client: Client, answer: ProviderAnswer) -> str:
    held = ", ".join(answer.rep_scope) or "none"
    return f"the service accepts mandates for {', '.join(client.rep_scope)}; the helper holds {held}"


def _back_to_choice(visit: Visit, session: Session, journey: Journey, client: Client, event: str) -> Response:
    """Single sign-on is off for this flow; the finished login stays usable for another service."""
    visit.trace(event)
    journey = replace(journey, step=Step.VERIFY, answer=None, is_sso=False)
    visit.save(replace(session, journey=journey))
    return onward(visit.hub, journey, client)


def _level(visit: Visit, journey: Journey, answer: ProviderAnswer, provider: Provider) -> Level:
    asked, platform = journey.request.asked, visit.hub.platform
    if journey.is_sso:
        return sso_level(read_level(answer.acr) or asked, platform.sso_levels)
    return level_to_return(asked, check_answered_level(asked, answer.acr, provider.allowed_acr), platform.levels)


def _identity(
    visit: Visit, session: Session, journey: Journey, answer: ProviderAnswer, provider: Provider
) -> PivotIdentity:
    """The registry's identity; single sign-on reuses the one already known (§9.6), other member states have none."""
    if not provider.knows_registry:
        return foreign_pivot(answer.identity)
    known: SignedIn | None = session.signed_in
    if journey.is_sso and known is not None:
        return known.identity
    visit.trace("FC_REQUESTED_RNIPP")
    found = ask_registry(visit.tx, visit.realm.world, answer.identity)
    if isinstance(found, registry.Found | registry.Rectified):
        if found.record.death_date:
            visit.trace("FC_RECEIVED_DECEASED_RNIPP")
            raise PersonDeceased("the registry holds a death date")
        visit.trace("FC_RECEIVED_VALID_RNIPP")
        return registry.registry_identity(found.record)
    refusal = REFUSALS[type(found)]
    visit.trace("FC_FAILED_RNIPP" if refusal in FAILURES else "FC_RECEIVED_INVALID_RNIPP")
    said = "gave no answer" if found.code is None else f"answered code {found.code}"
    raise refusal(f"the registry {said}")


def _account(
    visit: Visit, client: Client, answer: ProviderAnswer, provider: Provider, identity: PivotIdentity, level: Level
) -> Verified:
    """The account of this identity, made at the first login; its `sub` for this service's organisation."""
    tx, realm = visit.tx, visit.hub.accounts
    key = identity_hash(identity) if provider.knows_registry else foreign_identity_hash(answer.identity.sub)
    account = claim_account(tx, realm, key)
    if account is not None and not account.active:
        raise AccountDisabled("the account was deactivated on this platform")
    if account is not None and account.idp_settings.blocks(answer.provider_uid):
        settings = account.idp_settings
        kind = "blocked ones, it is among them" if settings.is_exclude_list else "allowed ones, it is not among them"
        raise ProviderBlockedByCitizen(f"the citizen's preferences are a list of {kind}: {answer.provider_uid[:64]!r}")
    known = account or Account(id=str(uuid.uuid4()), identity_hash=key, created_at=visit.now, last_connection=visit.now)
    computed = pairwise_sub(client.entity, key, visit.hub.platform.sub_secret)
    try:
        save_connection(tx, realm, known, visit.now, is_new=account is None)
        sub = keep_sub(tx, realm, known.id, client.entity, computed)
    except SQLAlchemyError as failure:
        raise AccountNotSaved(f"the database answered {type(failure).__name__}") from failure
    return Verified(identity=identity, account_id=known.id, sub=sub, level=level)
