"""A provider whose record does not validate is dropped with an alert; the hub keeps running (inside-the-hub §3.9)."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest

from conftest import free_settings
from fcsim_hub.stack import Stack, build_stack
from support.logs import logged

PROVIDER = {
    "platform": "'franceconnect'",
    "uid": "'mine'",
    "name": "'mine'",
    "title": "'Le mien'",
    "allowed_acr": "['eidas1']",
    "issuer": "'https://idp.test'",
    "authorization_endpoint": "'https://idp.test/authorize'",
    "token_endpoint": "'https://idp.test/token'",
    "userinfo_endpoint": "'https://idp.test/userinfo'",
    "jwks_uri": "'https://idp.test/jwks'",
    "client_id": "'hub'",
    "client_secret": "'kanari-secret'",
}
DATA_PROVIDER = {
    "platform": "'franceconnect'",
    "uid": "'6d2d1a0c-6d3a-4c05-8d2c-0c1d6c7b7b11'",
    "title": "'Mes données'",
    "client_id": f"'{'mine' * 8}'",
    "client_secret": f"'{'s' * 32}'",
    "scopes": "['dgfip_rfr']",
    "jwks_uri": "'https://fd.test/jwks'",
}
WRONG = [
    *(
        ("providers", PROVIDER, key, value)
        for key, value in (
            ("allowed_acr", "['eidas9']"),
            ("allowed_acr", "[]"),
            ("amr", "['guess']"),
            ("kind", "'other'"),
            ("userinfo_signed_response_alg", "'none'"),
            ("id_token_encrypted_response_alg", "'RSA-OAEP'"),
            ("jwks_uri", "''"),
            ("authorization_endpoint", "'nowhere'"),
            ("token_endpoint", "'http://169.254.169.254/'"),
            ("client_secret", r'"kanari\n"'),
        )
    ),
    *(
        ("data_providers", DATA_PROVIDER, key, value)
        for key, value in (
            ("client_secret", "'kanari'"),
            ("uid", "'x'"),
            ("scopes", "['nowhere']"),
            ("checktoken_signed_response_alg", "'HS256'"),
            ("jwks_uri", "''"),
        )
    ),
]

CASES = {f"{folder}: {key} = {value}": (folder, record, key, value) for folder, record, key, value in WRONG}


@dataclass(frozen=True)
class Outcome:
    """An fcsim that was given every wrong record at once."""

    stack: Stack
    files: dict[str, Path]
    alerts: list[str]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    folder, files = tmp_path_factory.mktemp("wrong"), {}
    for rank, (name, (kind, record, key, value)) in enumerate(CASES.items()):
        files[name] = folder / "fixtures" / kind / f"wrong-{rank}.toml"
        files[name].parent.mkdir(parents=True, exist_ok=True)
        files[name].write_text("".join(f"{one} = {told}\n" for one, told in (record | {key: value}).items()))
    with logged("WARNING") as stream:
        stack = build_stack(free_settings(folder / "data", fixtures=(folder / "fixtures",)), ("console",))
    yield Outcome(stack, files, stream.getvalue().splitlines())
    stack.stop()


@pytest.mark.parametrize("case", CASES)
def test_a_record_that_does_not_validate_is_left_out_with_an_alert(outcome: Outcome, case: str) -> None:
    folder, _, key, _ = CASES[case]
    (line,) = [one for one in outcome.stack.left_out if one.startswith(f"{outcome.files[case]}: ")]
    assert line.startswith(f"{outcome.files[case]}: {key}")
    assert "kanari" not in line
    assert sum(alert.endswith(f"left out: {line}") for alert in outcome.alerts) == 1
    console = outcome.stack.served[0].app.test_client()  # type: ignore[attr-defined]  # the console is a Flask application
    assert line in unescape(console.get("/").text)
    listed = console.get(f"/api/v1/platforms/franceconnect/{folder.replace('_', '-')}").json
    assert listed, "the others are there"
    assert not {"mine", "mine" * 8} & {text for one in listed for text in (one.get("uid"), one.get("client_id"))}


def test_the_log_of_what_was_left_out_quotes_no_secret(outcome: Outcome) -> None:
    assert len(outcome.alerts) == len(CASES)
    assert not any("kanari" in alert for alert in outcome.alerts)
