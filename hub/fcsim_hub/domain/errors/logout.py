"""/session/end: every refusal is a page (§12.3)."""

from fcsim_hub.domain.errors.base import SIGNED_IN_STILL, HubError
from fcsim_hub.domain.words import N_


class LogoutError(HubError):
    """Common to refused logouts."""

    status, error = 400, "invalid_request"
    headline, message = N_("You could not be signed out"), SIGNED_IN_STILL


class HintUndecodable(LogoutError):
    """`id_token_hint` is not a signed JWT."""

    code, description = "Y04FEDB9", "could not decode id_token_hint"
    reproduce = "GET /session/end?id_token_hint=x."
    fix = "Send the id_token as received; on FranceConnect+, decrypt it first."


class HintClientMismatch(LogoutError):
    """`client_id` is not the audience of the hint."""

    code, description = "Y0467882", "mismatching aud claim in id_token_hint"
    reproduce = "Send client_id of another client beside the hint."
    fix = "Leave client_id out, or send the one the id_token was issued to."


class HintClientUnknown(LogoutError):
    """The hint was issued to a client this hub does not know."""

    code, error, description = "Y0429C91", "invalid_client", "unrecognized id_token_hint audience"
    reproduce = "DELETE the client, then log out with its id_token."
    fix = "Send an id_token of this platform, issued to an active client."


class HintSignatureInvalid(LogoutError):
    """The hint's signature does not verify with this hub's keys and the client's algorithm."""

    code, description = "Y045AFAE", "could not validate id_token_hint"
    reproduce = "Change a character in the signature of the hint."
    fix = "Send the id_token as received; after a change of algorithm, log in again first."


class PostLogoutUriNotRegistered(LogoutError):
    """post_logout_redirect_uri is not one of the client's registered addresses."""

    code, description = "Y04CFAEF", "post_logout_redirect_uri not registered"
    reproduce = "Send post_logout_redirect_uri=https://elsewhere.test/."
    fix = "Register the address exactly as sent in `post_logout_redirect_uris`."


class LogoutWithoutSession(LogoutError):
    """The browser shows no session of a finished login."""

    code = "Y100019"
    reproduce = "Call /session/end from the service's back end."
    fix = "Redirect the citizen's browser to /session/end: it holds the session."


class LogoutDetailsMissing(LogoutError):
    """The logout was confirmed, but none was asked in this session."""

    code, description = "Y047B9D9", "could not find logout details"
    reproduce = "POST /session/end/confirm without a logout under way."
    fix = "Start at /session/end."


class LogoutXsrfInvalid(LogoutError):
    """The confirmation's xsrf value is not the one of this logout."""

    code, description = "Y04976CE", "xsrf token invalid"
    reproduce = "POST /session/end/confirm with another xsrf."
    fix = "Let the hub's page submit its own form."
