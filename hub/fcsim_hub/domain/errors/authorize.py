"""/authorize: what ends on a page, and what goes back to the service (Y03…, Y04…; §6.8)."""

from fcsim_hub.domain.errors.base import (
    ABORTED,
    RECONNECT,
    SERVICE_PROBLEM,
    TRY_LATER,
    HubError,
    RedirectedError,
)

REQUEST = "invalid_request"


class AuthorizeParamsRefused(HubError):
    """A parameter of /authorize is missing, malformed, sent twice, or not one FranceConnect takes."""

    code, status, support = "Y030007", 400, True
    error, description = REQUEST, "invalid parameter"
    message = RECONNECT
    reproduce = "Add code_challenge=x to an authorization request, or send a nonce of 21 characters."
    fix = "Send the parameters of FranceConnect's list and no other; the detail names the one that was refused."


class ClientUnknown(HubError):
    """No active service has this client_id on this platform."""

    code, status = "Y04EA6EF", 400
    error, description = "invalid_client", "client is invalid"
    message = SERVICE_PROBLEM
    reproduce = "Send client_id=unknown to /authorize."
    fix = "Register the client (fixtures/clients, or the control API), or use the client_id of this platform."


class RedirectUriNotRegistered(HubError):
    """The redirect_uri is not one of the client's registered addresses."""

    code, status = "Y04C013C", 400
    error, description = (
        "invalid_redirect_uri",
        "redirect_uri did not match any of the client's registered redirect_uris",
    )
    message = SERVICE_PROBLEM
    reproduce = "Add a trailing slash to a registered redirect_uri."
    fix = "Register the address exactly as sent: scheme, host, port, path, trailing slash and query all count."


class SectorStatus(ClientUnknown):
    """The client's sector_identifier_uri does not answer 200, so the client cannot be loaded."""

    code = "Y04A8220"
    error, description = "invalid_client_metadata", "unexpected sector_identifier_uri response status code"
    reproduce = "Register a client whose sector_identifier_uri answers 404."
    fix = "Serve a JSON array of every redirect_uri at `sector_identifier_uri`, or keep to one host and drop it."


class SectorUnreachable(SectorStatus):
    """The client's sector_identifier_uri cannot be reached."""

    code, description = "Y04ED062", "could not load sector_identifier_uri response"
    reproduce = "Register a client whose sector_identifier_uri is http://localhost:1/."
    fix = "Let the hub reach sector_identifier_uri; it is fetched at every login."


class SectorNotJson(SectorStatus):
    """The client's sector_identifier_uri does not hold a JSON array."""

    code, description = "Y049E35D", "sector_identifier_uri must return single JSON array"
    reproduce = "Register a client whose sector_identifier_uri answers an HTML page."
    fix = "Serve a JSON array of texts, and nothing around it."


class SectorIncomplete(SectorStatus):
    """The client's sector_identifier_uri does not list all of its redirect_uris."""

    code, description = (
        "Y04639D8",
        "all registered redirect_uris must be included in the sector_identifier_uri response",
    )
    reproduce = "Register a client whose sector_identifier_uri answers []."
    fix = "List every redirect_uri of the client in the document."


class UnmappedLibraryError(HubError):
    """A request wrong in two ways: its address is not registered, so the first error cannot be sent back."""

    code, status = "Y040001", 400
    message = TRY_LATER
    reproduce = "Leave `openid` out of scope and send an unregistered redirect_uri."
    fix = "Correct redirect_uri first, then the parameter that the detail names."


class ResponseTypeMissing(RedirectedError):
    """`response_type` is empty."""

    code = "Y048017B"
    error, description = REQUEST, "missing required parameter 'response_type'"
    reproduce = "Send response_type= to /authorize."
    fix = "Send response_type=code."


class ResponseTypeUnsupported(RedirectedError):
    """`response_type` is not `code`."""

    code = "Y0411646"
    error, description = "unsupported_response_type", "unsupported response_type requested"
    reproduce = "Send response_type=id_token to /authorize."
    fix = "Send response_type=code: FranceConnect has no other flow."


class OpenidScopeMissing(RedirectedError):
    """`openid` is not among the scopes."""

    code = "Y04EE963"
    error, description = REQUEST, "openid scope must be requested when using the acr_values parameter"
    reproduce = "Send scope=email to /authorize."
    fix = "Add `openid` to scope."


class ScopeNotAllowed(RedirectedError):
    """A scope of the platform is not granted to this service."""

    code = "Y044D706"
    error, description = "invalid_scope", "requested scope is not allowed"
    reproduce = "Ask a scope of the platform that the client's `scopes` does not list."
    fix = "Add the scope to `scopes` in the client's registration, or do not ask for it."


class ClaimsNotJson(RedirectedError):
    """The claims parameter is not JSON."""

    code = "Y0485169"
    error, description = REQUEST, "could not parse the claims parameter JSON"
    reproduce = "Send claims={ to /authorize."
    fix = "Send a JSON object, URL-encoded once."


class ClaimsNotObject(RedirectedError):
    """The claims parameter is JSON, but not an object."""

    code = "Y04C032B"
    error, description = REQUEST, "claims parameter should be a JSON object"
    reproduce = "Send claims=[] to /authorize."
    fix = "Send a JSON object."


class ClaimsWithoutMember(RedirectedError):
    """The claims parameter has neither `userinfo` nor `id_token`."""

    code = "Y0420EF4"
    error, description = REQUEST, "claims parameter should have userinfo or id_token properties"
    reproduce = "Send claims={} to /authorize."
    fix = "Put `id_token` or `userinfo` in the object."


class ClaimsUserinfoNotObject(RedirectedError):
    """`claims.userinfo` is not an object."""

    code = "Y0465CB6"
    error, description = REQUEST, "claims.userinfo should be an object"
    reproduce = 'Send claims={"userinfo":1} to /authorize.'
    fix = "Give `userinfo` an object."


class ClaimsIdTokenNotObject(RedirectedError):
    """`claims.id_token` is not an object."""

    code = "Y04AAA70"
    error, description = REQUEST, "claims.id_token should be an object"
    reproduce = 'Send claims={"id_token":1} to /authorize.'
    fix = "Give `id_token` an object."


class AcrInvalid(RedirectedError):
    """The level asked is not one this platform serves."""

    error = "invalid_acr"
    reproduce = "Send acr_values=eidas2 to FranceConnect."
    fix = "Ask eidas1 on FranceConnect; eidas2 or eidas3 on FranceConnect+."


class IdpHintRefused(RedirectedError):
    """`idp_hint` names a provider this service may not send people to directly."""

    code = "Y030032"
    error, description = "invalid_idp_hint", "An idp_hint was provided but is not allowed"
    reproduce = "Send idp_hint=unknown to /authorize."
    fix = "List the uid in the client's allowed_idp_hints, or in the platform's where the client has no list."


class RequestObjectUnsupported(RedirectedError):
    """A request object was sent (posture standard only: elsewhere the parameter itself is refused)."""

    error, description = "request_not_supported", "request parameter provided but not supported"


class RequestUriUnsupported(RequestObjectUnsupported):
    """The address of a request object was sent (posture standard only)."""

    error, description = "request_uri_not_supported", "request_uri parameter provided but not supported"


class PkceInvalid(RedirectedError):
    """code_challenge_method is not S256 (posture standard only)."""

    error, description = REQUEST, "not supported value of code_challenge_method"


class PkceChallengeInvalid(PkceInvalid):
    """The code_challenge is missing or malformed (posture standard only)."""

    description = "code_challenge must be 43 characters of base64url"


class SessionDemandInvalid(RedirectedError):
    """`prompt`, `max_age` or `id_token_hint` cannot be honoured as it was sent (posture standard only)."""

    error, description = REQUEST, "invalid prompt, max_age or id_token_hint"


class LoginRequired(RedirectedError):
    """`prompt=none`, and nobody is signed in who could be named (posture standard only)."""

    error, description = "login_required", "end-user authentication is required"


class ConsentRequired(RedirectedError):
    """`prompt=none`, and this service needs a consent (posture standard only)."""

    error, description = "consent_required", "end-user consent is required"


class CitizenAborted(RedirectedError):
    """The citizen went back to the service."""

    error, description = "access_denied", ABORTED
    reproduce = "Follow the link back to the service on the choice page."
    fix = "Handle access_denied on the callback: the citizen may try again."
