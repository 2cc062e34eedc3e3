"""What the JSON errors of the back channel share: /token, /userinfo, /token/revocation (§9.4, §13)."""

from typing import ClassVar

from fcsim_hub.domain.errors.base import HubError


class MachineError(HubError):
    """Answered as JSON: `error`, `error_description` = "description (reason)", `error_uri`."""

    status = 400
    reason: str = "undefined"
    """What FranceConnect writes between parentheses; literally `undefined` where its library gives nothing."""
    public_code: ClassVar[str] = ""
    """The code on the wire where several errors share one, and `code` cannot hold it."""


class UnexpectedForMachine(MachineError):
    """A failure nobody foresaw, met by a program; the traceback is in the log."""

    public_code, status = "Y000000", 500
    error, description = "server_error", "an unexpected error occurred"
    reproduce = "Not on purpose: it would be a defect of fcsim."
    fix = "Look for the traceback in the hub's log, and report it. A code that was not redeemed may be tried again."


class UnavailableForMachine(MachineError):
    """The hub's database does not answer for the moment, or has more to do than it can; told to a program."""

    public_code, status, error = "Y000503", 503, "temporarily_unavailable"
    description, reason = "the server is temporarily unavailable", "try again in a moment"
    reproduce = "Stop the PostgreSQL server that FCSIM_DATABASE_URL names, then POST /token."
    fix = "Repeat the request after `Retry-After`: nothing of it was kept, a code may still be redeemed."


class TooManyFailures(MachineError):
    """This client failed to prove itself too often from this IP address within a minute."""

    code, status, error = "Y000429", 429, "temporarily_unavailable"
    description, reason = "too many failed attempts", "wait a minute"
    reproduce = "POST /token with a wrong client_secret twenty times within a minute, then once more."
    fix = "Correct the secret and wait; `limits` in the platform's file sets the number, 0 switches it off."


class BodyNotForm(MachineError):
    """The body is not application/x-www-form-urlencoded."""

    code, error = "Y043C322", "invalid_request"
    description = "only application/x-www-form-urlencoded content-type bodies are supported on POST /token"
    reproduce = "POST /token with a JSON body."
    fix = "Send application/x-www-form-urlencoded."


class BodyUnreadable(MachineError):
    """The body cannot be read: larger than any honest one."""

    code, status, error = "Y04A25F2", 413, "invalid_request"
    description = "failed to parse the request body"
    reproduce = "POST /token with a body of 500 KiB."
    fix = "Send the parameters of this endpoint, and nothing else."


class ParameterTwice(MachineError):
    """A parameter was sent twice."""

    code, error, description = "Y0496E4A", "invalid_request", "parameters must not be provided twice"
    reproduce = "POST /token with code twice."
    fix = "Send each parameter once."


class RevocationRefused(MachineError):
    """A parameter of /token/revocation is missing, malformed, or not one it takes."""

    public_code, error, description = "Y000400", "invalid_request", "invalid parameter"
    reproduce = "POST /token/revocation with token_type_hint."
    fix = "Send token, client_id and client_secret, and nothing else."


class TokenOfAnotherClient(MachineError):
    """The token to revoke was issued to another client; nothing was revoked."""

    code, error, description = "Y0466776", "invalid_request", "this token does not belong to you"
    reproduce = "Revoke a token with the credentials of another client."
    fix = "Revoke your own tokens."
