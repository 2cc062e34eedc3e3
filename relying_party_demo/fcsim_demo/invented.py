"""What the data providers answer: invented, and the same for the same person at each call."""

import hashlib
from collections.abc import Iterable, Mapping

VALUES: Mapping[str, tuple[str, ...]] = {
    "droits_assurance_maladie": ("ouverts jusqu'au 31/12/2030", "ouverts sans date de fin", "fermés"),
    "cnam_caisse": ("Caisse démo de l'Essai", "Caisse démo du Modèle", "Caisse démo de la Maquette"),
    "cnam_paiements_ij": ("aucun paiement", "un paiement", "trois paiements"),
    "cnam_medecin_traitant": ("Dr Essai", "Dr Exemple"),
    "cnam_presence_medecin_traitant": ("oui", "non"),
}
"""Scope -> what may be said of somebody, in French as the real data would be; the other scopes hold a number."""


def invent(sub: str, scopes: Iterable[str]) -> dict[str, int | str]:
    """Scope -> its value for one person."""
    return {scope: _value(scope, int(_digest(scope, sub)[:4], 16)) for scope in scopes}


def _value(scope: str, number: int) -> int | str:
    known = VALUES.get(scope)
    return known[number % len(known)] if known else number


def _digest(scope: str, sub: str) -> str:
    return hashlib.sha256(f"{scope}:{sub}".encode()).hexdigest()
