"""Settings that are made, not written."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from fcsim_hub.config import Addresses, SecretUnreadable, keep_secret


def test_applications_of_one_process_started_together_share_one_secret(tmp_path: Path) -> None:
    """Rounds enough for a draft shared by two threads to be met."""
    threads = 8
    for rank in range(40):
        start, file = Barrier(threads), tmp_path / f"secret-{rank}"

        def ask(_: int, start: Barrier = start, file: Path = file) -> str:
            start.wait()
            return keep_secret(file)

        with ThreadPoolExecutor(threads) as pool:
            assert len(set(pool.map(ask, range(threads)))) == 1
    assert len(list(tmp_path.iterdir())) == 40


@pytest.mark.parametrize("left", [b"", b"\n", b"short", b"abc\xff\xfe" * 20, b"\x00" * 64, b"a\nb" * 20])
def test_h098_a_damaged_secret_is_told_and_never_replaced(tmp_path: Path, left: bytes) -> None:
    file = tmp_path / "secret_key"
    file.write_bytes(left)
    with pytest.raises(SecretUnreadable) as told:
        keep_secret(file)
    assert str(told.value).startswith(f"{file}: expected a secret of at least 32 ASCII characters")
    assert file.read_bytes() == left


def test_h098_a_secret_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    made = keep_secret(tmp_path / "data" / "secret_key")
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert keep_secret(tmp_path / "data" / "secret_key") == made


def test_only_a_free_port_that_was_asked_for_is_filled_in() -> None:
    urls = Addresses(franceconnect_v1="http://localhost:0", console="https://fc.test:9000/console")
    found = urls.with_ports({"franceconnect-v1": 1234, "console": 1234, "demo": 1234})
    assert found.of("franceconnect-v1") == "http://localhost:1234"
    assert (found.port("console"), found.port("demo")) == (9000, 8020)
