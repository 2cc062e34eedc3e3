"""A service and a provider of FranceConnect+."""

from collections.abc import Iterator

import pytest

from support.encrypted import PLUS, register
from support.relying_party import RelyingParty
from support.rogue_provider import Rogue
from support.site import Site


@pytest.fixture
def plus(site: Site) -> Site:
    """The site as FranceConnect+ sees it."""
    return site.on(PLUS)


@pytest.fixture
def party(plus: Site) -> Iterator[RelyingParty]:
    """A service of FranceConnect+."""
    made = RelyingParty.register(plus)
    yield made
    made.forget()


@pytest.fixture
def stranger(plus: Site) -> Iterator[Rogue]:
    """A provider of the test's own on FranceConnect+, registered for RSA-OAEP-256 and honest."""
    provider = Rogue(acr="eidas2")
    served = provider.serve()
    register(provider, plus, "RSA-OAEP-256")
    yield provider
    provider.forget(plus)
    served.stop()
