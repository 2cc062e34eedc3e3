"""JSON errors of the access token at /userinfo (§10.1)."""

from fcsim_hub.domain.errors.machine import MachineError


class BearerError(MachineError):
    """Common to what is wrong with the access token at /userinfo; `WWW-Authenticate` says it too (RFC 6750 §3)."""

    error = "invalid_request"


class TokenError(BearerError):
    """Common to bearer tokens refused at /userinfo."""

    status, error, description = 401, "invalid_token", "invalid token provided"


class NoAccessToken(TokenError):
    """The request carries no access token."""

    code, description, reason = "Y04146A2", "no access token provided", "no access token provided"
    reproduce = "GET /userinfo without Authorization."
    fix = "Send Authorization: Bearer <access_token>."


class AccessTokenNotFound(TokenError):
    """The access token is unknown, expired or revoked."""

    # Y040001 is also the page of a request wrong in two ways: the code of every unmapped library error.
    public_code = "Y040001"
    reason = "access token not found"
    reproduce = "GET /userinfo with a token older than 60 seconds."
    fix = "Call userinfo right after /token; the token is no session."


class AccessTokenWithoutGrant(TokenError):
    """The login behind the access token is gone: more than 30 seconds have passed since consent."""

    code, reason = "Y0489D15", "grant not found"
    reproduce = "GET /userinfo more than 30 seconds after the consent page."
    fix = "Call userinfo right after /token."


class BearerMalformed(BearerError):
    """The Authorization header is not `Bearer <token>`."""

    code, description = "Y04B729E", "invalid authorization header value format"
    reproduce = "GET /userinfo with Authorization: Bearer."
    fix = "Send Authorization: Bearer <access_token>."


class BearerSchemeWrong(BearerError):
    """The Authorization header names another scheme than Bearer."""

    code, description = "Y043D61A", "authorization header scheme must be `Bearer`"
    reproduce = "GET /userinfo with Authorization: Basic x."
    fix = "Send Authorization: Bearer <access_token>."


class SeveralTokens(BearerError):
    """The access token was sent in two places."""

    code = "Y04514E0"
    description = "access token must only be provided using one mechanism"
    reproduce = "GET /userinfo?access_token=x with an Authorization header too."
    fix = "Send the token in the header alone."


class TokenInQuery(BearerError):
    """Posture `standard`: the access token is in the query, where logs keep it."""

    public_code, description = "Y040001", "access token must not be provided in the query"
    reproduce = "In posture `standard`, GET /userinfo?access_token= with a token of the client."
    fix = "Send the token in the Authorization header, or in a posted form."
