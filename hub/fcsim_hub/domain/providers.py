"""A registered identity provider, as the hub sees it: an OpenID provider known only by its URLs.

Source: inside-the-hub §3.9 (names in snake case), §3.10.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from fcsim_hub.domain.clients import Client, ContentAlg, KeyAlg
from fcsim_hub.domain.fetched import check_fetched_address
from fcsim_hub.domain.levels import Level
from fcsim_hub.domain.platforms import EncryptionAlg, EncryptionEnc, OptionalAlg, Platform, SigningAlg
from fcsim_hub.domain.records import InvalidField

KEY_MAX = 255
AMR_VALUES = frozenset(
    {
        *("pwd", "pop", "otp", "fpt", "eye", "vbm", "tel", "sms", "kba", "wia", "mfa", "face", "geo", "hwk", "iris"),
        *("mca", "pin", "rba", "swk", "user", "mail"),
        *("eidas", "fc"),  # whose citizens: of another member state, or French
    }
)
"""What `amr` may hold (service-provider-side §5)."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

Words = str | dict[Literal["fr", "en"], str]
"""A text of a registration: shown verbatim on every page, or one for each language of the pages."""


def in_language(words: Words, language: str) -> str:
    """The text for a page; where its language has none, the one there is."""
    if isinstance(words, str):
        return words
    return next((text for known, text in words.items() if known == language), next(iter(words.values()), ""))


@dataclass(frozen=True, kw_only=True)
class Modal:
    """A question asked before leaving for the provider."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    active: bool = True
    title: Words
    body: Words
    continue_text: Words

    def words(self, language: str) -> dict[str, str]:
        """What to ask on a page: `title`, `body`, `continue_text`."""
        return {key: in_language(getattr(self, key), language) for key in ("title", "body", "continue_text")}


@dataclass(frozen=True)
class Encryption:
    """How an answer is encrypted for the hub."""

    alg: EncryptionAlg
    enc: EncryptionEnc


Kind = Literal["default", "aidants-connect", "eidas"]


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One identity provider of one platform."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    uid: str
    name: str
    title: str
    active: bool = True
    display: bool = True
    beta: bool = False
    order: int | None = None
    allowed_acr: tuple[Level, ...]
    amr: tuple[str, ...] = ("fc", "pwd")
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str = ""
    end_session_endpoint: str = ""
    """Empty: the provider has no logout."""
    client_id: str
    client_secret: str = field(repr=False)
    id_token_signed_response_alg: OptionalAlg = "ES256"
    """Empty: RS256, the default of OpenID Connect Registration §2. An id_token is always signed."""
    id_token_encrypted_response_alg: KeyAlg = ""
    id_token_encrypted_response_enc: ContentAlg = ""
    userinfo_signed_response_alg: OptionalAlg = "ES256"
    """Empty: plain JSON."""
    userinfo_encrypted_response_alg: KeyAlg = ""
    userinfo_encrypted_response_enc: ContentAlg = ""
    modal: Modal | None = None
    kind: Kind = "default"
    """aidants-connect: a helper under mandate (§5). eidas: the node of the other member states (§4.2)."""

    def __post_init__(self) -> None:
        for key in ("uid", "name", "title", "issuer", "client_id", "client_secret"):
            if not (value := getattr(self, key)) or _CONTROL.search(value):
                found = "another" if key == "client_secret" else repr(value)[:80]
                raise InvalidField(key, "a text that is not empty, without control characters", found)
        for key in ("uid", "name"):  # any text, a UUID at FranceConnect: ledger F52
            if len(getattr(self, key)) > KEY_MAX:
                raise InvalidField(key, f"at most {KEY_MAX} characters", f"{len(getattr(self, key))}")
        if not self.allowed_acr:
            raise InvalidField("allowed_acr", "at least one level", "none")
        if unknown := set(self.amr) - AMR_VALUES:
            raise InvalidField("amr", f"values among {', '.join(sorted(AMR_VALUES))}", repr(min(unknown))[:80])
        check_address("issuer", self.issuer)
        check_address("authorization_endpoint", self.authorization_endpoint)
        if self.end_session_endpoint:
            check_address("end_session_endpoint", self.end_session_endpoint)
        for key in ("token_endpoint", "userinfo_endpoint", "jwks_uri"):
            if (value := getattr(self, key)) or key != "jwks_uri":
                check_fetched_address(key, value)
        if not self.jwks_uri and {self.id_token_alg, self.userinfo_signed_response_alg} & {"ES256", "RS256"}:
            raise InvalidField("jwks_uri", "the address of the keys that ES256 and RS256 need", "none")

    @property
    def id_token_alg(self) -> SigningAlg:
        """The algorithm of this provider's id_tokens; OpenID Connect's default where none is registered."""
        return self.id_token_signed_response_alg or "RS256"

    @property
    def id_token_encryption(self) -> Encryption | None:
        """How this provider's id_tokens are encrypted; None: signed alone."""
        return _encryption(self.id_token_encrypted_response_alg, self.id_token_encrypted_response_enc)

    @property
    def userinfo_encryption(self) -> Encryption | None:
        """The same of its userinfo."""
        return _encryption(self.userinfo_encrypted_response_alg, self.userinfo_encrypted_response_enc)

    @property
    def asks_mandate(self) -> bool:
        """Whether the mandate of a helper is asked of it, and compared with the service's (§5)."""
        return self.kind == "aidants-connect"

    @property
    def knows_registry(self) -> bool:
        """Whether its people are in the French registry, with the civil status that goes with it (§4.2, §9.6)."""
        return self.kind != "eidas"

    @property
    def monogram(self) -> str:
        """Two letters that stand for the provider: no logo is imitated."""
        words = re.findall(r"\w+", self.title)
        capitals = [word[0] for word in words if word[0].isupper()]
        return ("".join(capitals[-2:]) if len(capitals) > 1 else self.title[:2]).upper()


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One provider as the choice page shows it."""

    provider: Provider
    available: bool


SUSPICIOUS_MINIMUM = Level.EIDAS2
"""The level a suspicious context demands of a provider, whatever the service asked (§10.4)."""


@dataclass(frozen=True, kw_only=True)
class Chooser:
    """What decides which providers a choice page shows, and which of them lead anywhere (§3.10)."""

    client: Client
    asked: Level
    suspicious: bool = False
    show_excluded: bool

    def list(self, providers: Iterable[Provider], kind: Kind = "default") -> Sequence[Choice]:
        """The providers of one kind, in order, each available or greyed."""
        shown = [one for one in providers if one.display and one.kind == kind and self._shows(one)]
        shown.sort(key=lambda provider: (provider.order is None, provider.order or 0))
        return [Choice(provider=one, available=self.is_available(one)) for one in shown]

    def is_available(self, provider: Provider) -> bool:
        """Whether choosing this provider can lead anywhere."""
        reaches = max(provider.allowed_acr) >= self.asked
        suffices = not self.suspicious or min(provider.allowed_acr) >= SUSPICIOUS_MINIMUM
        return provider.active and self.client.accepts_provider(provider.uid) and reaches and suffices

    def _shows(self, provider: Provider) -> bool:
        # The helpers' door stays in its place when the service excludes it (service-provider-side §7.4).
        return self.show_excluded or provider.asks_mandate or self.client.accepts_provider(provider.uid)


def check_address(key: str, address: str) -> None:
    """Its shape only: front-channel addresses may not even resolve from here."""
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or _CONTROL.search(address):
        raise InvalidField(key, "an absolute http or https address", repr(address)[:120])
    if "#" in address:  # RFC 6749 §3.1: what the hub appends would be part of it, and never sent
        raise InvalidField(key, "an address without fragment", repr(address)[:120])


def check_provider(provider: Provider, platform: Platform) -> None:
    """Refuse a registration that the platform cannot honour: what may be encrypted, and how (inside-the-hub §2)."""
    for answer in ("id_token", "userinfo"):
        alg_key, enc_key = f"{answer}_encrypted_response_alg", f"{answer}_encrypted_response_enc"
        _check_offered(alg_key, getattr(provider, alg_key), platform.encryption_algs, platform)
        _check_offered(enc_key, getattr(provider, enc_key), platform.encryption_encs, platform)
        if bool(getattr(provider, alg_key)) != bool(getattr(provider, enc_key)):
            raise InvalidField(enc_key, f"a value with {alg_key}, and none without", repr(getattr(provider, enc_key)))
    if provider.userinfo_encryption and not provider.userinfo_signed_response_alg:
        raise InvalidField("userinfo_signed_response_alg", "an algorithm: what is encrypted is signed first", "none")


def _check_offered(key: str, value: str, offered: Sequence[str], platform: Platform) -> None:
    if value and value not in offered:
        expected = f"one of {', '.join(offered)}" if offered else f"none: {platform.title} takes signed answers"
        raise InvalidField(key, expected, repr(value))


def _encryption(alg: KeyAlg, enc: ContentAlg) -> Encryption | None:
    return Encryption(alg, enc) if alg and enc else None


def without_fixture_keys(record: Mapping[str, Any]) -> dict[str, Any]:
    """A provider file less what concerns the simulator alone."""
    return {key: value for key, value in record.items() if key not in ("platform", "simulator")}
