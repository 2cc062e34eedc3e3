"""The floor: a bare Flask answer through the same server, and the JOSE operations of a login, in one process.

`python -m bench.floor` prints its address, then answers `/` bare and `/jose` after a login's JOSE operations.
"""

import json
import threading

from flask import Flask
from joserfc import jws
from joserfc.jwk import ECKey

from fcsim_hub.listeners import Served, bind

CLAIMS = json.dumps({f"claim{rank}": "x" * 24 for rank in range(12)})
SIGNATURES, VERIFICATIONS = 4, 2
"""Of one login: the provider signs an id_token and a userinfo, which the hub verifies; then it signs its own two."""


def make_app() -> Flask:
    """The two addresses."""
    app = Flask("floor")
    key = ECKey.generate_key("P-256")

    @app.get("/")
    def bare() -> str:
        return "ok"

    @app.get("/jose")
    def jose() -> str:
        for _ in range(SIGNATURES):
            token = jws.serialize_compact({"alg": "ES256"}, CLAIMS, key)
        for _ in range(VERIFICATIONS):
            jws.deserialize_compact(token, key)
        return "ok"

    return app


if __name__ == "__main__":
    listener = bind("127.0.0.1", 0)
    Served("floor", make_app(), listener, 4).start()
    print(json.dumps({"url": f"http://127.0.0.1:{listener.port}"}), flush=True)
    threading.Event().wait()
