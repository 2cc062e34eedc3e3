"""The catalogue against the tables of service-provider-side §15 and inside-the-hub §13.3, §19: one row a code."""

import re
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from fcsim_hub.domain import errors
from fcsim_hub.domain.errors.base import HubError, RedirectedError, errors_by_code
from fcsim_hub.domain.errors.data_provider import DataProviderError
from fcsim_hub.domain.errors.machine import MachineError
from fcsim_hub.domain.errors.unmet import UNMET, never_met
from support.error_tables import GUARDS, INSIDE, LIBRARY, MET_BY, REQUEST, SERVER, SERVICE_SIDE, SUPPORT

for module in iter_modules(errors.__path__):
    import_module(f"{errors.__name__}.{module.name}")

CODES = errors_by_code()
TESTS = Path(__file__).parents[2]
OWN = {"Y000429", "Y000503"}
"""Not of the sheets: a limit of ours (ledger entry F36), a database that is away (F67)."""
TOLD_HERE = {"Y100001": SERVER, "Y000400": REQUEST, "Y000404": SERVER, "Y000000": SERVER}
"""What the service is told where the sheets have a dash (ledger entry F53)."""


def told_to_services(code: str) -> type[HubError]:
    """The page or redirect of a code: Y040001 and the Y000… are answers to programs too, tested there."""
    return next(one for one in CODES[code] if not issubclass(one, MachineError))


def is_unmet(code: str) -> bool:
    patterns = [one.replace("xx", "??") for words in UNMET for one in re.findall(r"\bY[0-9A-Fx]+\b", words)]
    return any(fnmatch(code, pattern) for pattern in patterns)


@pytest.mark.parametrize(("code", "row"), SERVICE_SIDE.items())
def test_a_code_is_as_the_service_side_says(code: str, row: tuple[int, str | None, str | None]) -> None:
    if code not in CODES:
        assert is_unmet(code.replace("xx", "00")), "no class bears it, and nothing says why"
        return
    error, (status, name, description) = told_to_services(code), row
    if status == 303:  # goes to the service; a page where no address is proven
        assert issubclass(error, RedirectedError) or code == "Y030030"
    else:
        assert error.status == status
    if not issubclass(error, DataProviderError):
        assert error.error == (name or TOLD_HERE[code])
    assert description in (None, error.description)


@pytest.mark.parametrize(("code", "row"), INSIDE.items())
def test_a_code_is_as_the_inside_says(code: str, row: tuple[int | None, str | None, bool | None]) -> None:
    if code not in CODES:
        assert is_unmet(code), "no class bears it, and nothing says why"
        return
    error, (status, name, button) = told_to_services(code), row
    assert status in (None, 303, error.status)
    assert error.error == (name or TOLD_HERE[code])
    assert error.support == bool(button)


@pytest.mark.parametrize("code", sorted(SUPPORT | set(CODES)))
def test_the_support_button_is_where_the_sheet_lists_it(code: str) -> None:
    if code not in CODES:
        assert is_unmet(code)
        return
    assert [one for one in CODES[code] if one.support] == ([told_to_services(code)] if code in SUPPORT else [])


@pytest.mark.parametrize("code", sorted(LIBRARY))
def test_a_fingerprint_of_the_library_has_a_class_or_a_reason(code: str) -> None:
    assert (code in CODES) != is_unmet(code)


def test_every_code_of_the_sheets_has_a_class_or_a_section_that_says_why_none() -> None:
    sheets = {*SERVICE_SIDE, *INSIDE, *LIBRARY, *SUPPORT}
    assert set(never_met()) == sheets - set(CODES)


def test_no_class_bears_a_code_that_the_sheets_do_not_know() -> None:
    assert set(CODES) <= {*SERVICE_SIDE, *INSIDE, *LIBRARY, *OWN}


CHECKTOKEN = {
    "Y100013": (400, REQUEST, "Required parameter missing or invalid."),
    "Y330001": (401, "invalid_client", "Client authentication failed."),
    "Y330002": (401, "invalid_client", "Client authentication failed."),
    "Y440010": (500, SERVER, "failed to fetch JWKS"),
    "Y440011": (500, SERVER, "invalid JWKS format"),
}


@pytest.mark.parametrize(("code", "row"), CHECKTOKEN.items())
def test_a_code_of_checktoken_is_as_the_sheet_says(code: str, row: tuple[int, str, str]) -> None:
    (error,) = CODES[code]
    assert issubclass(error, DataProviderError)
    assert (error.status, error.error, error.description) == row


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_met_by_a_test_over_http_or_says_why_none_can(code: str) -> None:
    assert (code in MET_BY) != (code in GUARDS)
    if code in GUARDS:
        return
    file, _, name = MET_BY[code].partition("::")
    text = (TESTS / file).read_text(encoding="utf-8")
    assert re.search(rf"^def {name}\(", text, re.M), f"{file} has no {name}"
    assert any(words in text for error in CODES[code] for words in (code, error.description)), "another code"


def every_error() -> list[type[HubError]]:
    return [error for found in CODES.values() for error in found]


@pytest.mark.parametrize("error", every_error(), ids=lambda error: error.__name__)
def test_an_error_says_its_cause_how_to_meet_it_and_how_to_mend_it(error: type[HubError]) -> None:
    """Of its own: a text inherited from another error would be about that one."""
    for text in (error.__doc__, vars(error).get("reproduce"), vars(error).get("fix")):
        assert text
        assert text.strip().endswith((".", ":"))
