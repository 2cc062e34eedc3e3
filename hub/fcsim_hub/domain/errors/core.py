"""Levels and what the hub's core refuses (Y10…, Y52…)."""

from fcsim_hub.domain.errors.base import ABORTED, CONTACT, HubError
from fcsim_hub.domain.words import N_


class LevelTooLow(HubError):
    """The provider answered a level below the one asked, or one FranceConnect does not know."""

    code, status, support = "Y100001", 500, True
    error = "server_error"
    reproduce = "Let a provider of your own answer acr=eidas4."
    fix = "Let the provider return at least the level the service asked, written eidas1, eidas2 or eidas3."


class LevelMissing(HubError):
    """The provider answered without any level."""

    code, status, support = "Y100002", 400, True
    error, description = "invalid_request", "acr_values not supported"
    reproduce = "A second guard: an id_token without `acr` is already Y020030 at the callback."
    fix = "Put the `acr` claim in the provider's id_token."


class LevelNotAllowedForProvider(HubError):
    """The provider answered a level outside the ones it is registered for."""

    code, status = "Y100018", 400
    error, description = "invalid_request", "idp returned a not allowed acr value"
    message = CONTACT
    reproduce = "Let a provider registered for eidas1 answer eidas2."
    fix = "Add the level to `allowed_acr` in the provider's file, or let the provider return a registered one."


class MissingIdentity(HubError):
    """The consent page was submitted while the session holds no verified identity."""

    code, status = "Y100004", 403
    error, description = "access_denied", ABORTED
    reproduce = "A guard: the pages lead to consent only with a verified identity."
    fix = "Start again from the service."


class AccountNotSaved(HubError):
    """The account could not be written."""

    code = "Y100008"
    reproduce = "A guard: the database refuses the write."
    fix = "Look at the hub's log and at its database, then log in again."


class AmrNotAllowed(HubError):
    """The service asked `amr` through the claims parameter and is not registered for it."""

    code, status, support = "Y100009", 400, True
    reproduce = 'Send claims={"id_token":{"amr":{"essential":true}}} for a client without "amr" in `claims`.'
    fix = 'Add "amr" to `claims` in the client\'s registration, or do not ask for it.'


class ProviderOfSessionNotFound(HubError):
    """The provider chosen earlier in this session is no longer registered."""

    code, status = "Y100010", 400
    reproduce = "Choose a provider, DELETE its registration, then come back from it."
    fix = "Keep a provider registered while people log in; deactivate it instead."


class ProviderBlockedByCitizen(HubError):
    """The citizen blocked this provider in the personal preferences."""

    code, status = "Y100011", 403
    error, description = "access_denied", ABORTED
    message = N_("You blocked this account in your preferences. Allow it there, or choose another account.")
    reproduce = (
        'PUT /api/v1/platforms/{platform}/accounts/{person} with {"idp_settings": {"list": ["<uid>"]}}, then '
        "log in there."
    )
    fix = (
        "Log in through another provider, or let this one: "
        'PUT /api/v1/platforms/{platform}/accounts/{person} with {"idp_settings": {"list": []}}.'
    )


class NoSsoLevel(HubError):
    """The session's level cannot be lowered to one that single sign-on allows."""

    code = "Y520001"
    reproduce = "A guard: needs a platform whose sso_levels hold none of its levels."
    fix = "Correct `sso_levels` in the platform's file."


class AccountDisabled(HubError):
    """The citizen's access was deactivated on this platform."""

    code, status, support = "Y180001", 403, True
    error, description = "access_denied", ABORTED
    message = N_("Your access has been deactivated. Contact support with the code below.")
    reproduce = 'PUT /api/v1/platforms/{platform}/accounts/{person} with {"active": false}, then log in.'
    fix = 'PUT /api/v1/platforms/{platform}/accounts/{person} with {"active": true}.'
