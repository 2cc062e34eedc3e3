"""What /checktoken answers a data provider: JSON of two members (service-provider-side §14)."""

from typing import ClassVar

from fcsim_hub.domain.errors.base import HubError


class DataProviderError(HubError):
    """Answered as JSON: `error` and `error_description`, no `error_uri`; the code is in the log alone."""

    public_code: ClassVar[str] = ""
    """The code in the log where another error bears it, and `code` cannot hold it."""


class ChecktokenRefused(DataProviderError):
    """A parameter of /checktoken is missing, empty, or not one it takes."""

    code, status, error = "Y100013", 400, "invalid_request"
    description = "Required parameter missing or invalid."
    reproduce = "POST /checktoken with `token` and `client_id` alone."
    fix = "Send exactly token, client_id and client_secret, form-encoded."


class DataProviderNotFound(DataProviderError):
    """No active data provider has this client_id on this platform."""

    code, status, error = "Y330001", 401, "invalid_client"
    description = "Client authentication failed."
    reproduce = "POST /checktoken with the client_id of a service instead of a data provider's."
    fix = "Register it in fixtures/data_providers, or by PUT /api/v1/platforms/{platform}/data-providers/{client_id}."


class DataProviderBadSecret(DataProviderNotFound):
    """The data provider is known, its secret is not the registered one."""

    code = "Y330002"
    reproduce = "POST /checktoken with another client_secret."
    fix = "Send the client_secret of the data provider's registration, not the service's."


class TooManyChecks(DataProviderError):
    """This data provider sent too many wrong secrets or dead tokens from this IP address within a minute."""

    public_code = "Y000429"
    status, error, description = 429, "temporarily_unavailable", "Too many failed attempts."
    reproduce = "POST /checktoken with a hundred random tokens within a minute, then one more."
    fix = "Check only tokens that a service sent; `limits` in the platform's file sets the number, 0 switches it off."


class DataProviderKeysUnreachable(DataProviderError):
    """The data provider's jwks_uri does not answer, or not with 200."""

    code, error, description = "Y440010", "server_error", "failed to fetch JWKS"
    reproduce = "Register a data provider whose jwks_uri is http://localhost:1/jwks, then POST /checktoken."
    fix = "Let the hub reach jwks_uri; it must answer 200 within six seconds."


class DataProviderKeysInvalid(DataProviderError):
    """The data provider's JWKS is no key set, or has no key to encrypt with."""

    code, error, description = "Y440011", "server_error", "invalid JWKS format"
    reproduce = "Register a data provider whose jwks_uri answers `{}`, then POST /checktoken."
    fix = "Publish a key with `use: enc` that fits the registered algorithm: EC for ECDH-ES, RSA for RSA-OAEP."
