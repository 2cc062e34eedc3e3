"""The fields of an event: what FranceConnect traces, and nothing personal (inside-the-hub §16.2)."""

import hashlib
from collections.abc import Mapping

from flask import request

from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.devices import Recognition
from fcsim_hub.domain.events import Event
from fcsim_hub.domain.journey import Session
from fcsim_hub.storage.grants import Grant

Field = str | int | bool | None


def describe(name: str, session: Session | None, client: Client | None, more: Mapping[str, Field]) -> Event:
    """An event of this request, with what is known of its session and its service."""
    journey = session.journey if session else None
    fields: dict[str, Field] = {"ip": request.remote_addr or "", "port": request.environ.get("REMOTE_PORT")}
    if session is not None:
        fields |= {"sessionId": public_id(session.id), "browsingSessionId": session.browsing_id}
    if journey is not None:
        answer, verified = journey.answer, journey.verified
        fields |= {
            "interactionId": journey.uid,
            "isSso": journey.is_sso,
            "spId": journey.request.client_id,
            "spAcr": str(journey.request.asked),
            "scope": " ".join(journey.request.scopes),
            "idpId": answer.provider_uid if answer else journey.departure.provider_uid if journey.departure else None,
            "idpAcr": answer.acr if answer else None,
            "interactionAcr": str(verified.level) if verified else None,
            "accountId": verified.account_id if verified else None,
            "spSub": verified.sub if verified else None,
        }
    if journey is not None and journey.device is not None:
        fields |= _device_fields(journey.device, suspicious=journey.suspicious)
    if client is not None:
        fields |= {"spName": client.name, "spType": client.type}
    return Event(name=name, flow=journey.uid if journey else "", fields={**fields, **more})


def _device_fields(device: Recognition, *, suspicious: bool) -> dict[str, Field]:
    return {
        "deviceTrusted": device.is_trusted,
        "deviceIsSuspicious": suspicious,
        "deviceAccountCount": device.account_count,
        "deviceKnown": device.known_device,
        "deviceNewIdentity": device.new_identity,
        "deviceBecameTrusted": device.became_trusted,
        "deviceBecameShared": device.became_shared,
    }


def public_id(session_id: str) -> str:
    """A session id that identifies and does not open: the journal is no place for a credential."""
    return hashlib.sha256(session_id.encode()).hexdigest()[:32]


def grant_fields(grant: Grant) -> dict[str, Field]:
    """The fields of a back-channel event: the session is known through the grant."""
    return {
        "ip": request.remote_addr or "",
        "sessionId": public_id(grant.session_id),
        "browsingSessionId": grant.browsing_id,
        "interactionId": grant.flow,
        "isSso": grant.is_sso,
        "accountId": grant.account_id,
        "spId": grant.request.client_id,
        "spAcr": str(grant.request.asked),
        "spSub": grant.person.sub,
        "idpId": grant.person.provider_uid,
        "interactionAcr": grant.acr,
        "scope": " ".join(grant.request.scopes),
    }
