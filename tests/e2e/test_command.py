"""The `fcsim` command as a user runs it: in a process of its own."""

import json
import os
import signal
import subprocess
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from fcsim_hub.cli import main
from support.command import FCSIM, run


def test_check_walks_one_login_and_exits_zero(tmp_path: Path) -> None:
    done = run("up", "--check", data=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[-1] == "ok: one login walked from the service and back"
    assert any("/oidc-callback" in line for line in lines)


@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.thorough)])
def test_json_is_one_line_once_everything_answers_and_a_signal_stops_cleanly(
    tmp_path: Path, number: signal.Signals
) -> None:
    process = subprocess.Popen(
        [*FCSIM, "up", "--ephemeral", "--ports", "auto", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    assert process.stdout is not None
    found = json.loads(process.stdout.readline())
    assert set(found) == {"franceconnect", "franceconnect_plus", "providers", "demo", "console"}
    laposte = found["providers"]["laposte"]
    assert laposte["uid"] == laposte["uids"]["franceconnect"] == "7d4455fb-3141-4b12-8a18-718d2cb9b149"
    assert laposte["uids"]["franceconnect-plus"] == "87e69e8d-dc70-40c7-9d9f-48a7a33d6dfd"
    assert list(found["providers"]["impots"]["uids"]) == ["franceconnect"]
    for platform in ("franceconnect", "franceconnect_plus"):
        with urlopen(f"{found[platform]['issuer']}/.well-known/openid-configuration") as answer:
            assert json.loads(answer.read())["issuer"] == found[platform]["issuer"]
    for url in (found["demo"]["url"], found["console"]["url"], f"{found['console']['api']}/environment"):
        with urlopen(url) as answer:
            assert answer.status == 200
    process.send_signal(number)
    out, _ = process.communicate(timeout=15)
    assert (process.returncode, out) == (0, "")


@pytest.mark.thorough
def test_data_are_kept_from_one_start_to_the_next(tmp_path: Path) -> None:
    keys = []
    for _ in range(2):
        process = subprocess.Popen(
            [*FCSIM, "up", "--data", str(tmp_path), "--ports", "auto", "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert process.stdout is not None
        found = json.loads(process.stdout.readline())
        with urlopen(f"{found['franceconnect']['issuer']}/jwks") as answer:
            keys.append(answer.read())
        process.terminate()
        process.wait(15)
        process.stdout.close()
    assert keys[0] == keys[1]
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.thorough
def test_up_tells_people_what_to_open_and_whom_to_be(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*FCSIM, "up", "--ephemeral", "--ports", "auto"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Ctrl-C" in line:
            break
    process.terminate()
    process.wait(15)
    process.stdout.close()
    text = "".join(lines)
    for expected in (
        "/api/v2",
        "Console",
        "client_id",
        "client_secret",
        "http://localhost:3000/callback",
        "Angela DUBOIS",
    ):
        assert expected in text


@pytest.mark.parametrize(
    ("arguments", "env", "said"),
    [
        (("up", "--check"), {"FCSIM_THREADS": "none"}, "settings: threads: "),
        (("up", "--check"), {"FCSIM_URLS__NOWHERE": "x"}, "settings: urls.nowhere: "),
        (("config",), {"FCSIM_CONFIG": "/nonexistent/fcsim.toml"}, None),
        (("up", "--data", "x", "--ephemeral"), {}, "contradict"),
        (("serve", "nowhere"), {}, "nowhere"),
        (("up", "--check", "--with", "nowhere"), {}, "fixtures/platforms/nowhere.toml: expected a platform file"),
        (("up", "--check"), {"FCSIM_EXTRA_PLATFORMS": "[1]"}, "settings: extra_platforms.0: "),
        (("up", "--fixtures", "/nonexistent"), {}, "expected a folder of fixtures"),
        (("ping", "1"), {}, "nothing answers on port 1"),
    ],
)
def test_wrong_settings_are_told_without_traceback(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    arguments: tuple[str, ...],
    env: dict[str, str],
    said: str | None,
) -> None:
    monkeypatch.setattr("fcsim_hub.cli.log_to", lambda *_: None)  # the log of this process is the runner's
    done = CliRunner().invoke(main, arguments, env={"FCSIM_DATA": str(tmp_path), **env})
    assert done.exception is None or isinstance(done.exception, SystemExit)
    if said is not None:
        assert done.exit_code == 2
        assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_config_masks_secrets(tmp_path: Path) -> None:
    done = run("config", data=tmp_path, FCSIM_SECRET_KEY="do-not-show", FCSIM_DATABASE_URL="postgresql://u:hidden@h/d")
    assert done.returncode == 0
    assert "do-not-show" not in done.stdout
    assert "hidden" not in done.stdout
    assert json.loads(done.stdout)["urls"]["franceconnect"] == "http://localhost:8000"


def test_db_upgrade_prepares_both_databases(tmp_path: Path) -> None:
    for _ in range(2):
        assert run("db", "upgrade", data=tmp_path).returncode == 0
    assert (tmp_path / "hub.sqlite3").exists()
    assert (tmp_path / "providers.sqlite3").exists()


@pytest.mark.thorough
def test_fixtures_add_a_client_and_override_a_person_file_by_file(tmp_path: Path) -> None:
    clients, people = tmp_path / "f" / "clients", tmp_path / "f" / "people"
    clients.mkdir(parents=True)
    people.mkdir()
    (clients / "mine.toml").write_text(
        "platform = 'franceconnect'\nclient_id = 'mine'\nclient_secret = 's'\nname = 'Mine'\n"
        "redirect_uris = ['{demo}/mine']\n"
    )
    (people / "angela-dubois.toml").write_text(
        "given_names = ['Autre']\nfamily_name = 'PERSONNE'\ngender = 'female'\n"
        "birthdate = '1990-01-01'\nbirthplace = '75107'\n"
        "email = 'autre@fcsim.test'\n[accounts.impots]\nlogin = '0100000001367'\npassword = 'x'\n"
    )
    process = subprocess.Popen(
        [*FCSIM, "up", "--ephemeral", "--ports", "auto", "--json", "--fixtures", str(tmp_path / "f")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    found = json.loads(process.stdout.readline())
    try:
        with urlopen(f"{found['console']['api']}/platforms/franceconnect/clients/mine") as answer:
            assert json.loads(answer.read())["redirect_uris"] == [f"{found['demo']['url']}/mine"]
        with urlopen(f"{found['console']['api']}/people/angela-dubois") as answer:
            assert json.loads(answer.read())["family_name"] == "PERSONNE"
    finally:
        process.terminate()
        process.wait(15)
        process.stdout.close()


@pytest.mark.thorough
def test_h197_nothing_personal_and_no_secret_reaches_the_logs(tmp_path: Path) -> None:
    """A whole login at the most talkative level, then a search of everything that was printed."""
    from urllib.parse import urlencode

    from fcsim_hub.gateways.visitor import Arrival, Traveller, Visitor
    from support.relying_party import query_of

    environment = {**os.environ, "FCSIM_LOG_LEVEL": "DEBUG", "FCSIM_SMTP_URL": "smtp://user:smtp-password@127.0.0.1:1"}
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [*FCSIM, "up", "--ephemeral", "--ports", "auto", "--json"],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environment,
        )
        assert process.stdout is not None
        found = json.loads(process.stdout.readline())
        visitor = Visitor()
        start = visitor.request("GET", f"{found['demo']['url']}/taxes/login")
        end = visitor.walk(start.location, Traveller("claire-moreau", found["providers"]["ameli"]["uid"]))
        assert isinstance(end, Arrival)
        visitor.request("GET", visitor.request("GET", end.redirect_to).location)
        visitor.request(
            "GET",
            f"{found['franceconnect']['issuer']}/authorize?{urlencode({'client_id': 'x', 'state': 'canary-state'})}",
        )
        process.terminate()
        process.wait(15)
        process.stdout.close()
    text = (tmp_path / "log").read_text()
    assert "Y030007" in text
    code = query_of(end.redirect_to)["code"]
    secrets = [
        code,
        query_of(start.location)["state"],
        query_of(start.location)["nonce"],
        "canary-state",
        "smtp-password",
    ]
    secrets += [value.partition(".")[0] for value in visitor.cookies["localhost"].values()]
    for canary in ("MOREAU", "Claire", "LEFÈVRE", "claire.moreau", "2830735238016", "1983-07-19", *secrets):
        assert canary not in text, canary
