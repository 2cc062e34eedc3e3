"""The files of people, as this application reads them."""

import tomllib

import pytest

from fcsim_providers.config import PersonFile

FILE = """
given_names = ["Ada"]
family_name = "LENOIR"
gender = "female"
birthdate = {birthdate}
"""


@pytest.mark.parametrize("written", ["1991-12-10", '"1991-12-10"'], ids=["a date of TOML", "a text"])
def test_a_date_is_written_as_toml_has_it_or_as_text(written: str) -> None:
    file = PersonFile.model_validate(tomllib.loads(FILE.format(birthdate=written)))
    assert file.birthdate == "1991-12-10"


def test_a_partial_date_is_a_text() -> None:
    assert PersonFile.model_validate(tomllib.loads(FILE.format(birthdate='"1991-12-00"'))).birthdate == "1991-12-00"
