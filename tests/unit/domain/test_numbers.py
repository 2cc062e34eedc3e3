"""NIR and tax number keys (inside-the-hub §7), against the sheet's vectors and an independent library."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fr import nir as stdnum_nir

from fcsim_hub.domain.numbers import is_nir, is_permanent, is_spi, nir_key, spi_key
from fcsim_providers.identifiers import READERS, read_identifier

NIRS = [
    ("2690549588157", "80"),
    ("2620875107042", "55"),
    ("1990675107025", "23"),
    ("1510195350007", "12"),
    ("1631299352003", "18"),
    ("185052A004042", "40"),
    ("185052B050042", "45"),
    ("2612099335004", "24"),
    ("2920575113045", "03"),
    ("1980697411010", "73"),
]
SPIS = [
    *("3023217600053", "3999999887219", "3999999932264", "3999999915247", "3999999923255"),
    *("0100000001367", "0200000002223", "1000000105188", "3000000112361"),
]


@pytest.mark.parametrize(("nir", "key"), NIRS)
def test_nir_keys(nir: str, key: str) -> None:
    assert nir_key(nir) == key
    assert is_nir(nir)
    assert is_nir(nir + key)
    assert not is_nir(nir + f"{(int(key) + 1) % 100:02d}")
    assert read_identifier("nir", f"{nir[:1]} {nir[1:3]} {nir[3:5]} {nir[5:]} {key}") == nir


@pytest.mark.parametrize("spi", SPIS)
def test_spi_keys(spi: str) -> None:
    assert is_spi(spi)
    assert spi_key(spi[:10]) == spi[10:]
    assert not is_spi(spi[:12] + str((int(spi[12]) + 1) % 10))
    assert read_identifier("spi", spi) == spi


@given(
    st.integers(1, 2),
    st.integers(0, 99),
    st.integers(1, 12),
    st.sampled_from(["01", "75", "2A", "2B", "97", "99"]),
    st.integers(1, 999),
    st.integers(1, 999),
)
def test_keys_agree_with_an_independent_library(
    sex: int, year: int, month: int, department: str, commune: int, order: int
) -> None:
    nir = f"{sex}{year:02d}{month:02d}{department}{commune:03d}{order:03d}"
    assert stdnum_nir.calc_check_digits(nir) == nir_key(nir)


def test_provisional_numbers_are_not_permanent() -> None:
    assert is_permanent("2620875107042")
    assert not is_permanent("8910899213002")


@pytest.mark.parametrize("typed", ["", "1", "abc", "9" * 13, "²" * 13, "1" * 400, "\x00", "2620875107042 56"])
@pytest.mark.parametrize("kind", ["spi", "nir", "card_number"])
def test_what_is_no_identifier_is_refused(kind: str, typed: str) -> None:
    assert read_identifier(kind, typed) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("06 39 98 00 01", "+33639980001"),
        ("0033639980001", "+33639980001"),
        ("+33 6.39.98.00.01", "+33639980001"),
        ("Angela.Dubois@FCSIM.test ", "angela.dubois@fcsim.test"),
        ("angela@", None),
        ("12", None),
    ],
)
def test_emails_and_phones(typed: str, key: str | None) -> None:
    assert read_identifier("email_or_phone", typed) == key


@given(st.text(max_size=400), st.sampled_from(sorted(READERS)))
def test_no_text_breaks_a_reader(typed: str, kind: str) -> None:
    key = read_identifier(kind, typed)  # type: ignore[arg-type]
    assert key is None or key
