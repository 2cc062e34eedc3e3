"""What is wrong with a fixture file, and who goes on without it (docs/decisions/007)."""

import json
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from fcsim_hub.announce import as_text
from fcsim_hub.config import Addresses, Settings
from fcsim_hub.fixture_files import FixtureError
from fcsim_hub.stack import Stack, build_stack
from fcsim_hub.storage.tables import clients
from support.command import run

WRONG = [
    ("people/x.toml", "a = [\n", "people/x.toml: expected TOML"),
    ("platforms/franceconnect.toml", "a = [\n", "platforms/franceconnect.toml: expected TOML"),
    (
        "people/x.toml",
        "given_names = ['A']\nfamily_name = 'B'\ngender = 'F'\nbirthdate = '1990-01-01'\n",
        "people/x.toml: gender: ",
    ),
    ("people/x.toml", "given_names = ['{nowhere}']\n", "people/x.toml: given_names.0: expected one of console"),
    (
        "platforms/elsewhere.toml",
        "name = 'elsewhere'\n",
        "platforms/elsewhere.toml: name: expected one that `urls` has",
    ),
    (
        "people/x.toml",
        "given_names = ['A']\nfamily_name = 'B'\ngender = 'male'\nbirthdate = '1990-01-01'\naddress = {street = 'x'}\n",
        "people/x.toml: address.street: expected one of formatted",
    ),
    ("platforms/franceconnect.toml", "name = 'franceconnect'\nshoe = 1\n", "platforms/franceconnect.toml: "),
    (
        "people/twin.toml",
        "given_names = ['A']\nfamily_name = 'B'\ngender = 'male'\nbirthdate = '1990-01-01'\n"
        "[accounts.impots]\nlogin = '0100000001367'\npassword = 'x'\n",
        "people/twin.toml: accounts.impots.login: expected one that nobody has",
    ),
]


@pytest.mark.parametrize(("name", "content", "line"), WRONG)
def test_a_wrong_platform_or_person_stops_the_start_with_its_file_and_key(
    tmp_path: Path, name: str, content: str, line: str
) -> None:
    file = tmp_path / "fixtures" / name
    file.parent.mkdir(parents=True)
    file.write_text(content)
    urls = Addresses(**dict.fromkeys(Addresses.model_fields, "http://localhost:0"))
    with pytest.raises(FixtureError) as refused:
        build_stack(Settings(data=tmp_path / "data", urls=urls, fixtures=(tmp_path / "fixtures",)))
    assert line in str(refused.value)
    assert "\n" not in str(refused.value)


MINE = (
    "platform = 'franceconnect'\nclient_id = 'mine'\nclient_secret = 's'\nname = 'Mine'\n"
    "redirect_uris = ['https://a.test/cb', 'https://b.test/cb']\n"
)


def test_a_client_that_franceconnect_would_not_load_is_left_out_and_the_rest_runs(tmp_path: Path) -> None:
    """service-provider-side §4: an invalid record behaves as an unknown client, one stored earlier too."""
    file = tmp_path / "fixtures" / "clients" / "mine.toml"
    file.parent.mkdir(parents=True)
    urls = Addresses(**dict.fromkeys(Addresses.model_fields, "http://localhost:0"))
    settings = Settings(data=tmp_path / "data", urls=urls, fixtures=(tmp_path / "fixtures",))
    record = {"client_secret": "s", "name": "Kept", "redirect_uris": ["https://rp.test/cb"], "scopes": ["openid"]}
    place = "/api/v1/platforms/franceconnect/clients"
    before = build_stack(settings)
    try:
        assert before.left_out == []
        assert console_of(before).put(f"{place}/kept", json=record).status_code == 201
        with before.databases[0].write() as connection:
            worn = clients.update().where(clients.c.client_id == "kept")
            connection.execute(worn.values(document=json.dumps(record | {"client_id": "kept", "shoe": 1})))
    finally:
        before.stop()
    file.write_text(MINE)
    built = build_stack(settings)
    try:
        reasons = [
            f"{file}: redirect_uris: expected one host, or a sector_identifier_uri, found a.test, b.test",
            "clients 'kept' of franceconnect, stored earlier: shoe: expected a known key, found an unknown one",
        ]
        assert built.left_out == reasons
        console = console_of(built)
        assert console.get("/api/v1/environment").json["left_out"] == reasons
        home = unescape(console.get("/").text)
        assert all(reason in as_text(built, ephemeral=True) and reason in home for reason in reasons)
        assert [console.get(f"{place}/{name}").status_code for name in ("mine", "kept")] == [404, 404]
        hub = next(one.app for one in built.served if one.name == "franceconnect").test_client()
        query = {"client_id": "kept", "redirect_uri": "https://rp.test/cb", "response_type": "code", "scope": "openid"}
        asked = hub.get("/api/v2/authorize", query_string=query | {"acr_values": "", "nonce": "n" * 22, "state": "s"})
        assert (asked.status_code, "Y04EA6EF" in asked.text) == (400, True)
        assert len(console.get(place).json) > 5  # the rest runs
        assert console.put(f"{place}/kept", json=record).status_code in (200, 201)
        assert console.get(f"{place}/kept").status_code == 200
    finally:
        built.stop()


def console_of(stack: Stack) -> Any:
    return next(one.app for one in stack.served if one.name == "console").test_client()


@pytest.mark.parametrize(
    ("name", "content", "line", "code"),
    [
        ("people/x.toml", "given_names = ['A']\n", "fcsim: {file}: family_name: expected a value, found none\n", 2),
        ("clients/x.toml", "client_id = 'x'\n", "left out: {file}: client_secret: expected a value, found none", 0),
    ],
    ids=["a person", "a client"],
)
def test_a_wrong_fixture_is_told_on_one_line(tmp_path: Path, name: str, content: str, line: str, code: int) -> None:
    file = tmp_path / "fixtures" / name
    file.parent.mkdir(parents=True)
    file.write_text(content)
    done = run("up", "--check", "--fixtures", str(tmp_path / "fixtures"), data=tmp_path / "data")
    assert (done.returncode, line.format(file=file) in done.stderr, done.stderr.count("\n")) == (code, True, 1)
