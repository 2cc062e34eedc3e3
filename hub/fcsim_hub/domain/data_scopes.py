"""Scopes that open a data provider's API and add nothing to userinfo (service-provider-side §10.4)."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class DataScope:
    """One scope of a data provider: who holds the data, and the words shown to the citizen (not translated: names)."""

    provider: str
    label: str


def _family(provider: str, prefix: str, *names: str) -> dict[str, DataScope]:
    return {f"{prefix}{name}": DataScope(provider, f"{prefix}{name}".replace("_", " ")) for name in names}


_INCOME = ("Cat1_Tspr", "Cat1_RentOn", "Cat2_Rcm", "Cat3_PMV", "Cat4_Ref", "Cat5_NonSal")
_VEHICLE = "ants_extrait_immatriculation_vehicule_"

DATA_SCOPES: Mapping[str, DataScope] = {
    **_family(
        "DGFiP",
        "dgfip_",
        *(
            "rfr",
            "annee_n_moins_1",
            "annee_n_moins_2",
            "annee_n_moins_3",
            "annee_n_moins_2_si_indispo_n_moins_1",
        ),
        *(
            "nbpart",
            "sitfam",
            "aft",
            "nbpac",
            "inddeficit",
            "pariso",
            "decl",
            "pac",
            "pac_nbPac",
            "locaux_th",
        ),
        *("locaux_th_ident", "locaux_th_Nat", "locaux_th_Tax", "locaux_th_Aff"),
        *(f"{name}Dec{rank}" for rank in (1, 2) for name in ("nmUsa", "nmNai", "prnm", "dateNais")),
        *("mntRevbareme", "indiIFI"),
        *(f"RevDecl_{income}" for income in _INCOME),
        *(f"RevNets_{income}" for income in _INCOME),
        *("PaDeduc_EnfMaj", "PaDeduc_Autres", "EpargRetrDeduc"),
    ),
    **_family("CNAM", "", "droits_assurance_maladie"),
    **_family(
        "CNAM",
        "cnam_",
        *("beneficiaires", "contrats", "caisse", "exonerations", "medecin_traitant"),
        *("presence_medecin_traitant", "paiements_ij"),
    ),
    **_family(
        "CNOUS",
        "cnous_",
        *(
            "statut_boursier",
            "echelon_bourse",
            "email",
            "periode_versement",
            "statut_bourse",
            "ville_etudes",
            "identite",
        ),
    ),
    **_family(
        "MESRI",
        "mesri_",
        *("identite", "admissions", "admission_inscrit", "admission_regime_formation"),
        *("admission_commune_etudes", "admission_etablissement_etude"),
    ),
    **_family("Ministère de l'Intérieur", "", "mi_siv_carte_grise"),
    **_family("France Travail", "api_fc-", "liste-paiementsv1", "statutaugmentev1"),
    **_family(
        "CNAF-MSA",
        "",
        *(
            "allocation_adulte_handicape",
            "allocation_soutien_familial",
            "prime_activite",
            "prime_activite_majoration",
        ),
        *("cnaf_quotient_familial", "cnaf_allocataires", "cnaf_enfants", "cnaf_adresse"),
        *("revenu_solidarite_active", "revenu_solidarite_active_majoration"),
    ),
    **_family("DSS", "", "complementaire_sante_solidaire"),
    **_family("DSNJ", "", "dsnj_statut_service_national"),
    **_family(
        "ANTS",
        _VEHICLE,
        *("identite_particulier", "adresse_particulier", "statut_rattachement"),
        *("donnees_immatriculation_vehicule", "caracteristiques_techniques_vehicule"),
    ),
    **_family("ASC", "gip_mds_service_civique_", "statut_actuel", "statut_passe", "organisme_accueil", "dates"),
}
