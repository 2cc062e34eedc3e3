"""Differences that an identity provider sees, or its team."""

from fcsim_hub.domain.ledger.difference import Difference

PROVIDERS: tuple[Difference, ...] = (
    Difference(
        id="F62",
        area="registration of providers",
        here=(
            "endpoints written one by one; `client_secret_post` alone; the four handlers are one `kind`; a wrong "
            "registration is refused where it is made"
        ),
        franceconnect="or by discovery; handlers by name (Y200001, Y200002); a wrong record is dropped with an alert",
        why="one way to do it, and the mistake is told to who made it",
    ),
    Difference(
        id="F63",
        area="answers of providers",
        here=(
            "stricter: an answer above 256 KiB, a control character in any text, an `e-mail` that could be two "
            "recipients, an `iss` on the callback that is not the provider's, a `token_type` other than Bearer"
        ),
        franceconnect="takes any characters; limits not published (inferred)",
        why="no honest provider sends them",
    ),
    Difference(
        id="F66",
        area="answers of providers, keys",
        here=(
            "`at_hash`, and `iss`, `aud`, `exp` and `nbf` of a signed userinfo, are compared where they are given; a "
            "signature that does not verify has the keys fetched again, at most every ten seconds in vain"
        ),
        franceconnect="compared by its OpenID library; keys fetched again for an unknown `kid` (inferred)",
        why="a provider started anew often has a new key under the old name",
    ),
    Difference(
        id="F68",
        area="crowd",
        here="a provider with 150 calls under way is asked no more until one ends: Y020026 or Y020027 at once",
        franceconnect="no such limit is known (inferred)",
        why="one provider that hangs must not hold the others",
    ),
)
