"""A service's own keys, inline or at its jwks_uri: to encrypt to it, to verify what it signed (§9.3, §15.4)."""

from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.errors.encryption import ClientKeysBadStatus, ClientKeysUnavailable, NoEncryptionKey
from fcsim_hub.gateways.http import OutboundFailure
from fcsim_hub.gateways.published_keys import KeysBadStatus, PublishedKeys
from fcsim_hub.protocol.encryption import Key, NotAKeySet, pick_keys


def encryption_key(published: PublishedKeys, client: Client, alg: str) -> Key:
    """The key to encrypt to a service with. Raises NoEncryptionKey, ClientKeysBadStatus, ClientKeysUnavailable."""
    if keys := find_client_keys(published, client, alg):
        return keys[0]
    raise NoEncryptionKey(f"the service publishes no key to encrypt with {alg}", reason=alg)


def find_client_keys(published: PublishedKeys, client: Client, alg: str, kid: str | None = None) -> tuple[Key, ...]:
    """The keys of a service that fit. Raises ClientKeysBadStatus, ClientKeysUnavailable."""
    if client.jwks is not None:
        return pick_keys(client.jwks, alg, kid)
    if not client.jwks_uri:
        return ()
    try:
        return published.find(client.client_id, client.jwks_uri, alg, kid)
    except KeysBadStatus as failure:
        raise ClientKeysBadStatus(
            f"{client.jwks_uri}: {failure}", reason=f"unexpected jwks_uri response status code, {failure}"
        ) from None
    except OutboundFailure as failure:
        raise ClientKeysUnavailable(str(failure), reason="the jwks_uri could not be fetched") from None
    except NotAKeySet as failure:
        raise ClientKeysUnavailable(
            f"{client.jwks_uri}: {failure}", reason="the jwks_uri answered no JSON Web Key Set"
        ) from None
