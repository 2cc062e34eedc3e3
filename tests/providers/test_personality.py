"""What a provider's file may say of its first page and its second factor."""

from typing import Any, get_args

import pytest
from pydantic import ValidationError

from fcsim_providers.doors import DOORS
from fcsim_providers.factors import FACTORS
from fcsim_providers.personality import DoorName, FactorName, Personality
from support.site import Site


def look(site: Site, **members: Any) -> dict[str, Any]:
    record = site.stack.fixtures.folder("providers")
    return next(one["simulator"] for one in record.values() if one["name"] == "ameli") | members


@pytest.mark.parametrize(
    ("door", "factor"),
    [("password", "none"), ("password", "mail_code"), ("password", "approval"), ("identifier", "approval")],
)
def test_a_door_that_asks_for_a_secret_goes_with_any_factor(site: Site, door: str, factor: str) -> None:
    assert Personality.model_validate(look(site, door=door, factor=factor)).factor == factor


@pytest.mark.parametrize(
    ("door", "factor"),
    [("identifier", "none"), ("identifier", "mail_code"), ("app", "none"), ("app", "approval")],
)
def test_a_door_without_a_secret_is_refused_without_the_factor_that_makes_sure(
    site: Site, door: str, factor: str
) -> None:
    with pytest.raises(ValidationError, match="expected"):
        Personality.model_validate(look(site, door=door, factor=factor))


def test_every_name_a_file_may_give_leads_to_a_file_here() -> None:
    assert set(DOORS) == set(get_args(DoorName))
    assert {name for name, one in FACTORS.items() if not one.comes_first} | {"none"} == set(get_args(FactorName))
