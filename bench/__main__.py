"""`python -m bench [--logins N]`: start-up, memory, logins per second, each beside its goal or its floor."""

import argparse
import json
import tempfile
import time
from urllib.request import Request, urlopen

from joserfc.jwk import RSAKey
from urllib3 import HTTPConnectionPool

from bench.load import REQUESTS, Browser, Target, Timings, in_parallel, median, percentile
from bench.process import Running, start

UP = ("-m", "fcsim_hub.cli", "up", "--ports", "auto", "--json", "--data")
GOAL_RATIO, GOAL_READY, GOAL_MB = 1.8, 1.0, 120.0
ROUNDS, WARM_UP = 10, 30


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--logins", type=int, default=300, help="logins at each concurrency (default 300)")
    logins = parser.parse_args().logins
    with tempfile.TemporaryDirectory(prefix="fcsim-bench-") as data:
        _start_up(data)
        with start("-m", "bench.floor") as floor, start(*UP, data) as fcsim:
            targets = (_franceconnect(fcsim), _franceconnect_plus(fcsim))
            print(f"\nmemory of up, all applications, after start    {fcsim.resident_mb():7.1f} MB")
            for workers in (1, 8):
                for target in targets:
                    _compare(floor, fcsim, target, workers, logins)
            resident, total = fcsim.resident_mb(), 4 * (ROUNDS * max(1, logins // ROUNDS) + WARM_UP)
            print(
                f"\nmemory after {total} logins                       {resident:7.1f} MB"
                f"   goal {GOAL_MB:.0f}: {_off(resident, GOAL_MB)}"
            )


def _start_up(data: str) -> None:
    """Exec to ready: every application answers its health check, discovery included."""
    times, cpus = [], []
    for rank in range(6):
        with start(*UP, data) as running:
            began = time.perf_counter()
            urlopen(f"{running.addresses['franceconnect']['issuer']}/.well-known/openid-configuration").read()
            times.append(running.ready_after + time.perf_counter() - began)
            cpus.append(running.cpu_seconds())
        if rank == 0:
            print(f"start-up, first time (keys, databases)          {times.pop():7.2f} s, CPU {cpus.pop():.2f} s")
    print(
        f"start-up, warm, exec to discovery (median of {len(times)})  {median(times):7.2f} s"
        f"   goal {GOAL_READY:.1f}: {_off(median(times), GOAL_READY)}\n"
        f"start-up, warm, CPU (median, least)              {median(cpus):7.2f} {min(cpus):.2f} s"
    )


def _franceconnect(fcsim: Running) -> Target:
    """The ready client: signed answers."""
    url = f"{fcsim.addresses['console']['api']}/platforms/franceconnect/clients"
    record = next(one for one in json.loads(urlopen(url).read()) if one["name"] == "Mon application")
    client = {
        "client_id": record["client_id"],
        "client_secret": record["client_secret"],
        "redirect_uri": record["redirect_uris"][0],
    }
    return Target(platform="franceconnect", level="eidas1", provider="laposte", client=client, floor="/jose")


def _franceconnect_plus(fcsim: Running) -> Target:
    """A client of the bench's own: both answers signed, then encrypted to it, as the provider's were to the hub."""
    client = {"client_id": "bench", "client_secret": "bench" * 8, "redirect_uri": "https://rp.test/callback"}
    key = RSAKey.generate_key(2048).as_dict(private=False) | {"kid": "bench", "use": "enc"}
    record = {
        "client_secret": client["client_secret"],
        "name": "Bench",
        "redirect_uris": [client["redirect_uri"]],
        "scopes": ["openid", "identite_pivot", "email"],
        "jwks": {"keys": [key]},
        **{f"{what}_encrypted_response_alg": "RSA-OAEP-256" for what in ("id_token", "userinfo")},
        **{f"{what}_encrypted_response_enc": "A256GCM" for what in ("id_token", "userinfo")},
    }
    url = f"{fcsim.addresses['console']['api']}/platforms/franceconnect-plus/clients/bench"
    headers = {"Content-Type": "application/json"}
    urlopen(Request(url, json.dumps(record).encode(), headers, method="PUT")).read()
    return Target(
        platform="franceconnect_plus", level="eidas2", provider="laposte", client=client, floor="/jose-encrypted"
    )


def _compare(floor: Running, fcsim: Running, target: Target, workers: int, logins: int) -> None:
    """The same number of requests and JOSE operations on the floor and on fcsim, in short turns: a machine that others
    slow down for a while slows both."""
    timings, share = Timings(), max(1, logins // ROUNDS)
    in_parallel(workers, WARM_UP, lambda: Browser(fcsim, target, Timings()).log_in)
    _run_floor(floor, target.floor, workers, WARM_UP)
    seconds, cpus, floors = 0.0, [], []
    for _ in range(ROUNDS):
        before = fcsim.cpu_seconds()
        seconds += in_parallel(workers, share, lambda: Browser(fcsim, target, timings).log_in)
        cpus.append((fcsim.cpu_seconds() - before) / share * 1000)
        before = floor.cpu_seconds()
        _run_floor(floor, target.floor, workers, share)
        floors.append((floor.cpu_seconds() - before) / share * 1000)
    ratios = sorted(cpu / bare for cpu, bare in zip(cpus, floors, strict=True))
    print(f"\n{target.platform}: {ROUNDS} times {share} logins, {workers} at a time")
    print(f"  logins per second                             {ROUNDS * share / seconds:7.1f}")
    print(f"  server CPU per login (median, least)          {median(cpus):7.2f} {min(cpus):7.2f} ms")
    print(f"  floor: {REQUESTS} bare answers and the JOSE operations  {median(floors):7.2f} {min(floors):7.2f} ms")
    print(
        f"  ratio (median, {ratios[0]:.1f} to {ratios[-1]:.1f})                     {median(ratios):7.2f}"
        f"   goal {GOAL_RATIO}: {_off(median(ratios), GOAL_RATIO)}"
    )
    print(f"  {'hop':<18}{'p50':>9}{'p99':>9}  ms")
    for hop, values in timings.hops.items():
        print(f"  {hop:<18}{median(values):9.2f}{percentile(values, 0.99):9.2f}")


def _run_floor(floor: Running, jose: str, workers: int, logins: int) -> None:
    """What nobody can do without, for so many logins."""
    port = int(str(floor.addresses["url"]).rpartition(":")[2])

    def make(path: str):  # type: ignore[no-untyped-def]
        pool = HTTPConnectionPool("127.0.0.1", port, maxsize=1)
        return lambda: pool.urlopen("GET", path)

    in_parallel(workers, logins * (REQUESTS - 1), lambda: make("/"))
    in_parallel(workers, logins, lambda: make(jose))


def _off(value: float, goal: float) -> str:
    return "reached" if value <= goal else f"{(value / goal - 1) * 100:.0f} % above"


if __name__ == "__main__":
    main()
