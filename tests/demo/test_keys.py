"""The keys of the demo services: the same after a restart, because the hub keeps what it fetched for ten minutes."""

import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from fcsim_demo.keys import DemoKeys, published
from support.demo import finish
from support.fake_hub import FakeHub

ALGS = ["ECDH-ES", "RSA-OAEP", "RSA-OAEP-256"]


def kid(keys: DemoKeys, owner: str, alg: str) -> str:
    return str(published(keys.encryption(owner, alg), use="enc", alg=alg)["kid"])


@pytest.mark.parametrize("alg", ALGS)
def test_a_restart_keeps_the_key(tmp_path: Path, alg: str) -> None:
    assert kid(DemoKeys("secret", tmp_path), "one", alg) == kid(DemoKeys("secret", tmp_path), "one", alg)


@pytest.mark.parametrize("alg", ALGS)
def test_each_service_each_algorithm_and_each_installation_has_its_own(tmp_path: Path, alg: str) -> None:
    keys, others = DemoKeys("secret", tmp_path), DemoKeys("other", tmp_path / "other")
    kids = {kid(keys, "one", alg), kid(keys, "two", alg), kid(others, "one", alg), keys.signing("one").thumbprint()}
    assert len(kids | {kid(keys, "one", other) for other in ALGS}) == 6


def test_several_processes_at_the_first_start_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: kid(DemoKeys("secret", tmp_path), "one", "RSA-OAEP"), range(4)))
    assert len(found) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["one-RSA-OAEP.pem"]


def test_a_key_at_rest_is_sealed_and_its_owners_alone(tmp_path: Path) -> None:
    kid(DemoKeys("secret", tmp_path), "one", "RSA-OAEP")
    (file,) = tmp_path.iterdir()
    assert "ENCRYPTED" in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_key_of_another_secret_is_replaced(tmp_path: Path) -> None:
    before = kid(DemoKeys("secret", tmp_path), "one", "RSA-OAEP")
    after = kid(DemoKeys("changed", tmp_path), "one", "RSA-OAEP")
    assert after not in ("", before)
    assert kid(DemoKeys("changed", tmp_path), "one", "RSA-OAEP") == after


def test_without_a_folder_a_key_lives_as_long_as_the_process() -> None:
    keys = DemoKeys("secret")
    assert kid(keys, "one", "RSA-OAEP") == kid(keys, "one", "RSA-OAEP")
    assert kid(DemoKeys("secret"), "one", "RSA-OAEP") != kid(keys, "one", "RSA-OAEP")


def test_a_folder_that_cannot_be_written_is_said_and_survived(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    keys = DemoKeys("secret", tmp_path / "file" / "keys")
    assert kid(keys, "one", "RSA-OAEP") == kid(keys, "one", "RSA-OAEP")
    assert "cannot keep a key" in caplog.text


ASSERTED = {"token_endpoint_auth_method": "private_key_jwt"}


def test_private_key_jwt_proves_the_service_by_a_key_it_publishes_and_sends_no_secret(
    make: Callable[..., Any], hub: FakeHub
) -> None:
    client = make(ASSERTED)
    (key,) = client.get("/trial/jwks").json["keys"]
    assert (key["use"], key["alg"], "d" in key) == ("sig", "ES256", False)
    assert finish(client, hub).status_code == 303
    form = hub.calls[0][1]
    claims = hub.check_client(form, [key])
    assert (claims["sub"], claims["exp"] - claims["iat"]) == ("trial", 60)
    assert "client_secret" not in form


def test_each_assertion_is_new(make: Callable[..., Any], hub: FakeHub) -> None:
    client = make(ASSERTED)
    keys = client.get("/trial/jwks").json["keys"]
    for _ in range(2):
        finish(client, hub)
    first, second = (hub.check_client(form, keys)["jti"] for _, form in hub.calls)
    assert first != second
