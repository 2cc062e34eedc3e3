"""A platform: FranceConnect, FranceConnect+, FranceConnect v1. What differs between them is this record, never an `if`.

Source: service-provider-side §7.2, §16, §17; inside-the-hub §2.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from math import inf
from typing import ClassVar, Literal

from fcsim_hub.domain.levels import Level
from fcsim_hub.domain.records import InvalidField
from fcsim_hub.domain.scopes import CATALOGUES, ScopeCatalogue

Posture = Literal["faithful", "standard"]
"""faithful: as FranceConnect answers. standard: as OpenID Connect and RFC 9700 want it."""
MailMode = Literal["always", "unusual", "off"]
SigningAlg = Literal["HS256", "ES256", "RS256"]
OptionalAlg = Literal["", "HS256", "ES256", "RS256"]
"""Empty: not signed, or the default (each use says which)."""
EncryptionAlg = Literal["ECDH-ES", "RSA-OAEP", "RSA-OAEP-256"]
EncryptionEnc = Literal["A256GCM"]
MachineDoor = Literal[
    "discovery",
    "encryption-keys",
    "sector-identifier",
    "token",
    "userinfo",
    "revocation",
    "checktoken",
    "plain-checktoken",
]
"""Endpoints for programs. `discovery`: the document and the JWKS; `encryption-keys`: those that providers encrypt to;
`sector-identifier`: the hub's own redirect_uri; `plain-checktoken`: the one of v1 (§17)."""
IdTokenMember = Literal["sub", "acr", "auth_time", "nonce", "aud", "exp", "iat", "iss"]


@dataclass(frozen=True, kw_only=True)
class Lifetimes:
    """Seconds each thing lives."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    code: int = 30
    access_token: int = 60
    id_token: int = 60
    grant: int = 30
    session: int = 1800
    device: int = 90 * 24 * 3600
    """How long a device remembers an identity that used it."""
    outbound: float = 6.0
    """The total a call to a provider may take."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Failures a caller is allowed within a window, 0: any number. FranceConnect publishes none (ledger: stricter)."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    WINDOW: ClassVar[float] = 60.0
    """Seconds."""

    bad_secrets: int = 20
    """At /token and /token/revocation, for each client and IP address (H075)."""
    bad_checks: int = 100
    """At /checktoken, wrong secrets and tokens that do not live alike (H087)."""


@dataclass(frozen=True, kw_only=True)
class Banner:
    """A notice shown on the choice page, word for word, between two dates (inside-the-hub §3.10)."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    message: str
    start_date: str | None = None
    """ISO 8601 date or time, UTC where it names no zone; None: since ever."""
    stop_date: str | None = None
    """The same; a date alone means the end of that day. None: for ever."""
    active: bool = True

    def __post_init__(self) -> None:
        if not self.message.strip():
            raise InvalidField("message", "a text that is not empty", "an empty one")
        for key in ("start_date", "stop_date"):
            if (value := getattr(self, key)) is not None:
                _moment(key, value)
        if self.start_date and self.stop_date and _moment("start_date", self.start_date) > self._stops_at:
            raise InvalidField("stop_date", f"a moment after {self.start_date}", repr(self.stop_date))

    @property
    def _stops_at(self) -> float:
        return _moment("stop_date", self.stop_date) if self.stop_date else inf

    def is_shown(self, now: float) -> bool:
        """Whether the banner shows at this time (seconds since the epoch)."""
        started = self.start_date is None or _moment("start_date", self.start_date) <= now
        return self.active and started and now <= self._stops_at


def _moment(key: str, text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidField(key, "an ISO 8601 date or time", repr(text)) from None
    if key == "stop_date" and len(text) == len("2026-12-31"):
        moment = datetime.combine(moment, time.max)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


_WEB_PAGE = re.compile(r"https?://[^\s#\x00-\x1f\x7f]+")

CHANGEABLE = (
    *("posture", "sub_secret", "allowed_idp_hints", "allow_localhost", "mail_mode", "notice"),
    *("error_uri_base", "limits"),
)
"""The members of a platform that the control API changes at run time."""


@dataclass(frozen=True, kw_only=True)
class Platform:
    """One platform of the hub, as its file in fixtures/platforms says."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    name: str
    title: str
    optional: bool = False
    """Served only when asked for: `--with`, or the setting `extra_platforms`."""
    prefix: str = "/api/v2"
    """The path of every door of this platform."""
    issuer_has_prefix: bool = True
    """Whether `iss` ends with the prefix; otherwise it is the host alone."""
    machine_doors: tuple[MachineDoor, ...] = (
        "discovery",
        "encryption-keys",
        "sector-identifier",
        "token",
        "userinfo",
        "revocation",
        "checktoken",
    )
    logout_path: str = "/session/end"
    """Where services send a citizen to log out, below the prefix."""
    home_page: str
    support_name: str
    """What the support form calls the platform (inside-the-hub §13.3)."""
    journal_name: str = ""
    """What its events call it, as `service` (inside-the-hub §2, §16.2); empty: its name."""
    levels: tuple[Level, ...]
    default_level: Level
    sso_levels: tuple[Level, ...]
    identity_from: Literal["registry", "provider"]
    scope_catalogue: str
    provider_scope: str
    """What the hub asks providers for (inside-the-hub §2)."""
    signing_algs: tuple[SigningAlg, ...]
    """Algorithms a client may register, in discovery's order; HS256 is keyed with the client's secret."""
    default_signing_alg: SigningAlg
    encryption_algs: tuple[EncryptionAlg, ...] = ()
    """Key management algorithms that clients and providers may register; empty: nothing is encrypted here."""
    encryption_encs: tuple[EncryptionEnc, ...] = ()
    default_userinfo_alg: OptionalAlg = "ES256"
    """Of a client that registers none; empty: plain JSON."""
    id_token_members: tuple[IdTokenMember, ...] = ("sub", "acr", "auth_time", "nonce", "aud", "exp", "iat", "iss")
    """In this order; `amr` besides, when asked (§9.3, §17)."""
    optional_parameters: tuple[Literal["acr_values", "nonce", "state"], ...] = ()
    """What a service may leave out of /authorize, required otherwise (§6.1, §17)."""
    nonce_min: int = 22
    """Characters a nonce has at least."""
    tells_refused_requests: bool = True
    """Whether a refused request is told to the service's proven redirect_uri; otherwise it ends on a page (§17)."""
    iss_in_answers: bool = True
    """Whether an answer to a redirect_uri names its issuer (RFC 9207)."""
    request_object_encryption_algs: tuple[EncryptionAlg, ...] = ()
    """What discovery says of request objects, which are refused all the same (§3.2, §6.2)."""
    posture: Posture = "faithful"
    sub_secret: str = field(repr=False)
    shares_accounts_with: str = ""
    """The platform whose accounts, and the `sub`s stored there, are also this one's; empty: accounts of its own."""
    session_cookie: str
    login_cookie: str
    """The second cookie, set when a login ends; logout finds the session through it (§12.2)."""
    device_cookie: str
    """The cookie of the trusted device (inside-the-hub §14.3)."""
    session_sliding: bool = True
    session_cookie_dated: bool = True
    show_excluded_providers: bool = True
    explains_missing_accounts: bool = False
    """Whether the choice page says why accounts that people expect are not listed (service-provider-side §7.4)."""
    side_doors: tuple[Literal["aidants-connect", "eidas"], ...] = ()
    """Kinds of provider with a button of their own below the list (service-provider-side §7.4)."""
    allow_localhost: bool = True
    allowed_idp_hints: tuple[str, ...] = ()
    mail_mode: MailMode = "always"
    notice: Banner | None = None
    mail_sender: str = "ne-pas-repondre@fcsim.test"
    error_uri_base: str
    """The page of documentation that the errors of the back channel lead to (§9.4)."""
    lifetimes: Lifetimes = field(default_factory=Lifetimes)
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if self.scope_catalogue not in CATALOGUES:
            raise InvalidField("scope_catalogue", f"one of {', '.join(CATALOGUES)}", repr(self.scope_catalogue))
        if not self.sub_secret:
            raise InvalidField("sub_secret", "a text that is not empty", "an empty one")
        if not _WEB_PAGE.fullmatch(self.error_uri_base):
            raise InvalidField("error_uri_base", "an http or https address without fragment", repr(self.error_uri_base))
        if self.default_level not in self.levels:
            raise InvalidField("default_level", f"one of {', '.join(self.levels)}", repr(str(self.default_level)))

    def base(self, host: str) -> str:
        """The address below which the doors are, of the platform at this host."""
        return f"{host}{self.prefix}"

    def issuer(self, host: str) -> str:
        """`iss` of the platform at this host."""
        return self.base(host) if self.issuer_has_prefix else host

    @property
    def account_platform(self) -> str:
        """The name under which accounts of this platform are kept."""
        return self.shares_accounts_with or self.name

    @property
    def scopes(self) -> ScopeCatalogue:
        """The scopes this platform knows."""
        return CATALOGUES[self.scope_catalogue]

    @property
    def key_algs(self) -> tuple[SigningAlg, ...]:
        """The asymmetric algorithms: those with a published key."""
        return tuple(alg for alg in self.signing_algs if alg != "HS256")
