"""The scopes of data providers, copied from the sheet, so that the product's table is compared with another one
(service-provider-side §10.4)."""

_INCOME = ("Cat1_Tspr", "Cat1_RentOn", "Cat2_Rcm", "Cat3_PMV", "Cat4_Ref", "Cat5_NonSal")
BOTH = {
    "DGFiP": [
        *("dgfip_rfr", "dgfip_annee_n_moins_1", "dgfip_annee_n_moins_2", "dgfip_annee_n_moins_3"),
        *("dgfip_annee_n_moins_2_si_indispo_n_moins_1", "dgfip_nbpart", "dgfip_sitfam", "dgfip_aft", "dgfip_nbpac"),
        *("dgfip_inddeficit", "dgfip_pariso", "dgfip_decl", "dgfip_pac", "dgfip_pac_nbPac", "dgfip_locaux_th"),
        *("dgfip_locaux_th_ident", "dgfip_locaux_th_Nat", "dgfip_locaux_th_Tax", "dgfip_locaux_th_Aff"),
        *("dgfip_nmUsaDec1", "dgfip_nmUsaDec2", "dgfip_nmNaiDec1", "dgfip_nmNaiDec2", "dgfip_prnmDec1"),
        *("dgfip_prnmDec2", "dgfip_dateNaisDec1", "dgfip_dateNaisDec2", "dgfip_mntRevbareme", "dgfip_indiIFI"),
        *(f"dgfip_RevDecl_{income}" for income in _INCOME),
        *(f"dgfip_RevNets_{income}" for income in _INCOME),
        *("dgfip_PaDeduc_EnfMaj", "dgfip_PaDeduc_Autres", "dgfip_EpargRetrDeduc"),
    ],
    "CNAM": [
        *("droits_assurance_maladie", "cnam_beneficiaires", "cnam_contrats", "cnam_caisse", "cnam_exonerations"),
        *("cnam_medecin_traitant", "cnam_presence_medecin_traitant", "cnam_paiements_ij"),
    ],
    "CNOUS": [
        *("cnous_statut_boursier", "cnous_echelon_bourse", "cnous_email", "cnous_periode_versement"),
        *("cnous_statut_bourse", "cnous_ville_etudes", "cnous_identite"),
    ],
}
LOW = {
    "MESRI": [
        *("mesri_identite", "mesri_admissions", "mesri_admission_inscrit", "mesri_admission_regime_formation"),
        *("mesri_admission_commune_etudes", "mesri_admission_etablissement_etude"),
    ],
    "Interior": ["mi_siv_carte_grise"],
    "France Travail": ["api_fc-liste-paiementsv1", "api_fc-statutaugmentev1"],
    "CNAF-MSA": [
        *("allocation_adulte_handicape", "allocation_soutien_familial", "prime_activite", "prime_activite_majoration"),
        *("cnaf_quotient_familial", "cnaf_allocataires", "cnaf_enfants", "cnaf_adresse", "revenu_solidarite_active"),
        "revenu_solidarite_active_majoration",
    ],
    "DSS, DSNJ": ["complementaire_sante_solidaire", "dsnj_statut_service_national"],
    "ANTS": [
        f"ants_extrait_immatriculation_vehicule_{name}"
        for name in (
            *("identite_particulier", "adresse_particulier", "statut_rattachement"),
            *("donnees_immatriculation_vehicule", "caracteristiques_techniques_vehicule"),
        )
    ],
    "ASC": [
        f"gip_mds_service_civique_{name}" for name in ("statut_actuel", "statut_passe", "organisme_accueil", "dates")
    ],
}
COUNTS = {"DGFiP": 44, "CNAM": 8, "CNOUS": 7, "MESRI": 6, "CNAF-MSA": 10, "ANTS": 5, "ASC": 4}
"""As the sheet counts them."""


def of_platform(platform: str) -> list[str]:
    """The data scopes that a platform has."""
    families = BOTH | (LOW if platform == "franceconnect" else {})
    return [name for family in families.values() for name in family]
