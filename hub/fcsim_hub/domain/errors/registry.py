"""What the civil registry (RNIPP) answered, seen by the citizen (Y01…; inside-the-hub §9.3)."""

from fcsim_hub.domain.errors.base import (
    ABORTED,
    CANNOT_CONNECT,
    IDENTITY_MISMATCH,
    TECHNICAL,
    TRY_LATER,
    HubError,
)


class IdentityRefused(HubError):
    """Common to the registry's refusals."""

    status, support = 403, True
    error, description = "access_denied", ABORTED
    message = IDENTITY_MISMATCH


class SingleEcho(IdentityRefused):
    """Registry code 4: one close person, not the one asked."""

    code = "Y010004"
    reproduce = "Log in as nadia-benali."
    fix = "Compare what the provider says with what the registry holds: more than one feature differs."


class SeveralEchoes(IdentityRefused):
    """Registry code 6: several persons fit."""

    code = "Y010006"
    reproduce = "Log in as marie-bernard-1: marie-bernard-2 has the same civil status."
    fix = "Give one of the homonyms another civil status; in life, INSEE tells them apart."


class UsageNameOnly(IdentityRefused):
    """Registry code 7: found only under the usage name sent as family_name."""

    code = "Y010007"
    reproduce = "Log in as claire-moreau through impots.gouv."
    fix = "Send the birth name in `family_name` and the usage name in `preferred_username`."


class NobodyFound(IdentityRefused):
    """Registry code 8: nobody fits."""

    code = "Y010008"
    reproduce = "Log in as margaret-wilson."
    fix = "Register the person (fixtures/people), or correct the civil status the provider sends."


class RegistryRejected(IdentityRefused):
    """Registry code 9: the question itself was refused."""

    code, support = "Y010009", False
    reproduce = 'PUT /api/v1/people/{name} with "registry": {"outcome": "E010009"}, then log in as that person.'
    fix = "Send names, a date, a sex and INSEE codes that the registry can read."


class PersonDeceased(IdentityRefused):
    """The registry found the person, and a death date."""

    code = "Y010015"
    message = CANNOT_CONNECT
    reproduce = "Log in as georges-fabre."
    fix = "Remove `death_date` from the person's file, or choose another person."


class RegistryTimeout(HubError):
    """The registry did not answer in time."""

    code, status, support = "Y010011", 504, True
    error, description = "temporarily_unavailable", TECHNICAL
    message = TRY_LATER
    reproduce = 'PUT /api/v1/people/{name} with "registry": {"outcome": "E010011"}, then log in as that person.'
    fix = "Nothing in the service: let the citizen try again, and handle temporarily_unavailable on the callback."


class RegistryUnavailable(RegistryTimeout):
    """The registry answered with a failure, or something that is not a registry answer."""

    code = "Y010012"
    reproduce = 'PUT /api/v1/people/{name} with "registry": {"outcome": "E010012"}, then log in as that person.'
    fix = "Nothing in the service: let the citizen try again, and handle temporarily_unavailable on the callback."


class RegistryAnswerUnusable(HubError):
    """The registry's answer holds no usable civil status."""

    code, status, support = "Y010013", 400, True
    reproduce = 'PUT /api/v1/people/{name} with "registry": {"outcome": "E010013"}, then log in as that person.'
    fix = "Nothing in the service: handle server_error on the callback."
