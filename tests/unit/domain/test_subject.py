"""The pairwise sub: golden vectors (service-provider-side §11, inside-the-hub §11.2)."""

import pytest

from fcsim_hub.domain.identity import PivotIdentity
from fcsim_hub.domain.subject import identity_hash, pairwise_sub

SECRET, ENTITY = "franceconnect-local-simulator-secret", "entity-demo-1"


def person(given: str, family: str, birthdate: str, gender: str, place: str, country: str) -> PivotIdentity:
    return PivotIdentity(
        given_names=tuple(given.split(" ")),
        family_name=family,
        birthdate=birthdate,
        gender=gender,  # type: ignore[arg-type]
        birthplace=place,
        birthcountry=country,
    )


VECTORS = [
    (
        person("Angela Claire Louise", "DUBOIS", "1962-08-24", "female", "75107", "99100"),
        "Sr1x7B9YHc4uoiIcvqx8lzxq6nvLg1rN/n1klPFSgGA=",
        "75c4d499ee84f6b5a89bd3ceb4bd0b1ef2463f2002d44e50ed93912ed68e9f73v1",
    ),
    (
        person("Joëlle Françoise", "DUBINÔRE", "1992-08-15", "female", "75117", "99100"),
        "J2WdqlpnUQ1WxMA3BngwBCPo0Al6bxKgBb/PVNZlZZs=",
        "af5273a7b6e298ca024a698ebee6443e90308fd1084b0131a46b6318c183f3eav1",
    ),
    (
        person("Vincent Guillaume", "MARTIN", "1963-12-05", "male", "", "99352"),
        "BUMjqqam+zpOfm1tDe5pqWfkBMFARtHvED+YB8cPro8=",
        "591060f4fd86d58ba4e36ab9a6f1dcfb9abb655bbe0f206dd8a3177ce83ddcf7v1",
    ),
    (
        person("JulieéàèùòœæŒÆ", "DURANTÉÀÈÙÒŒÆŒÆ", "1972-06-14", "female", "2B002", "99100"),
        "VH+ngG5B0qiKcD86HV68iFJaDqVdxdoEYh22Kvl8lLA=",
        "17316f61d28871946cc87a3b005252ea64359ad827e550eb9c7429506a7f8c17v1",
    ),
]


@pytest.mark.parametrize(("identity", "hashed", "sub"), VECTORS)
def test_vectors(identity: PivotIdentity, hashed: str, sub: str) -> None:
    assert identity_hash(identity) == hashed
    assert pairwise_sub(ENTITY, hashed, SECRET) == sub


def test_the_golden_vector_of_the_acceptance_tests() -> None:
    secret = "9ed64cd3762973c8a5219e0774671940a3550ae1050af86831d613193e825caa"
    entity = "a0cd64372db6ecf39c317c0c74ce90f02d8ad7d510ce054883b759d666a996bc"
    sub = "34f4e38b510841db1a83716b981f7298badec51dc52e91af245903b56e2d72bbv1"
    assert pairwise_sub(entity, identity_hash(VECTORS[1][0]), secret) == sub


def test_the_control_hash_of_a_real_fixture() -> None:
    jeanne = person("Jeanne", "DURAND", "1962-08-24", "female", "75107", "99100")
    assert identity_hash(jeanne) == "ieFUFlBzMSDN+mz+DSHCjgmaPbOd2OPRsSP4QbUMvxE="


def test_a_place_abroad_does_not_count() -> None:
    here = person("A", "B", "1990-01-01", "male", "90900", "99352")
    there = person("A", "B", "1990-01-01", "male", "", "99352")
    assert identity_hash(here) == identity_hash(there)
