"""How a signed answer to a client leaves: as it is, or encrypted with its key (service-provider-side §9.3)."""

from collections.abc import Callable
from typing import Literal, NoReturn

from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.errors.encryption import ClientKeyError, NoEncryptionKey
from fcsim_hub.gateways.client_keys import encryption_key
from fcsim_hub.protocol.encryption import KeyUnusable, encrypt_answer
from fcsim_hub.web.hub import Hub

Wrap = Callable[[str], str]
"""A signed text in, the text to send out; raises ClientKeyError."""


def prepare_seal(hub: Hub, client: Client, what: Literal["id_token", "userinfo"]) -> Wrap:
    """Fetch the client's key now, outside any transaction; what fails is raised only when the answer is wrapped.

    So a request that would be refused anyway is refused for its own reason, and an answer that must be encrypted
    never leaves in clear (H083).
    """
    alg = getattr(client, f"{what}_encrypted_response_alg")
    enc = getattr(client, f"{what}_encrypted_response_enc")
    if not alg:
        return lambda signed: signed
    try:
        key = encryption_key(hub.published_keys, client, alg)
    except ClientKeyError as failure:
        return _raises(failure)

    def seal(signed: str) -> str:
        try:
            return encrypt_answer(signed, key, alg=alg, enc=enc, issuer=hub.issuer, client_id=client.client_id)
        except KeyUnusable as failure:
            raise NoEncryptionKey(str(failure), reason=alg) from None

    return seal


def _raises(failure: ClientKeyError) -> Wrap:
    def refuse(_signed: str) -> NoReturn:
        raise failure

    return refuse
