"""A person made at run time: a whole civil status, known to no fixture file."""

from typing import Any

JEANNE: dict[str, Any] = {
    "given_names": ["Jeanne", "Marie"],
    "family_name": "DURAND",
    "birthdate": "1962-08-24",
    "gender": "female",
    "birthplace": "75107",
    "email": "jeanne@fcsim.test",
}
