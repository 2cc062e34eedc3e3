"""JSON errors of the back channel: /token and /userinfo (§9.4, §10.1)."""

from typing import ClassVar

from fcsim_hub.domain.errors.base import HubError


class MachineError(HubError):
    """Answered as JSON: `error`, `error_description` = "description (reason)", `error_uri`."""

    status = 400
    reason: str = "undefined"
    """What FranceConnect writes between parentheses; literally `undefined` where its library gives nothing."""
    public_code: ClassVar[str] = ""
    """The code on the wire where several errors share one, and `code` cannot hold it."""


class BadSecret(MachineError):
    """The client is known, its secret is not the registered one."""

    code, status, error = "Y0434A7B", 401, "invalid_client"
    description, reason = "client authentication failed", "invalid secret provided"
    reproduce = "POST /token with client_secret=wrong."
    fix = "Send the secret of this client on this platform: keys of two environments never mix."


class UnexpectedForMachine(MachineError):
    """A failure nobody foresaw, met by a program; the traceback is in the log."""

    public_code, status = "Y000000", 500
    error, description = "server_error", "an unexpected error occurred"
    reproduce = "Not on purpose: it would be a defect of fcsim."
    fix = "Look for the traceback in the hub's log, and report it. A code that was not redeemed may be tried again."


class TooManyFailures(MachineError):
    """This client failed to prove itself too often from this IP address within a minute."""

    code, status, error = "Y000429", 429, "temporarily_unavailable"
    description, reason = "too many failed attempts", "wait a minute"
    reproduce = "POST /token with a wrong client_secret twenty times within a minute, then once more."
    fix = "Correct the secret and wait; `limits` in the platform's file sets the number, 0 switches it off."


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


class BodyNotForm(MachineError):
    """The body is not application/x-www-form-urlencoded."""

    code, error = "Y043C322", "invalid_request"
    description = "only application/x-www-form-urlencoded content-type bodies are supported on POST /token"
    reproduce = "POST /token with a JSON body."
    fix = "Send application/x-www-form-urlencoded."


class ParameterTwice(MachineError):
    """A parameter was sent twice."""

    code, error, description = "Y0496E4A", "invalid_request", "parameters must not be provided twice"
    reproduce = "POST /token with code twice."
    fix = "Send each parameter once."


class GrantTypeMissing(MachineError):
    """`grant_type` is absent."""

    code, error, description = "Y04632E7", "invalid_request", "missing required parameter 'grant_type'"
    reproduce = "POST /token without grant_type."
    fix = "Send grant_type=authorization_code."


class GrantTypeUnsupported(MachineError):
    """`grant_type` is not authorization_code."""

    code, error, description = "Y04C2044", "unsupported_grant_type", "unsupported grant_type requested"
    reproduce = "POST /token with grant_type=refresh_token."
    fix = "Send grant_type=authorization_code: there is no refresh token."


class CodeMissing(MachineError):
    """`code` (or `redirect_uri`) is absent or empty."""

    # FranceConnect shares one fingerprint for every missing parameter of both endpoints (§15.4).
    error, description = "invalid_request", "missing required parameter 'code'"
    public_code = "Y048017B"
    reproduce = "POST /token without code."
    fix = "Send the code of the callback."


class RedirectUriMissing(CodeMissing):
    """`redirect_uri` is absent or empty."""

    description = "missing required parameter 'redirect_uri'"
    reproduce = "POST /token without redirect_uri."
    fix = "Send the redirect_uri of /authorize again."


class InvalidGrant(MachineError):
    """Common to codes that cannot be redeemed."""

    error, description = "invalid_grant", "grant request is invalid"


class CodeNotFound(InvalidGrant):
    """The code was never issued, or was purged."""

    code, reason = "Y049E20B", "authorization code not found"
    reproduce = "POST /token with code=unknown."
    fix = "Send the code as received, decoded once."


class CodeExpired(InvalidGrant):
    """The code is older than its 30 seconds."""

    code, reason = "Y043F0A8", "authorization code is expired"
    reproduce = "Redeem a code 31 seconds after the callback."
    fix = "Redeem the code in the callback itself: it lives 30 seconds."


class CodeOfAnotherClient(InvalidGrant):
    """The code was issued to another client."""

    code, reason = "Y047A2EA", "client mismatch"
    reproduce = "Redeem a code with the credentials of another client."
    fix = "Use one client from /authorize to /token."


class CodeRedirectUriMismatch(InvalidGrant):
    """The redirect_uri differs from the one of /authorize."""

    code, reason = "Y04F8199", "authorization code redirect_uri mismatch"
    reproduce = "Redeem a code with another redirect_uri."
    fix = "Send the text of /authorize, character for character."


class CodeAlreadyUsed(InvalidGrant):
    """The code was redeemed before; the tokens it gave are revoked."""

    code, reason = "Y0416228", "authorization code already consumed"
    reproduce = "Redeem a code twice."
    fix = "Redeem once, even when the citizen reloads the callback; the first tokens are dead now."


class GrantNotFound(InvalidGrant):
    """The login behind the code is gone."""

    code, reason = "Y04D8B5C", "grant not found"
    reproduce = "Log in, log out, then redeem the code."
    fix = "Redeem the code in the callback itself."


class PkceFailed(InvalidGrant):
    """`code_verifier` does not match, or none was announced at /authorize."""

    code, reason = "Y0446550", "PKCE verification failed"
    reproduce = "POST /token with code_verifier=x."
    fix = "Switch PKCE off in your library: FranceConnect refuses it, whatever its discovery says."


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


class TokenError(MachineError):
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


class BearerMalformed(MachineError):
    """The Authorization header is not `Bearer <token>`."""

    code, error, description = "Y04B729E", "invalid_request", "invalid authorization header value format"
    reproduce = "GET /userinfo with Authorization: Bearer."
    fix = "Send Authorization: Bearer <access_token>."


class BearerSchemeWrong(MachineError):
    """The Authorization header names another scheme than Bearer."""

    code, error, description = "Y043D61A", "invalid_request", "authorization header scheme must be `Bearer`"
    reproduce = "GET /userinfo with Authorization: Basic x."
    fix = "Send Authorization: Bearer <access_token>."


class SeveralTokens(MachineError):
    """The access token was sent in two places."""

    code, error = "Y04514E0", "invalid_request"
    description = "access token must only be provided using one mechanism"
    reproduce = "GET /userinfo?access_token=x with an Authorization header too."
    fix = "Send the token in the header alone."
