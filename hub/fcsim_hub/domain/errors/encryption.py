"""JSON errors about a service's own keys and assertions, at /token, /token/revocation and /userinfo (§9.3, §15.4)."""

from fcsim_hub.domain.errors.machine import MachineError


class ClientKeyError(MachineError):
    """Common to keys of a service that cannot be had: nothing is ever sent in clear text instead (H083)."""

    error, description = "invalid_client_metadata", "client JSON Web Key Set failed to be refreshed"

    def __init__(self, detail: str = "", *, reason: str = "") -> None:
        super().__init__(detail)
        self.reason = reason or self.reason


class NoEncryptionKey(ClientKeyError):
    """The service is registered for encrypted answers, and none of its published keys can be used for them."""

    code, description = "Y046B607", "no suitable encryption key found"
    reproduce = "Let the jwks_uri of a client registered with RSA-OAEP publish an EC key, then POST /token."
    fix = "Publish a key with `use: enc` that fits the registered algorithm: EC for ECDH-ES, RSA for RSA-OAEP."


class ClientKeysBadStatus(ClientKeyError):
    """The service's jwks_uri answers, not with 200."""

    code = "Y04C6357"
    reproduce = "Let the jwks_uri of a client with encrypted answers answer 500, then POST /token."
    fix = "jwks_uri must answer 200, without redirect; it is asked again after 10 seconds. The code was not spent."


class ClientKeysUnavailable(ClientKeyError):
    """The service's jwks_uri does not answer in time, or not with a JSON Web Key Set."""

    code = "Y044D511"
    reproduce = "Register a client with encrypted answers and the jwks_uri http://localhost:1/jwks, then POST /token."
    fix = "Let the hub reach jwks_uri from where it runs: in a container, localhost is the container itself."
