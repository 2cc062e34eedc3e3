"""The fidelity ledger: every known difference from the real service, with its reason.

Shown at the console, and in hub/README.md (`python docs/generate_ledger.py`). Code that is laxer than FranceConnect
says so with a comment `ledger Fnn`, and a test probes it; tests/e2e/test_as_strict.py tries everything else that
FranceConnect refuses. `(inferred)`: read in the sheet, never observed.

    difference.py   one difference, and what its members mean
    services.py     what a service sees
    providers.py    what an identity provider sees
    citizens.py     what a citizen meets
    tests.py        what a test is given
"""

from fcsim_hub.domain.ledger.citizens import CITIZENS
from fcsim_hub.domain.ledger.difference import Difference
from fcsim_hub.domain.ledger.providers import PROVIDERS
from fcsim_hub.domain.ledger.services import SERVICES
from fcsim_hub.domain.ledger.tests import TESTS

LEDGER: tuple[Difference, ...] = tuple(sorted((*SERVICES, *PROVIDERS, *CITIZENS, *TESTS), key=lambda one: one.id))

__all__ = ["LEDGER", "Difference"]
