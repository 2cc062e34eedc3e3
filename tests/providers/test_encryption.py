"""What a provider encrypts for the hub, and what it says when it cannot (inside-the-hub §3.6, §3.7)."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK
from pydantic import ValidationError

from fcsim_hub.config import Settings
from fcsim_hub.fixtures import load_fixtures
from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Visitor
from fcsim_hub.listeners import Served, bind
from fcsim_providers import encryption
from fcsim_providers.app import create_app
from fcsim_providers.config import Provider, ProviderFile, ProvidersSettings, gather_providers
from fcsim_providers.encryption import HubKeys, HubKeysUnavailable
from fcsim_providers.storage.database import Database
from fcsim_providers.storage.keys import KEPT_SECONDS, ensure_keys, load_keys, rotate_keys
from fcsim_providers.storage.schema import upgrade_database
from support.clock import MovableClock
from support.relying_party import FORM, query_of
from support.site import Site, call

PLUS = "franceconnect-plus"
EC, RSA = JWK.generate(kty="EC", crv="P-256", kid="ec"), JWK.generate(kty="RSA", size=2048, kid="rsa")


class FakeHub:
    """A hub's key address that answers as a test says, and counts."""

    def __init__(self) -> None:
        self.calls = 0
        self.answer: Callable[[], Response] = lambda: publish(EC, RSA)
        self.served = self._serve()
        self.address = f"http://localhost:{self.served.listener.port}/keys"

    def _serve(self) -> Served:
        app = Flask("fake-hub")

        @app.get("/keys")
        def keys() -> Response:
            self.calls += 1
            return self.answer()

        served = Served("fake-hub", app, bind("127.0.0.1", 0), 4)
        served.start()
        return served


def publish(*keys: JWK) -> Response:
    members = [{**json.loads(key.export_public()), "use": "enc"} for key in keys]
    return Response(json.dumps({"keys": members}), mimetype="application/jwk-set+json")


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    fake = FakeHub()
    yield fake
    fake.served.stop()


def settings(site: Site, tmp_path: Path, hub_keys: dict[str, str], **more: Any) -> ProvidersSettings:
    files = {path: one for path, one in site.stack.fixtures.folder("providers").items() if "simulator" in one}
    given = {
        "public_url": "http://localhost:0",
        "console_url": "http://localhost:1",
        "database_url": f"sqlite:///{tmp_path / 'providers.sqlite3'}",
        "callbacks": {PLUS: ["https://hub.test/oidc-callback"]},
        "logout_callbacks": {},
        "hub_keys": hub_keys,
        "control_token": "t",
        "secret_key": "s",
        "providers": files,
        "people": site.stack.fixtures.folder("people"),
    }
    return ProvidersSettings.model_validate(given | more)


def _platforms(record: Mapping[str, Any]) -> list[str]:
    named = record["platform"]
    return [named] if isinstance(named, str) else list(named)


def client(site: Site, name: str, platform: str = PLUS) -> ProviderFile:
    records = site.stack.fixtures.folder("providers").values()
    own = next(one for one in records if one["name"] == name and platform in _platforms(one))
    return ProviderFile.model_validate(
        own
        | {"simulator": next(one["simulator"] for one in records if one["name"] == name and len(one["simulator"]) > 1)}
    )


@pytest.mark.parametrize(("name", "key"), [("laposte", EC), ("france-identite", RSA)])
def test_a_nested_token_names_its_key_and_opens_with_it_alone(site: Site, hub: FakeHub, name: str, key: JWK) -> None:
    own = client(site, name)
    sealer = HubKeys({PLUS: hub.address}, time.time).sealer(own, "id_token")
    token = JWE.from_jose_token(sealer("a.b.c"))
    token.allowed_algs = [own.id_token_encrypted_response_alg, "A256GCM"]
    token.decrypt(key)
    assert token.payload == b"a.b.c"
    header = token.jose_header
    assert (header["kid"], header["alg"], header["enc"], header["cty"]) == (
        *(key["kid"], own.id_token_encrypted_response_alg, "A256GCM", "JWT"),
    )


def test_the_same_provider_signs_alone_for_the_platform_that_asks_no_more(site: Site, hub: FakeHub) -> None:
    own = client(site, "laposte", "franceconnect")
    assert HubKeys({}, time.time).sealer(own, "userinfo")("a.b.c") == "a.b.c"
    assert hub.calls == 0


def test_the_hubs_keys_are_kept_ten_minutes(site: Site, hub: FakeHub) -> None:
    clock = MovableClock()
    keys = HubKeys({PLUS: hub.address}, clock.now)
    for wait, calls in ((0, 1), (0, 1), (599, 1), (2, 2)):
        clock.advance(wait)
        keys.sealer(client(site, "laposte"), "id_token")
        assert hub.calls == calls


def test_a_set_without_the_right_key_is_fetched_again(site: Site, hub: FakeHub) -> None:
    keys = HubKeys({PLUS: hub.address}, time.time)
    hub.answer = lambda: publish(RSA)
    with pytest.raises(HubKeysUnavailable, match="no encryption key for ECDH-ES"):
        keys.sealer(client(site, "laposte"), "id_token")
    hub.answer = lambda: publish(RSA, EC)
    assert keys.sealer(client(site, "laposte"), "id_token")("a.b.c").count(".") == 4
    assert hub.calls == 2


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda: Response("no", 500), "the answer was 500"),
        (lambda: Response("", 302, {"Location": "/elsewhere"}), "the answer was 302"),
        (lambda: Response("<html>"), "JSONDecodeError"),
        (lambda: Response("[]"), "cannot be had"),
        (lambda: Response('{"keys": [{"kty": "EC"}]}'), "cannot be had"),
        (lambda: Response(" " * 100_000), "too long or too slow"),
    ],
)
def test_keys_that_cannot_be_had_are_told_with_the_reason(
    site: Site, hub: FakeHub, answer: Callable[[], Response], why: str
) -> None:
    hub.answer = answer
    with pytest.raises(HubKeysUnavailable, match=why):
        HubKeys({PLUS: hub.address}, time.time).sealer(client(site, "laposte"), "id_token")


def test_a_hub_that_never_answers_is_given_up_by_all_who_wait_at_once(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encryption, "FETCH_SECONDS", 0.3)
    deaf, began = bind("127.0.0.1", 0), time.monotonic()
    keys, own = HubKeys({PLUS: f"http://localhost:{deaf.port}/keys"}, time.time), client(site, "laposte")

    def ask(_: int) -> str:
        with pytest.raises(HubKeysUnavailable) as refused:
            keys.sealer(own, "id_token")
        return str(refused.value)

    with ThreadPoolExecutor(8) as pool:
        assert all("cannot be had" in told for told in pool.map(ask, range(8)))
    assert time.monotonic() - began < 2  # eight in a row would take 2.4 s
    deaf.close()


def test_a_token_that_cannot_be_encrypted_is_a_502_and_the_code_is_not_spent(
    site: Site, hub: FakeHub, tmp_path: Path
) -> None:
    hub.answer = lambda: Response("no", 503)
    app = create_app(settings(site, tmp_path, {PLUS: hub.address}))
    served = Served("providers", app, bind("127.0.0.1", 0), 4)
    served.start()
    base, own = f"http://localhost:{served.listener.port}/laposte", client(site, "laposte")
    try:
        form = {"grant_type": "authorization_code", "code": _code(base, own)}
        form |= {"redirect_uri": "https://hub.test/oidc-callback"}
        form |= {"client_id": own.client_id, "client_secret": own.client_secret}
        body = "&".join(f"{name}={value}" for name, value in form.items())
        answer = call("POST", f"{base}/token", body=body, headers=FORM)
        assert (answer.status, json.loads(answer.data)["error"]) == (502, "server_error")
        assert hub.address in json.loads(answer.data)["error_description"]
        hub.answer = lambda: publish(EC)
        tokens = json.loads(call("POST", f"{base}/token", body=body, headers=FORM).data)
        assert tokens["id_token"].count(".") == 4
    finally:
        served.stop()
        app.extensions["close"]()


def _code(base: str, own: ProviderFile) -> str:
    query = (
        f"client_id={own.client_id}&redirect_uri=https://hub.test/oidc-callback&response_type=code"
        "&scope=openid&acr_values=eidas2&state=s&nonce=n"
    )
    visitor = Visitor()
    page = read_page(visitor.request("GET", f"{base}/authorize?{query}").text)
    form = page.form_with("quick-login-angela-dubois")
    assert form is not None
    root = base.removesuffix("/laposte")
    return query_of(visitor.request("POST", root + form.action, form.fields).location)["code"]


def test_discovery_tells_what_is_encrypted_and_for_whom_nothing_is(site: Site) -> None:
    def found(name: str) -> dict[str, Any]:
        document = json.loads(call("GET", f"{site.providers}/{name}/.well-known/openid-configuration").data)
        return {key: value for key, value in document.items() if "_encryption_" in key}

    assert found("laposte")["id_token_encryption_alg_values_supported"] == ["ECDH-ES"]
    assert found("france-identite")["userinfo_encryption_enc_values_supported"] == ["A256GCM"]
    assert found("impots") == {}


def test_a_file_that_names_a_slug_alone_is_another_registration_of_that_provider(site: Site, tmp_path: Path) -> None:
    gathered = gather_providers(settings(site, tmp_path, {}))
    platforms = {name for one in gathered["laposte"].clients.values() for name in one.platforms}
    assert platforms >= {"franceconnect", PLUS}
    assert gathered["laposte"].personality.monogram == "LP"
    lonely = {"x.toml": client(site, "laposte").model_dump(mode="json") | {"simulator": {"slug": "nobody"}}}
    with pytest.raises(ValidationError, match="that another file describes"):
        settings(site, tmp_path, {}, providers=lonely)


def _provider(site: Site, tmp_path: Path) -> Provider:
    return gather_providers(settings(site, tmp_path, {}))["laposte"]


def test_a_provider_signs_with_its_newest_key_and_publishes_the_former_one_for_a_while(
    empty_database: Any, site: Site, tmp_path: Path
) -> None:
    provider = _provider(site, tmp_path)
    database = Database(empty_database.url.render_as_string(hide_password=False))
    upgrade_database(database)
    with database.write() as connection:
        for _ in range(2):
            ensure_keys(connection, provider, 1000)
        (first,) = load_keys(connection, "laposte", 1000)
        (made,) = rotate_keys(connection, provider, 1000)
        assert [key.kid for key in load_keys(connection, "laposte", 1000)] == [made, first.kid]
        assert [key.kid for key in load_keys(connection, "laposte", 1000 + KEPT_SECONDS - 1)] == [made, first.kid]
        assert [key.kid for key in load_keys(connection, "laposte", 1000 + KEPT_SECONDS)] == [made]
        assert set(first.public()) == {"crv", "x", "y", "kty", "kid", "alg", "use"}
        rotate_keys(connection, provider, 1000 + KEPT_SECONDS)
        assert first.kid not in {key.kid for key in load_keys(connection, "laposte", 0)}
    database.close()


def test_keys_stored_by_a_former_version_go_on(empty_database: Any, site: Site, tmp_path: Path) -> None:
    from sqlalchemy import insert

    from fcsim_providers.signing import make_key
    from fcsim_providers.storage.tables import provider_keys

    database = Database(empty_database.url.render_as_string(hide_password=False))
    upgrade_database(database)
    key = make_key("ES256", "old")
    row = {"world": "default", "slug": "laposte", "kid": "old", "alg": "ES256", "document": key.private_document()}
    with database.write() as connection:
        connection.execute(insert(provider_keys), row)
        ensure_keys(connection, _provider(site, tmp_path), 1000)
        assert [one.kid for one in load_keys(connection, "laposte", 1000)] == ["old"]
    database.close()


def test_rotation_is_for_the_console_alone(site: Site) -> None:
    url = f"{site.providers}/control/providers/laposte/keys/rotate"
    assert call("POST", url).status == 401
    token = site.stack.settings.secret("control_token")
    assert call("POST", url.replace("laposte", "nobody"), headers={"Authorization": f"Bearer {token}"}).status == 404


def test_every_built_in_registration_that_is_encrypted_is_one_of_franceconnect_plus() -> None:
    files = load_fixtures(Settings()).folder("providers").values()
    assert {one["platform"] for one in files if one.get("id_token_encrypted_response_alg")} == {PLUS}
