"""A platform served only when asked for: on the command line, by a setting, alone; and its silence otherwise."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from fcsim_hub.announce import as_text
from fcsim_hub.config import Addresses, Settings
from fcsim_hub.stack import build_stack

pytestmark = pytest.mark.thorough  # starts processes or whole stacks of its own
FCSIM = [sys.executable, "-m", "fcsim_hub.cli"]


def test_an_optional_platform_is_served_when_asked_for(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*FCSIM, "up", "--ephemeral", "--ports", "auto", "--json", "--with", "franceconnect-v1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=tmp_path,
    )
    assert process.stdout is not None
    found = json.loads(process.stdout.readline())
    try:
        assert set(found) == {"franceconnect", "franceconnect_plus", "franceconnect_v1", "providers", "demo", "console"}
        host = found["franceconnect_v1"]["issuer"]
        with urlopen(f"{host}/healthz") as answer:
            assert answer.status == 200
        with urlopen(f"{found['console']['api']}/platforms/franceconnect-v1/clients") as answer:
            assert [one["name"] for one in json.loads(answer.read())] == ["Mon application (v1)"]
    finally:
        process.terminate()
        process.wait(15)
        process.stdout.close()


def test_a_platform_nobody_asked_for_has_no_port_and_its_files_are_no_error(tmp_path: Path) -> None:
    urls = Addresses(**dict.fromkeys(Addresses.model_fields, "http://localhost:0"))
    built = build_stack(Settings(data=tmp_path, urls=urls))
    try:
        assert [one.name for one in built.served] == [
            "franceconnect",
            "franceconnect-plus",
            "providers",
            "demo",
            "console",
        ]
        assert (built.left_out, list(built.platforms)) == ([], ["franceconnect", "franceconnect-plus"])
        assert "v1" not in as_text(built, ephemeral=True).replace("/api/v1", "")
        console = next(one.app for one in built.served if one.name == "console").test_client()
        assert b"FranceConnect v1" not in console.get("/").data
        assert console.get("/api/v1/platforms/franceconnect-v1").status_code == 404
    finally:
        built.stop()


def test_people_are_told_of_an_optional_platform_and_its_client(tmp_path: Path) -> None:
    urls = Addresses(**dict.fromkeys(Addresses.model_fields, "http://localhost:0"))
    built = build_stack(Settings(data=tmp_path, urls=urls, extra_platforms=("franceconnect-v1",)))
    try:
        text = as_text(built, ephemeral=True)
        assert f"  FranceConnect v1  {built.settings.urls.franceconnect_v1}" in text
        assert "  A client ready for your app, on FranceConnect v1\n" in text
    finally:
        built.stop()


@pytest.mark.thorough
def test_an_optional_platform_can_be_served_alone(tmp_path: Path) -> None:
    environment = {**os.environ, "FCSIM_DATA": str(tmp_path), "FCSIM_URLS__FRANCECONNECT_V1": "http://localhost:0"}
    process = subprocess.Popen(
        [*FCSIM, "serve", "franceconnect-v1"], stderr=subprocess.PIPE, text=True, env=environment
    )
    assert process.stderr is not None
    try:
        line = next(line for line in process.stderr if " answers at " in line)
        with urlopen(f"{line.split()[-1]}/healthz") as answer:
            assert answer.status == 200
    finally:
        process.terminate()
        process.wait(15)
        process.stderr.close()


def test_config_shows_the_optional_platforms_asked_for_and_their_address(tmp_path: Path) -> None:
    environment = {**os.environ, "FCSIM_DATA": str(tmp_path), "FCSIM_EXTRA_PLATFORMS": '["franceconnect-v1"]'}
    done = subprocess.run([*FCSIM, "config"], capture_output=True, text=True, timeout=60, env=environment, check=True)
    found = json.loads(done.stdout)
    assert found["extra_platforms"] == ["franceconnect-v1"]
    assert found["urls"]["franceconnect_v1"] == "http://localhost:8002"
