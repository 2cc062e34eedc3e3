"""The two French numbers that identify people at providers: NIR and SPI (inside-the-hub §7)."""

import re

_NIR = re.compile(r"[1-478][0-9]{2}[0-9]{2}(?:[0-9]{2}|2[AB])[0-9]{6}")
_SPI = re.compile(r"[0-3][0-9]{12}")
_CORSICA = (("2A", "19"), ("2B", "18"))


def nir_key(nir: str) -> str:
    """The two-digit key of a NIR's 13 characters: 97 minus the number modulo 97, Corsica's letters replaced."""
    digits = nir
    if nir[5:7] in ("2A", "2B"):
        digits = nir[:5] + dict(_CORSICA)[nir[5:7]] + nir[7:]
    return f"{97 - int(digits) % 97:02d}"


def is_nir(text: str) -> bool:
    """Thirteen characters shaped as a NIR, or fifteen whose key is right."""
    if not _NIR.fullmatch(text[:13]):
        return False
    return len(text) == 13 or (len(text) == 15 and text[13:] == nir_key(text[:13]))


def is_permanent(nir: str) -> bool:
    """Only sexes 1 and 2 are certified: the others are registrations pending or provisional numbers."""
    return nir[:1] in ("1", "2")


def spi_key(first_ten: str) -> str:
    """The last three digits of a tax number: its first ten modulo 511."""
    return f"{int(first_ten) % 511:03d}"


def is_spi(text: str) -> bool:
    """Thirteen digits whose last three are right."""
    return _SPI.fullmatch(text) is not None and text[10:] == spi_key(text[:10])
