"""A registered service, with the same field names in TOML, JSON and code.

Source: service-provider-side §4 (FranceConnect's own names in camel case are written here in snake case).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qsl, urlsplit

from fcsim_hub.domain.fetched import check_fetched_address
from fcsim_hub.domain.key_sets import SIGNING_ALGS, check_key_set, usable_keys
from fcsim_hub.domain.platforms import OptionalAlg, Platform, Posture, SigningAlg
from fcsim_hub.domain.records import InvalidField

KeyAlg = Literal["", "ECDH-ES", "RSA-OAEP", "RSA-OAEP-256"]
ContentAlg = Literal["", "A256GCM"]

KEY_MAX = 255
ANSWER_PARAMETERS = frozenset({"code", "state", "iss", "error", "error_description", "response"})
"""Parameters the hub adds to a redirect_uri: registered there, they would let an answer be forged."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SIGNUP_ID = re.compile("[0-9]{0,7}")
_IN_NO_ADDRESS = re.compile(r"[\x00-\x1f\x7f\\*<>\s]")


@dataclass(frozen=True, kw_only=True)
class Client:
    """One service (relying party) of one platform."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    client_id: str
    client_secret: str = field(repr=False)
    name: str
    entity_id: str = ""
    """The organisation the `sub` is computed for; empty = the client alone."""
    type: Literal["public", "private"] = "public"
    identity_consent: bool = False
    active: bool = True
    token_endpoint_auth_method: Literal["", "client_secret_post", "private_key_jwt"] = ""
    """Empty: a secret, or an assertion where the client publishes keys. private_key_jwt: the assertion alone."""
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...] = ()
    sector_identifier_uri: str = ""
    scopes: tuple[str, ...] = ("openid",)
    claims: tuple[str, ...] = ()
    id_token_signed_response_alg: OptionalAlg = ""
    """Empty: the platform's default."""
    userinfo_signed_response_alg: OptionalAlg = "ES256"
    """Not written: as the id_token, or the platform's default. Empty: plain JSON (some relying parties read no JWT)."""
    id_token_encrypted_response_alg: KeyAlg = ""
    id_token_encrypted_response_enc: ContentAlg = ""
    userinfo_encrypted_response_alg: KeyAlg = ""
    userinfo_encrypted_response_enc: ContentAlg = ""
    jwks: Mapping[str, Any] | None = None
    """Its public keys; or `jwks_uri`, where it publishes them."""
    jwks_uri: str = ""
    idp_filter_exclude: bool = True
    """True: `idp_filter_list` is refused. False: nothing else is accepted."""
    idp_filter_list: tuple[str, ...] = ()
    allowed_idp_hints: tuple[str, ...] | None = None
    """None: the platform's list applies. Empty: no hint is accepted."""
    allowed_prompts: tuple[str, ...] = ()
    rep_scope: tuple[str, ...] = ()
    eidas: Literal[1, 2, 3] = 1
    posture: Posture | None = None
    """None: the platform's posture."""
    former_client_secret: str = field(default="", repr=False)
    """The secret before this one, accepted until the time below: a service's processes change theirs one after the
    other (ledger F64)."""
    former_client_secret_until: float = 0.0
    """Seconds since the epoch."""
    optional_parameters: tuple[Literal["acr_values", "nonce"], ...] = ()
    """What it may leave out of /authorize in posture `standard` (ledger F24)."""
    title: str = ""
    """This and what follows is for people who read the record: nothing depends on it, as on FranceConnect (§4)."""
    signup_id: str = ""
    """The number of the authorisation request (DataPass): seven digits at most."""
    site: str = ""
    emails: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for key in ("client_id", "client_secret", "name"):
            if not getattr(self, key):
                raise InvalidField(key, "a text that is not empty", "an empty one")
            if _CONTROL.search(getattr(self, key)):
                raise InvalidField(key, "a text without control characters", "one with some")
        for key in ("client_id", "entity_id"):  # no least length: ledger F18
            if len(getattr(self, key)) > KEY_MAX:
                raise InvalidField(key, f"at most {KEY_MAX} characters", f"{len(getattr(self, key))}")
        if not _SIGNUP_ID.fullmatch(self.signup_id):
            raise InvalidField("signup_id", "seven digits at most", repr(self.signup_id)[:80])
        if not self.redirect_uris:
            raise InvalidField("redirect_uris", "at least one address", "none")
        for key in ("redirect_uris", "post_logout_redirect_uris"):
            for rank, uri in enumerate(getattr(self, key)):
                check_registered_uri(f"{key}.{rank}", uri)
        for key in ("sector_identifier_uri", "jwks_uri"):
            if address := getattr(self, key):
                check_fetched_address(key, address)

    @property
    def entity(self) -> str:
        """The reference used in the `sub` (§11)."""
        return self.entity_id or self.client_id

    @property
    def consent_required(self) -> bool:
        """§4: only private services that declare it ask for consent."""
        return self.type == "private" and self.identity_consent

    def accepts_provider(self, uid: str) -> bool:
        """Whether the service's filter lets this provider through."""
        return (uid in self.idp_filter_list) != self.idp_filter_exclude

    def accepts_hint(self, uid: str, platform: Platform) -> bool:
        """Whether `idp_hint` may name this provider (§6.6)."""
        return uid in self.hints(platform)

    def hints(self, platform: Platform) -> tuple[str, ...]:
        """The providers that `idp_hint` may name: the client's own list stands for the platform's."""
        return platform.allowed_idp_hints if self.allowed_idp_hints is None else self.allowed_idp_hints

    def secrets(self, now: float) -> tuple[str, ...]:
        """What proves it now, the current one first."""
        is_kept = self.former_client_secret and now < self.former_client_secret_until
        return (self.client_secret, *([self.former_client_secret] if is_kept else []))

    @property
    def takes_secrets(self) -> bool:
        """Whether its secret authenticates it."""
        return self.token_endpoint_auth_method != "private_key_jwt"

    @property
    def takes_assertions(self) -> bool:
        """Whether an assertion authenticates it (ledger F27)."""
        signs = bool(self.jwks_uri) or any(next(usable_keys(self.jwks or {}, alg), None) for alg in SIGNING_ALGS)
        return self.token_endpoint_auth_method != "client_secret_post" and signs

    def follows(self, platform: Platform) -> Posture:
        """The posture that applies to this client (ledger F24)."""
        return self.posture or platform.posture

    def id_token_alg(self, platform: Platform) -> SigningAlg:
        """The algorithm of this client's id_tokens."""
        return self.id_token_signed_response_alg or platform.default_signing_alg


def with_defaults(record: Mapping[str, Any], platform: Platform) -> dict[str, Any]:
    """A registration as it was written, with what the platform decides where it says nothing.

    Where userinfo is signed, it is as the id_token is: the partner portal copies the algorithm (§4).
    """
    copied = record.get("id_token_signed_response_alg") if platform.default_userinfo_alg else ""
    return {"userinfo_signed_response_alg": copied or platform.default_userinfo_alg, **record}


def check_registered_uri(key: str, uri: str) -> None:
    """Refuse an address that could never be matched safely (security-and-reliability H033–H042)."""
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        raise InvalidField(key, "an absolute http or https address", repr(uri)) from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidField(key, "an absolute http or https address", repr(uri))
    if parts.fragment or "#" in uri:
        raise InvalidField(key, "an address without fragment", repr(uri))
    if _IN_NO_ADDRESS.search(uri) or parts.username is not None:
        raise InvalidField(key, "an address without wildcard, space, backslash or user name", repr(uri))
    if reserved := ANSWER_PARAMETERS.intersection(name for name, _ in parse_qsl(parts.query)):
        raise InvalidField(key, f"a query without {', '.join(sorted(reserved))}", repr(uri))


def check_client(client: Client, platform: Platform) -> None:
    """Refuse a registration that the platform cannot honour."""
    unknown = [scope for scope in client.scopes if not platform.scopes.known(scope)]
    if unknown:
        raise InvalidField("scopes", f"scopes of {platform.title}", ", ".join(map(repr, unknown)))
    for key in ("id_token_signed_response_alg", "userinfo_signed_response_alg"):
        alg = getattr(client, key)
        if alg and alg not in platform.signing_algs:
            raise InvalidField(key, f"one of {', '.join(platform.signing_algs)}", repr(alg))
    check_keys(client, platform)
    hosts = {urlsplit(uri).hostname for uri in client.redirect_uris}
    if len(hosts) > 1 and not client.sector_identifier_uri:
        raise InvalidField("redirect_uris", "one host, or a sector_identifier_uri", _listed(hosts))


def check_keys(client: Client, platform: Platform) -> None:
    """Refuse keys nobody should publish, and answers that could not be encrypted (H074, H083)."""
    if client.jwks is not None:
        check_key_set("jwks", client.jwks)
    if client.jwks_uri:
        check_registered_uri("jwks_uri", client.jwks_uri)
    if client.jwks is not None and client.jwks_uri:
        raise InvalidField("jwks_uri", "jwks or jwks_uri, not both", "both")
    for what in ("id_token", "userinfo"):
        _check_encryption(client, platform, what)
    if client.token_endpoint_auth_method == "private_key_jwt":
        _check_has_key("token_endpoint_auth_method", client, platform.key_algs)


def _check_encryption(client: Client, platform: Platform, what: str) -> None:
    alg_key, enc_key = f"{what}_encrypted_response_alg", f"{what}_encrypted_response_enc"
    alg, enc = getattr(client, alg_key), getattr(client, enc_key)
    if alg and alg not in platform.encryption_algs:
        offered = f"one of {', '.join(platform.encryption_algs)}" if platform.encryption_algs else "none"
        raise InvalidField(alg_key, f"{offered}: what {platform.title} encrypts with", repr(alg))
    if alg and enc not in platform.encryption_encs:
        raise InvalidField(enc_key, f"one of {', '.join(platform.encryption_encs)}, with {alg_key}", repr(enc))
    if enc and not alg:
        raise InvalidField(enc_key, f"none without {alg_key}", repr(enc))
    if alg and what == "userinfo" and not client.userinfo_signed_response_alg:
        raise InvalidField("userinfo_signed_response_alg", "an algorithm: what is encrypted is signed first", "none")
    if alg:
        _check_has_key(alg_key, client, [alg])


def _check_has_key(key: str, client: Client, algs: Sequence[str]) -> None:
    """A set given inline must hold a key for one of these algorithms; one at an address is seen when it is needed."""
    if client.jwks is None and not client.jwks_uri:
        raise InvalidField("jwks_uri", f"the address of the keys that {key} needs, or jwks", "neither")
    if client.jwks is not None and not any(next(usable_keys(client.jwks, alg), None) for alg in algs):
        uses = ", ".join(sorted({str(jwk.get("use", "none")) for jwk in client.jwks["keys"]}))
        raise InvalidField("jwks", f"a key that fits {' or '.join(algs)}", f"only others (use: {uses})")


def _listed(hosts: Iterable[str | None]) -> str:
    return ", ".join(sorted(str(host) for host in hosts))
