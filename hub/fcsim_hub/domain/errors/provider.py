"""The identity provider's side of a login (Y02…, Y60…; inside-the-hub §3.1, §3.4)."""

from fcsim_hub.domain.errors.base import ABORTED, ACCOUNT_INCOMPLETE, RECONNECT, TECHNICAL, HubError


class ProviderError(HubError):
    """Common to what goes wrong with a provider."""

    message = RECONNECT


class ProviderDisabled(ProviderError):
    """The chosen provider is registered but not active."""

    code = "Y020017"
    reproduce = (
        'PATCH the provider with {"active": false}, then post its form from a choice page loaded before, or hint at it.'
    )
    fix = "Set `active` in the provider's registration."


class ProviderNotFound(ProviderError):
    """No provider has this uid."""

    code = "Y020019"
    reproduce = "Post the form of the choice page with another providerUid."
    fix = "Use the uid of a registered provider: GET /api/v1/platforms/{platform}/providers."


class ProviderStateMissing(ProviderError):
    """The provider came back without `state`."""

    code, status, support = "Y020021", 400, True
    error = "invalid_request"
    reproduce = "Choose a provider, then open /oidc-callback?code=x in the same browser."
    fix = "Let the provider return the `state` it received, unchanged."


class ProviderStateInvalid(ProviderError):
    """The provider came back with another `state` than the one sent."""

    code, status = "Y020022", 403
    error, description = "invalid_request", "invalid state parameter"
    reproduce = "Choose a provider, then open /oidc-callback?code=x&state=y in the same browser."
    fix = "Start again from the service: a login in another tab replaces the first one."


class ProviderExcluded(ProviderError):
    """The service's registration excludes this provider."""

    code, status = "Y020023", 403
    error, description = "access_denied", TECHNICAL
    reproduce = "Put the provider's uid in the client's idp_filter_list, then post its form by hand."
    fix = "Change idp_filter_exclude and idp_filter_list of the client, or choose another provider."


class ProviderFilterUnread(ProviderError):
    """The service's registration, which holds its filter of providers, could not be read when one was chosen."""

    code, support = "Y020024", True
    reproduce = "A guard: the database fails between the choice page and the click on a provider."
    fix = "Look at the hub's log and at its database, then choose again. A service that was removed is Y030027."


class ProviderCodeMissing(ProviderError):
    """The provider came back without `code`."""

    code, status, support = "Y020025", 400, True
    reproduce = "Choose a provider, then open /oidc-callback in the same browser."
    fix = "Let the provider return `code`, or `error`."


class ProviderTokenFailed(ProviderError):
    """The provider's token endpoint failed, or its id_token does not open or does not verify."""

    code, status, support = "Y020026", 502, True
    reproduce = "Register a provider whose token_endpoint is http://localhost:1/token, then choose it."
    fix = "Read the detail: it names the answer, the claim, the algorithm or the key that was wrong."


class ProviderUserinfoFailed(ProviderError):
    """The provider's userinfo failed, does not open with the hub's key, or its signature does not verify."""

    code, status, support = "Y020027", 502, True
    reproduce = "Register a provider for plain JSON that answers a signed JWT, then choose it."
    fix = (
        "Answer application/jwt, signed and encrypted with the registered algorithms, or register empty ones and "
        "answer JSON."
    )


class ProviderLogoutUrlFailed(ProviderError):
    """The provider's logout address cannot be built."""

    code, support = "Y020028", True
    reproduce = "Start a logout, remove end_session_endpoint from the provider, then submit the page."
    fix = "Give the provider an end_session_endpoint, or none from the start."


class ProviderSubMissing(ProviderError):
    """The provider's identity has no usable `sub`."""

    code, support = "Y020029", True
    reproduce = "Let a provider of your own answer userinfo without `sub`."
    fix = "Put an ASCII `sub` that is not empty in userinfo."


class ProviderTokenShape(ProviderError):
    """The provider's token answer lacks a member the hub needs, such as `acr`."""

    code, support = "Y020030", True
    reproduce = "Let a provider of your own leave `acr` out of its id_token."
    fix = "Put `acr` in the id_token and an ASCII access_token in the answer."


class IdentityInvalid(ProviderError):
    """The provider's identity breaks the identity schema (inside-the-hub §4)."""

    code, status = "Y600006", 400
    message = ACCOUNT_INCOMPLETE
    reproduce = "Let a provider of your own leave `email` out of userinfo."
    fix = "The detail names the claim and the rule: see the identity schema, inside-the-hub §4.1."


class MandateMismatch(ProviderError):
    """The helper's mandate covers none of the perimeters the service accepts."""

    code, status = "Y600020", 400
    error, description = "access_denied", TECHNICAL
    reproduce = (
        'PATCH the client with {"rep_scope": ["Logement"]}, then log in through a provider of kind aidants-connect.'
    )
    fix = "Compare `rep_scope` of the client's registration with the `rep_scope` claim of the helper's id_token."


class CitizenLeft(HubError):
    """The citizen leaves, and the hub has no proven address to go back to."""

    code = "Y030030"
    error, description = "access_denied", ABORTED
    reproduce = "Open /redirect-to-sp-with-error without redirect_uri in a browser without session."
    fix = "Register the redirect_uri: leaving without a live session leads to registered addresses only."
