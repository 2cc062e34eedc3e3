"""Answers of the back channel as programs read them (service-provider-side §9.4)."""

import json
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID


def error(answer_or_body: Any, code: str | None = None) -> tuple[str, str]:
    """`error` and `error_description` of a refusal that has its three members, and this code."""
    body = answer_or_body if isinstance(answer_or_body, dict) else json.loads(answer_or_body.data)
    assert set(body) == {"error", "error_description", "error_uri"}
    base, _, query = body["error_uri"].partition("?")
    assert base == "https://docs.partenaires.franceconnect.gouv.fr/fs/fs-technique/fs-technique-erreurs/"
    told = parse_qs(query)
    assert set(told) == {"code", "id"}
    assert UUID(told["id"][0]).version == 4
    assert code in (None, told["code"][0])
    return body["error"], body["error_description"]
