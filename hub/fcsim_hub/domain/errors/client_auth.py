"""JSON errors of a client that does not prove itself (§9.4)."""

from fcsim_hub.domain.errors.machine import MachineError


class BadSecret(MachineError):
    """The client is known, its secret is not the registered one."""

    code, status, error = "Y0434A7B", 401, "invalid_client"
    description, reason = "client authentication failed", "invalid secret provided"
    reproduce = "POST /token with client_secret=wrong."
    fix = "Send the secret of this client on this platform: keys of two environments never mix."


class ClientNotFound(MachineError):
    """No active client has this client_id on this platform."""

    code, status, error = "Y0479FCE", 401, "invalid_client"
    description, reason = "client authentication failed", "client not found"
    reproduce = "POST /token with client_id=unknown."
    fix = "Register the client, or use the client_id of this platform."


class NoClientAuthentication(MachineError):
    """The request carries no client credentials."""

    code, error, description = "Y044FEB3", "invalid_request", "no client authentication mechanism provided"
    reproduce = "POST /token without client_id."
    fix = "Send client_id and client_secret in the form (client_secret_post)."


class AuthenticationMethodMismatch(MachineError):
    """The credentials are not of the kind registered for this client."""

    code, status, error = "Y044D82C", 401, "invalid_client"
    description = "client authentication failed"
    reason = "the provided authentication mechanism does not match the registered client authentication method"
    reproduce = "POST /token with client_id and no client_secret."
    fix = "Send client_secret, or an assertion where the client registered a signing key; never client_id alone."


class SeveralAuthentications(MachineError):
    """The request carries credentials in two places."""

    code, error = "Y04DADA6", "invalid_request"
    description = "client authentication must only be provided using one mechanism"
    reproduce = "POST /token with client_secret in the form and an Authorization header."
    fix = "Set your library to client_secret_post alone."


class BasicHeaderMalformed(MachineError):
    """The Authorization header is not usable Basic credentials."""

    code, error = "Y047E9E5", "invalid_request"
    description = "invalid authorization header value format"
    reproduce = "POST /token with Authorization: Basic x."
    fix = "Set your library to client_secret_post."
