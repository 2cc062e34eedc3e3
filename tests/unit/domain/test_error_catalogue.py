"""The catalogue against the tables of service-provider-side §15.3 and inside-the-hub §13.3, §19: one row a code."""

from importlib import import_module
from pkgutil import iter_modules

import pytest

from fcsim_hub.domain import errors
from fcsim_hub.domain.errors.base import ABORTED, TECHNICAL, HubError, errors_by_code
from fcsim_hub.domain.errors.data_provider import DataProviderError
from fcsim_hub.domain.errors.machine import MachineError

for module in iter_modules(errors.__path__):
    import_module(f"{errors.__name__}.{module.name}")

DENIED, SERVER, REQUEST, LATER = "access_denied", "server_error", "invalid_request", "temporarily_unavailable"

HUB = {
    "Y010004": (403, DENIED, ABORTED, True),
    "Y010006": (403, DENIED, ABORTED, True),
    "Y010007": (403, DENIED, ABORTED, True),
    "Y010008": (403, DENIED, ABORTED, True),
    "Y010009": (403, DENIED, ABORTED, False),
    "Y010011": (504, LATER, TECHNICAL, True),
    "Y010012": (504, LATER, TECHNICAL, True),
    "Y010013": (400, SERVER, TECHNICAL, True),
    "Y010015": (403, DENIED, ABORTED, True),
    "Y020017": (500, SERVER, TECHNICAL, False),
    "Y020019": (500, SERVER, TECHNICAL, False),
    "Y020021": (400, REQUEST, TECHNICAL, True),
    "Y020022": (403, REQUEST, "invalid state parameter", False),
    "Y020023": (403, DENIED, TECHNICAL, False),
    "Y020024": (500, SERVER, TECHNICAL, True),
    "Y020025": (400, SERVER, TECHNICAL, True),
    "Y020026": (502, SERVER, TECHNICAL, True),
    "Y020027": (502, SERVER, TECHNICAL, True),
    "Y020028": (500, SERVER, TECHNICAL, True),
    "Y020029": (500, SERVER, TECHNICAL, True),
    "Y020030": (500, SERVER, TECHNICAL, True),
    "Y030007": (400, REQUEST, "invalid parameter", True),
    "Y030025": (500, SERVER, TECHNICAL, False),
    "Y030027": (400, REQUEST, "invalid client_id parameter", False),
    "Y030030": (500, DENIED, ABORTED, False),
    "Y040001": (400, SERVER, TECHNICAL, False),
    "Y100001": (500, SERVER, TECHNICAL, True),
    "Y100002": (400, REQUEST, "acr_values not supported", True),
    "Y100004": (403, DENIED, ABORTED, False),
    "Y100008": (500, SERVER, TECHNICAL, False),
    "Y100009": (400, SERVER, TECHNICAL, True),
    "Y100010": (400, SERVER, TECHNICAL, False),
    "Y100011": (403, DENIED, ABORTED, False),
    "Y100018": (400, REQUEST, "idp returned a not allowed acr value", False),
    "Y100019": (400, REQUEST, None, False),
    "Y180001": (403, DENIED, ABORTED, True),
    "Y190001": (401, DENIED, ABORTED, False),
    "Y190004": (409, DENIED, ABORTED, False),
    "Y420001": (400, DENIED, ABORTED, False),
    "Y470001": (401, SERVER, TECHNICAL, False),
    "Y470002": (400, SERVER, TECHNICAL, False),
    "Y470003": (401, SERVER, TECHNICAL, False),
    "Y470004": (401, SERVER, TECHNICAL, False),
    "Y510001": (400, REQUEST, "required parameter missing or invalid", False),
    "Y510002": (400, REQUEST, "required parameter missing or invalid", False),
    "Y520001": (500, SERVER, TECHNICAL, False),
    "Y600006": (400, SERVER, TECHNICAL, False),
    "Y600020": (400, DENIED, TECHNICAL, False),
}
"""Code -> HTTP, `error`, `error_description` (None: the sheet gives none), support button."""

CHECKTOKEN = {
    "Y100013": (400, REQUEST, "Required parameter missing or invalid."),
    "Y330001": (401, "invalid_client", "Client authentication failed."),
    "Y330002": (401, "invalid_client", "Client authentication failed."),
    "Y440010": (500, SERVER, "failed to fetch JWKS"),
    "Y440011": (500, SERVER, "invalid JWKS format"),
}
FRAMEWORK = {"Y000000": 500, "Y000400": 400, "Y000404": 404, "Y000429": 429}
CODES = errors_by_code()


@pytest.mark.parametrize(("code", "row"), HUB.items())
def test_a_code_is_as_the_sheet_says(code: str, row: tuple[int, str, str | None, bool]) -> None:
    # Y040001 is also an answer of /userinfo, tested there.
    (error,) = [one for one in CODES[code] if not issubclass(one, MachineError)]
    status, name, description, support = row
    assert (error.status, error.error, error.support) == (status, name, support)
    assert description in (None, error.description)


@pytest.mark.parametrize(("code", "row"), CHECKTOKEN.items())
def test_a_code_of_checktoken_is_as_the_sheet_says(code: str, row: tuple[int, str, str]) -> None:
    (error,) = CODES[code]
    assert issubclass(error, DataProviderError)
    assert (error.status, error.error, error.description) == row


def test_every_code_is_in_a_table_of_the_sheet() -> None:
    """Scope 04 and the redirected errors have tables of their own, tested over HTTP row by row."""
    own = {code for code in CODES if not code.startswith("Y04") or code == "Y040001"}
    assert own == {*HUB, *CHECKTOKEN, *FRAMEWORK, "Y030032"}
    assert {code: CODES[code][0].status for code in FRAMEWORK} == FRAMEWORK


def every_error() -> list[type[HubError]]:
    return [error for found in CODES.values() for error in found]


@pytest.mark.parametrize("error", every_error(), ids=lambda error: error.__name__)
def test_an_error_says_its_cause_how_to_meet_it_and_how_to_mend_it(error: type[HubError]) -> None:
    """Of its own: a text inherited from another error would be about that one."""
    for text in (error.__doc__, vars(error).get("reproduce"), vars(error).get("fix")):
        assert text
        assert text.strip().endswith((".", ":"))
