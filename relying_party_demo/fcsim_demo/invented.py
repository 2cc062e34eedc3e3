"""What the data providers answer: invented, and the same for the same person at each call."""

import hashlib
from collections.abc import Iterable, Mapping

_VEHICLE = "ants_extrait_immatriculation_vehicule_"
VALUES: Mapping[str, tuple[str, ...]] = {
    "dgfip_nbpart": ("1", "1,5", "2", "2,5", "3"),
    "dgfip_sitfam": ("célibataire", "marié", "pacsé", "divorcé", "veuf"),
    "dgfip_aft": ("3 impasse de la Maquette, 75000 Essai", "12 rue du Modèle, 69000 Exemple"),
    "dgfip_nbpac": ("0", "1", "2"),
    "dgfip_pac": ("aucune personne à charge", "une personne à charge", "deux personnes à charge"),
    f"{_VEHICLE}identite_particulier": ("titulaire du certificat", "cotitulaire du certificat"),
    f"{_VEHICLE}adresse_particulier": ("3 impasse de la Maquette, 75000 Essai", "12 rue du Modèle, 69000 Exemple"),
    f"{_VEHICLE}statut_rattachement": ("véhicule rattaché", "aucun véhicule rattaché"),
    f"{_VEHICLE}donnees_immatriculation_vehicule": (
        "ZZ-001-ZZ, depuis le 02/05/2019",
        "ZZ-002-ZZ, depuis le 14/11/2023",
    ),
    f"{_VEHICLE}caracteristiques_techniques_vehicule": ("électrique, 100 kW", "essence, 5 CV", "diesel, 6 CV"),
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
