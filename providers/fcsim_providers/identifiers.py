"""How providers recognise people: each kind turns what was typed into the key of an account, or refuses it.

Sources: inside-the-hub §6.2 (what is typed where), §7 (NIR and tax number keys). A person of another member state is
known by two country codes and a national identifier: `IT/FR/…`, from Italy to France.
"""

import re
from collections.abc import Callable
from typing import Literal

Kind = Literal["spi", "nir", "email_or_phone", "card_number", "eidas"]
TYPED_MAX = 320

_SEPARATORS = re.compile(r"[\s.\-\u00a0\u202f]+")
_SPI = re.compile(r"[0-3][0-9]{12}")
_NIR = re.compile(r"([1-478][0-9]{4}(?:[0-9]{2}|2[AB])[0-9]{6})([0-9]{2})?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_CARD = re.compile(r"[A-Z0-9]{9}")
_EIDAS = re.compile(r"([A-Z]{2})/[A-Z]{2}/\S+")


def read_identifier(kind: Kind, typed: str) -> str | None:
    """The key of the account that was meant; None when it cannot be one."""
    # No identifier holds a NUL, and PostgreSQL refuses to be asked for one.
    return READERS[kind](typed) if len(typed) <= TYPED_MAX and "\x00" not in typed else None


def read_spi(typed: str) -> str | None:
    """A tax number: 13 digits, the last three being the first ten modulo 511."""
    digits = _SEPARATORS.sub("", typed)
    right = _SPI.fullmatch(digits) and digits[10:] == f"{int(digits[:10]) % 511:03d}"
    return digits if right else None


def read_nir(typed: str) -> str | None:
    """A social-security number: 13 characters, or 15 when its key is right."""
    found = _NIR.fullmatch(_SEPARATORS.sub("", typed).upper())
    if found is None or (found[2] and found[2] != nir_key(found[1])):
        return None
    return found[1]


def is_provisional_nir(nir: str) -> bool:
    """Numbers beginning with 7 or 8 wait for the civil status to be certified (inside-the-hub §7.1)."""
    return nir[0] in "78"


def nir_key(nir: str) -> str:
    """97 less the number modulo 97; Corsica's 2A counts as 19, 2B as 18."""
    department = {"2A": "19", "2B": "18"}.get(nir[5:7], nir[5:7])
    return f"{97 - int(nir[:5] + department + nir[7:]) % 97:02d}"


def read_email_or_phone(typed: str) -> str | None:
    """An e-mail address, or a phone number in national or international form."""
    text = typed.strip()
    if "@" in text:
        return text.lower() if _EMAIL.fullmatch(text) else None
    number = _SEPARATORS.sub("", text)
    if number.startswith("00"):
        number = f"+{number[2:]}"
    elif number.startswith("0"):
        number = f"+33{number[1:]}"
    return number if _PHONE.fullmatch(number) else None


def read_card_number(typed: str) -> str | None:
    """The document number of an identity card: nine letters and digits."""
    number = _SEPARATORS.sub("", typed).upper()
    return number if _CARD.fullmatch(number) else None


def read_eidas_identifier(typed: str) -> str | None:
    """The identifier of a person of another member state."""
    return typed.strip() if _EIDAS.fullmatch(typed.strip()) else None


def country_of(identifier: str) -> str:
    """The state that such an identifier comes from, empty when it is none."""
    found = _EIDAS.fullmatch(identifier.strip())
    return found[1] if found else ""


READERS: dict[Kind, Callable[[str], str | None]] = {
    "spi": read_spi,
    "nir": read_nir,
    "email_or_phone": read_email_or_phone,
    "card_number": read_card_number,
    "eidas": read_eidas_identifier,
}
