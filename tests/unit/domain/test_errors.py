"""The catalogue of errors is complete data: codes unique, each explained."""

import pytest

# Every module of the catalogue, so that every class is known.
from fcsim_hub.domain.errors import CATALOGUE, HubError, authorize, core, hub, logout, machine, provider, registry  # noqa: F401


@pytest.mark.parametrize("error", CATALOGUE.values(), ids=CATALOGUE.keys())
def test_each_error_is_explained_and_fit_for_the_wire(error: type[HubError]) -> None:
    assert error.__doc__
    assert error.code.startswith("Y")
    assert len(error.code) in (7, 8)
    assert 400 <= error.status < 600
    assert error.error.isascii()
    assert all(" " <= char <= "~" and char not in '"\\' for char in error.description)


def test_a_code_cannot_be_given_twice() -> None:
    with pytest.raises(TypeError, match="Y030007 is already AuthorizeParamsRefused"):
        type("Twin", (HubError,), {"code": "Y030007"})
