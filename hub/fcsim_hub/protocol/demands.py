"""`prompt` and `max_age` as OpenID Connect means them, for posture `standard` (Core §3.1.2.1)."""

from fcsim_hub.domain.demands import Demands
from fcsim_hub.domain.errors.authorize import SessionDemandInvalid
from fcsim_hub.domain.platforms import Posture
from fcsim_hub.protocol.parameters import Parameters

MAX_AGE_DIGITS = 9


def read_demands(params: Parameters, posture: Posture) -> Demands:
    """What is demanded. Raises SessionDemandInvalid."""
    if posture == "faithful":
        return Demands()
    prompts, max_age = params.words("prompt"), params.get("max_age")
    if "none" in prompts and len(prompts) > 1:
        raise SessionDemandInvalid("prompt is none and something else: no page and a page")
    if max_age and not (max_age.isascii() and max_age.isdigit() and len(max_age) <= MAX_AGE_DIGITS):
        raise SessionDemandInvalid(f"max_age is {max_age[:32]!r}: expected seconds")
    return Demands(
        silent="none" in prompts,
        fresh=bool({"login", "select_account"} & set(prompts)),
        max_age=int(max_age) if max_age else None,
    )
