"""The floor: a bare Flask answer through the same server, and the JOSE operations of a login, in one process.

`python -m bench.floor` prints its address, then answers `/` bare, `/jose` after a login's JOSE operations, and
`/jose-encrypted` after those of a login in which the provider's two answers and the hub's two are encrypted too.
"""

import json
import threading

from flask import Flask
from joserfc import jwe, jws
from joserfc.jwk import ECKey, RSAKey

from fcsim_hub.listeners import Served, bind

CLAIMS = json.dumps({f"claim{rank}": "x" * 24 for rank in range(12)})
ALGORITHMS = ["ECDH-ES", "RSA-OAEP-256", "A256GCM"]
SIGNATURES, VERIFICATIONS = 4, 2
ENCRYPTIONS = 2
"""Of one login: the provider signs an id_token and a userinfo, which the hub verifies; then it signs its own two.
Where they are encrypted, the provider encrypts two (ECDH-ES), the hub opens them, and encrypts two (RSA-OAEP-256)."""


def make_app() -> Flask:
    """The three addresses."""
    app = Flask("floor")
    key, hub, service = ECKey.generate_key("P-256"), ECKey.generate_key("P-256"), RSAKey.generate_key(2048)

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

    @app.get("/jose-encrypted")
    def encrypted() -> str:
        for _ in range(ENCRYPTIONS):
            sealed = jwe.encrypt_compact({"alg": "ECDH-ES", "enc": "A256GCM"}, CLAIMS, hub, algorithms=ALGORITHMS)
            jwe.decrypt_compact(sealed, hub, algorithms=ALGORITHMS)
            jwe.encrypt_compact({"alg": "RSA-OAEP-256", "enc": "A256GCM"}, CLAIMS, service, algorithms=ALGORITHMS)
        return jose()

    return app


if __name__ == "__main__":
    listener = bind("127.0.0.1", 0)
    Served("floor", make_app(), listener, 4).start()
    print(json.dumps({"url": f"http://127.0.0.1:{listener.port}"}), flush=True)
    threading.Event().wait()
