"""A journey: the facts established between /authorize and the redirect back, and the room they lead to.

Facts are stored, the position is derived: reloads and back buttons cannot put the two out of step.
Source: service-provider-side §7.1, §7.3, §8; inside-the-hub §5.
"""

from dataclasses import dataclass, field, replace
from enum import IntEnum

from fcsim_hub.domain.demands import Demands
from fcsim_hub.domain.devices import Recognition
from fcsim_hub.domain.errors.hub import SessionInvalid, UnexpectedNavigation
from fcsim_hub.domain.identity import PivotIdentity, ProviderIdentity
from fcsim_hub.domain.levels import Level


class Step(IntEnum):
    """The page last visited, in the order of the walk (§7.3)."""

    AUTHORIZE = 1
    CHOICE = 2
    REDIRECT_TO_IDP = 3
    CALLBACK = 4
    VERIFY = 5
    CONSENT = 6
    LOGIN = 7


class Room(IntEnum):
    """Where a journey goes next."""

    CHOICE = 1
    VERIFY = 2
    CONSENT = 3
    AUTO_LOGIN = 4
    DELIVERY = 5


_ALLOWED_BEFORE: dict[Step, frozenset[Step]] = {
    Step.CHOICE: frozenset(
        {Step.AUTHORIZE, Step.CHOICE, Step.REDIRECT_TO_IDP, Step.CALLBACK, Step.VERIFY, Step.CONSENT}
    ),
    Step.REDIRECT_TO_IDP: frozenset({Step.CHOICE}),
    Step.CALLBACK: frozenset({Step.REDIRECT_TO_IDP}),
    Step.VERIFY: frozenset({Step.CALLBACK, Step.AUTHORIZE}),
    Step.CONSENT: frozenset({Step.VERIFY, Step.CONSENT}),
    Step.LOGIN: frozenset({Step.CONSENT}),
}


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the service asked, proven and parsed."""

    client_id: str
    redirect_uri: str
    """The registered address, where every answer goes."""
    scopes: tuple[str, ...]
    state: str
    nonce: str
    acr_values: str
    asked: Level
    prompts: tuple[str, ...] = ()
    amr_asked: bool = False
    idp_hint: str = ""
    code_challenge: str = ""
    demands: Demands = field(default_factory=Demands)
    redirect_uri_sent: str = ""
    """As the service spelled it, which it repeats at /token (§9.1); empty: as registered."""


@dataclass(frozen=True, kw_only=True)
class Departure:
    """The citizen was sent to a provider: what must come back."""

    provider_uid: str
    provider_name: str = ""
    provider_title: str = ""
    state: str
    nonce: str
    asked: Level


@dataclass(frozen=True, kw_only=True)
class ProviderAnswer:
    """What the provider said, verified."""

    provider_uid: str
    provider_name: str = ""
    provider_title: str = ""
    identity: ProviderIdentity
    acr: str
    id_token: str
    rep_scope: tuple[str, ...] = ()
    """The perimeters of a helper's mandate (inside-the-hub §5)."""


@dataclass(frozen=True, kw_only=True)
class Verified:
    """The identity found in the registry, and the account it belongs to."""

    identity: PivotIdentity
    account_id: str
    sub: str
    level: Level


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """The service will receive this error instead of a code."""

    error: str
    description: str
    detail: str = ""
    """What was expected and what was received, for the developer: the service is not told."""


@dataclass(frozen=True, kw_only=True)
class Journey:
    """One authorization, from its request to its answer."""

    uid: str
    request: Request
    started_at: float
    suspicious: bool = False
    """The front proxy marked the request: `x-suspicious: 1` (inside-the-hub §5)."""
    step: Step = Step.AUTHORIZE
    departure: Departure | None = None
    failed_provider: str = ""
    answer: ProviderAnswer | None = None
    verified: Verified | None = None
    is_sso: bool = False
    sso_told: bool = False
    """Single sign-on is in the journal: asked again, the page is not logged twice (inside-the-hub §16.2)."""
    acknowledged: bool = False
    device: Recognition | None = None
    """What the browser's own past says of this login, once it was acknowledged."""
    refusal: Refusal | None = None

    def at(self, step: Step) -> "Journey":
        """The same journey, one page further."""
        return replace(self, step=step)


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A finished login kept for single sign-on and logout."""

    answer: ProviderAnswer
    identity: PivotIdentity
    level: Level
    account_id: str
    auth_time: int
    ends_at: float = 0.0
    """When it serves single sign-on no more, unless the session slides; seconds since the epoch."""
    reusable: bool = True
    """False for a person of another member state: single sign-on needs the registry's identity (§8)."""


@dataclass(frozen=True, kw_only=True)
class Logout:
    """A logout in progress."""

    client_id: str
    redirect_uri: str
    state: str | None
    xsrf: str
    ended: bool = False
    """True once the session is over: all that is left of it is the way back to the service."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """One browser on one platform."""

    id: str
    browsing_id: str
    """The citizen's identification code: the same for every login of this browsing session (inside-the-hub §14.2)."""
    language: str
    language_forced: bool = False
    """True after the node of the other member states: pages are in English, whatever the browser prefers."""
    renewed_at: float = 0.0
    """When its life began, or began anew; seconds since the epoch."""
    journey: Journey | None = None
    signed_in: SignedIn | None = None
    csrf: str = ""
    csrf_consumed: bool = False
    notified: tuple[str, ...] = ()
    """Clients the citizen was already notified for."""
    logout: Logout | None = None


def check_step(journey: Journey, page: Step) -> None:
    """Refuse a page reached out of order: again or backwards (Y420001), or too early (Y190004)."""
    before = _ALLOWED_BEFORE[page]
    if journey.step in before:
        return
    expected = (
        f"{_said(page)} follows {' or '.join(map(_said, sorted(before)))}; the journey is at {_said(journey.step)}"
    )
    if journey.step >= page:
        raise UnexpectedNavigation(f"this page was already left: {expected}")
    raise SessionInvalid(f"this page comes after others: {expected}")


def _said(step: Step) -> str:
    return step.name.lower().replace("_", "-")


def next_room(journey: Journey, *, page_skipped: bool) -> Room:
    """The whole state machine: where the facts lead. `page_skipped`: the client may skip the information page."""
    if journey.refusal or journey.acknowledged:
        return Room.DELIVERY
    if journey.answer is None:
        return Room.CHOICE
    if journey.verified is None:
        return Room.VERIFY
    return Room.AUTO_LOGIN if page_skipped else Room.CONSENT


def can_sign_on(signed_in: SignedIn | None, asked: Level, sso_levels: tuple[Level, ...]) -> bool:
    """Whether single sign-on applies: a finished identity, a level open to SSO and high enough (§8)."""
    return signed_in is not None and signed_in.reusable and asked in sso_levels and signed_in.level >= asked
