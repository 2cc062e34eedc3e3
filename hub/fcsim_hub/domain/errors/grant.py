"""JSON errors of the grant at /token: its type, its code (§9.4)."""

from fcsim_hub.domain.errors.machine import MachineError


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
    """`code` is absent or empty."""

    # FranceConnect shares one fingerprint for every missing parameter of both endpoints (§15.4).
    error, description = "invalid_request", "missing required parameter 'code'"
    public_code = "Y048017B"
    reproduce = "POST /token without code."
    fix = "Send the code of the callback."


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
    """The redirect_uri differs from the one of /authorize, or is absent."""

    code, reason = "Y04F8199", "authorization code redirect_uri mismatch"
    reproduce = "Redeem a code with another redirect_uri, or without."
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
