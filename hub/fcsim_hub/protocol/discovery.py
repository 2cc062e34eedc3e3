"""The discovery document: what the platform says of itself (service-provider-side §3.1, §3.2)."""

from collections.abc import Sequence
from typing import Any

from fcsim_hub.domain.platforms import Platform

AUTH_METHODS = ["client_secret_post", "private_key_jwt"]
EXTRA_CLAIMS = ("acr", "sid", "auth_time", "iss")


def discovery_document(platform: Platform, *, issuer: str, back_channel: str) -> dict[str, Any]:
    """The document, in FranceConnect's order. `back_channel` is the base for endpoints that no browser calls:
    it differs from the issuer only for callers that reach the hub under another host name (containers)."""
    algs, asymmetric = list(platform.signing_algs), list(platform.key_algs)
    return {
        "acr_values_supported": [str(level) for level in platform.levels],
        "authorization_endpoint": f"{issuer}/authorize",
        "claims_parameter_supported": True,
        "claims_supported": [*platform.scopes.all_claims(), *EXTRA_CLAIMS],
        "code_challenge_methods_supported": ["S256"],
        "end_session_endpoint": f"{issuer}/session/end",
        "grant_types_supported": ["authorization_code"],
        "issuer": issuer,
        "jwks_uri": f"{back_channel}/jwks",
        "authorization_response_iss_parameter_supported": True,
        "response_modes_supported": ["form_post", "fragment", "query"],
        "response_types_supported": ["code"],
        "scopes_supported": list(platform.scopes.names()),
        "subject_types_supported": ["pairwise"],
        "token_endpoint_auth_methods_supported": AUTH_METHODS,
        "token_endpoint_auth_signing_alg_values_supported": asymmetric,
        "token_endpoint": f"{back_channel}/token",
        "id_token_signing_alg_values_supported": algs,
        **_encryption("id_token", platform.encryption_algs, platform.encryption_encs),
        "request_parameter_supported": False,
        "request_uri_parameter_supported": True,
        "request_object_signing_alg_values_supported": _request_object_algs(algs),
        **_encryption("request_object", platform.request_object_encryption_algs, platform.encryption_encs),
        "require_request_uri_registration": True,
        "userinfo_endpoint": f"{back_channel}/userinfo",
        "userinfo_signing_alg_values_supported": algs,
        **_encryption("userinfo", platform.encryption_algs, platform.encryption_encs),
        "revocation_endpoint": f"{back_channel}/token/revocation",
        "revocation_endpoint_auth_methods_supported": AUTH_METHODS,
        "revocation_endpoint_auth_signing_alg_values_supported": asymmetric,
        "claim_types_supported": ["normal"],
    }


def _encryption(what: str, algs: Sequence[str], encs: Sequence[str]) -> dict[str, list[str]]:
    """The two keys of what may be encrypted; none at all on a platform that encrypts nothing (§3.1)."""
    if not algs:
        return {}
    return {
        f"{what}_encryption_alg_values_supported": list(algs),
        f"{what}_encryption_enc_values_supported": list(encs),
    }


def _request_object_algs(algs: list[Any]) -> list[Any]:
    # The observed document lists the asymmetric ones first here, and only here.
    return [alg for alg in ("ES256", "RS256", "HS256") if alg in algs]
