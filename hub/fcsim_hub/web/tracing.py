"""The fields of an event: what FranceConnect traces, and nothing personal (inside-the-hub §16.2)."""

import hashlib
import os
import socket
import uuid
from collections.abc import Mapping

from flask import request

from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.devices import Recognition
from fcsim_hub.domain.events import Event
from fcsim_hub.domain.journey import Journey, ProviderAnswer, Session
from fcsim_hub.storage.grants import Grant

Field = str | int | bool | None

HOSTNAME = socket.gethostname()


def request_fields() -> dict[str, Field]:
    """Where this request came from, and which process answered it; the law wants address, port and date (§16.2)."""
    port = str(request.environ.get("REMOTE_PORT", ""))
    return {
        "hostname": HOSTNAME,
        "pid": os.getpid(),
        "logId": str(uuid.uuid4()),
        "ip": request.remote_addr or "",
        "source.address": request.remote_addr or "",
        "source.port": int(port) if port.isdecimal() else None,
    }


def describe(name: str, session: Session | None, client: Client | None, more: Mapping[str, Field]) -> Event:
    """An event of this request, with what is known of its session and its service."""
    journey = session.journey if session else None
    fields = request_fields()
    if session is not None:
        fields |= {"sessionId": public_id(session.id), "browsingSessionId": session.browsing_id}
    if journey is not None:
        verified = journey.verified
        fields |= {
            "interactionId": journey.uid,
            "isSso": journey.is_sso,
            "spId": journey.request.client_id,
            "spAcr": str(journey.request.asked),
            "scope": " ".join(journey.request.scopes),
            **_provider_fields(journey),
            "interactionAcr": str(verified.level) if verified else None,
            "accountId": verified.account_id if verified else None,
            "spSub": verified.sub if verified else None,
        }
    elif session is not None and session.signed_in is not None:
        signed_in = session.signed_in
        fields |= _answer_fields(signed_in.answer) | {
            "accountId": signed_in.account_id,
            "interactionAcr": str(signed_in.level),
        }
    if journey is not None and journey.device is not None:
        fields |= _device_fields(journey.device, suspicious=journey.suspicious)
    if client is not None:
        fields |= {"spName": client.name, "spType": client.type}
    return Event(name=name, flow=journey.uid if journey else "", fields={**fields, **more})


def _provider_fields(journey: Journey) -> dict[str, Field]:
    """The provider that answered, or the one the citizen was sent to."""
    answer, departure = journey.answer, journey.departure
    if answer is None:
        return {
            "idpId": departure.provider_uid if departure else None,
            "idpName": departure.provider_name if departure else None,
            "idpLabel": departure.provider_title if departure else None,
        }
    return _answer_fields(answer)


def _answer_fields(answer: ProviderAnswer) -> dict[str, Field]:
    return {
        "idpId": answer.provider_uid,
        "idpName": answer.provider_name,
        "idpLabel": answer.provider_title,
        "idpAcr": answer.acr,
        "idpSub": answer.identity.sub,
    }


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


def grant_fields(grant: Grant, client: Client | None) -> dict[str, Field]:
    """The fields of a back-channel event: the session is known through the grant."""
    person = grant.person
    return request_fields() | {
        "sessionId": public_id(grant.session_id),
        "browsingSessionId": grant.browsing_id,
        "interactionId": grant.flow,
        "isSso": grant.is_sso,
        "accountId": grant.account_id,
        "interactionAcr": grant.acr,
        "spId": grant.request.client_id,
        "spAcr": str(grant.request.asked),
        "spName": client.name if client else None,
        "spType": client.type if client else None,
        "spSub": person.sub,
        "idpId": person.provider_uid,
        "idpAcr": person.provider_acr,
        "idpName": person.provider_name,
        "idpLabel": person.provider_title,
        "idpSub": person.provider.sub,
        "scope": " ".join(grant.request.scopes),
    }
