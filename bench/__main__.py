"""`python -m bench [--logins N]`: start-up, memory, logins per second, each beside its goal or its floor."""

import argparse
import json
import tempfile
import time
from urllib.request import urlopen

from urllib3 import HTTPConnectionPool

from bench.load import REQUESTS, Browser, Timings, in_parallel, median, percentile
from bench.process import Running, start

UP = ("-m", "fcsim_hub.cli", "up", "--ports", "auto", "--json", "--data")
GOAL_RATIO, GOAL_READY, GOAL_MB = 1.8, 1.0, 120.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--logins", type=int, default=300, help="logins at each concurrency (default 300)")
    logins = parser.parse_args().logins
    with tempfile.TemporaryDirectory(prefix="fcsim-bench-") as data:
        _start_up(data)
        with start("-m", "bench.floor") as floor, start(*UP, data) as fcsim:
            client = _client(fcsim)
            print(f"\nmemory of up, all applications, after start    {fcsim.resident_mb():7.1f} MB")
            for workers in (1, 8):
                _compare(floor, fcsim, client, workers, logins)
            resident = fcsim.resident_mb()
            print(
                f"\nmemory after {2 * logins + 60} logins                        {resident:7.1f} MB"
                f"   goal {GOAL_MB:.0f}: {_off(resident, GOAL_MB)}"
            )


def _start_up(data: str) -> None:
    """Exec to ready: every application answers its health check, discovery included."""
    times = []
    for rank in range(6):
        with start(*UP, data) as running:
            began = time.perf_counter()
            urlopen(f"{running.addresses['franceconnect']['issuer']}/.well-known/openid-configuration").read()
            times.append(running.ready_after + time.perf_counter() - began)
        if rank == 0:
            print(f"start-up, first time (keys, databases)          {times.pop():7.2f} s")
    print(
        f"start-up, warm, exec to discovery (median of {len(times)})  {median(times):7.2f} s"
        f"   goal {GOAL_READY:.1f}: {_off(median(times), GOAL_READY)}"
    )


def _client(fcsim: Running) -> dict[str, str]:
    url = f"{fcsim.addresses['console']['api']}/platforms/franceconnect/clients"
    record = next(one for one in json.loads(urlopen(url).read()) if one["name"] == "Mon application")
    return {
        "client_id": record["client_id"],
        "client_secret": record["client_secret"],
        "redirect_uri": record["redirect_uris"][0],
    }


def _compare(floor: Running, fcsim: Running, client: dict[str, str], workers: int, logins: int) -> None:
    """The same number of requests and JOSE operations, on the floor and on fcsim, one after the other."""
    print(f"\n{logins} logins, {workers} at a time")
    floor_cpu = _floor_cpu(floor, workers, logins)
    timings = Timings()
    in_parallel(workers, 30, lambda: Browser(fcsim, client, Timings()).log_in)
    before = fcsim.cpu_seconds()
    seconds = in_parallel(workers, logins, lambda: Browser(fcsim, client, timings).log_in)
    cpu = (fcsim.cpu_seconds() - before) / logins * 1000
    ratio = cpu / floor_cpu
    print(f"  logins per second                             {logins / seconds:7.1f}")
    print(f"  server CPU per login                          {cpu:7.2f} ms")
    print(f"  floor: {REQUESTS} bare answers and the JOSE operations  {floor_cpu:7.2f} ms")
    print(
        f"  ratio                                         {ratio:7.2f}   goal {GOAL_RATIO}: {_off(ratio, GOAL_RATIO)}"
    )
    print(f"  {'hop':<18}{'p50':>9}{'p99':>9}  ms")
    for hop, values in timings.hops.items():
        print(f"  {hop:<18}{median(values):9.2f}{percentile(values, 0.99):9.2f}")


def _floor_cpu(floor: Running, workers: int, logins: int) -> float:
    """Milliseconds of server CPU for what nobody can do without."""
    port = int(str(floor.addresses["url"]).rpartition(":")[2])

    def make(path: str):  # type: ignore[no-untyped-def]
        pool = HTTPConnectionPool("127.0.0.1", port, maxsize=1)
        return lambda: pool.urlopen("GET", path)

    in_parallel(workers, 200, lambda: make("/"))
    before = floor.cpu_seconds()
    in_parallel(workers, logins * (REQUESTS - 1), lambda: make("/"))
    in_parallel(workers, logins, lambda: make("/jose"))
    return (floor.cpu_seconds() - before) / logins * 1000


def _off(value: float, goal: float) -> str:
    return "reached" if value <= goal else f"{(value / goal - 1) * 100:.0f} % above"


if __name__ == "__main__":
    main()
