"""What the application is given. Service files are keyed by their path, so that an error names it."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

KeyAlg = Literal["ECDH-ES", "RSA-OAEP", "RSA-OAEP-256"]
SigningAlg = Literal["ES256", "RS256"]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(_Strict):
    """What the service says of itself in one language."""

    title: str
    purpose: str


class Registration(BaseModel):
    """What the service knows of its own registration at the hub."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    platform: str
    client_id: str
    client_secret: str
    type: Literal["public", "private"] = "public"
    identity_consent: bool = False
    scopes: tuple[str, ...] = ()
    """What it may ask for."""
    id_token_signed_response_alg: SigningAlg = "ES256"
    userinfo_signed_response_alg: SigningAlg = "ES256"
    id_token_encrypted_response_alg: KeyAlg | Literal[""] = ""
    """Empty: the id_token is not encrypted."""
    id_token_encrypted_response_enc: Literal["", "A256GCM"] = ""
    userinfo_encrypted_response_alg: KeyAlg | Literal[""] = ""
    """Empty: userinfo is not encrypted."""
    userinfo_encrypted_response_enc: Literal["", "A256GCM"] = ""
    token_endpoint_auth_method: Literal["client_secret_post", "private_key_jwt"] = "client_secret_post"

    @property
    def encryption_algs(self) -> tuple[str, ...]:
        """Each algorithm that something is encrypted to it with, once."""
        both = (self.id_token_encrypted_response_alg, self.userinfo_encrypted_response_alg)
        return tuple(dict.fromkeys(alg for alg in both if alg))

    @property
    def consent(self) -> bool:
        """Whether the hub asks the citizen for consent (service-provider-side §4)."""
        return self.type == "private" and self.identity_consent


class ServiceFile(_Strict):
    """A file of fixtures/services."""

    monogram: Annotated[str, Field(min_length=1, max_length=2)]
    accent: Colour
    accent_dark: Colour
    kind: Literal["public", "private"] = "public"
    scope: str
    acr_values: str = "eidas1"
    claims: str = ""
    """The `claims` request parameter, as JSON; empty: not sent."""
    fr: Words
    en: Words
    client: Registration
    data_provider: str = ""
    """The data provider it calls with the citizen's token (the stem of its file); empty: none."""

    def words(self, language: str) -> Words:
        """The words of a language."""
        return self.en if language == "en" else self.fr


class DataProviderFile(BaseModel):
    """What a data provider knows of its own registration: a file of fixtures/data_providers."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    platform: str
    title: str
    client_id: str
    client_secret: str
    scopes: tuple[str, ...]
    checktoken_signed_response_alg: SigningAlg = "ES256"
    checktoken_encrypted_response_alg: KeyAlg = "ECDH-ES"
    checktoken_encrypted_response_enc: Literal["A256GCM"] = "A256GCM"


class PlatformAddress(_Strict):
    """Where a platform of the hub is."""

    issuer: str
    internal_base: str
    """The same, for calls from this application (differs in containers)."""
    title: str


class DemoSettings(_Strict):
    """Everything the application needs to start."""

    public_url: str
    internal_url: str = ""
    """The same, for calls of a service to a data provider here (differs in containers); empty: the same."""
    secret_key: str
    keys_folder: Path | None = None
    """Where the RSA keys of services are kept, sealed with `secret_key`; none: they change with each start."""
    platforms: dict[str, PlatformAddress]
    services: dict[str, ServiceFile]
    data_providers: dict[str, DataProviderFile] = {}

    def data_providers_by_slug(self) -> dict[str, DataProviderFile]:
        """Slug (the file's stem) -> data provider, those of absent platforms left out."""
        return {Path(path).stem: one for path, one in self.data_providers.items() if one.platform in self.platforms}

    def by_slug(self) -> dict[str, ServiceFile]:
        """Slug (the file's stem) -> service, those of absent platforms left out."""
        return {Path(path).stem: one for path, one in self.services.items() if one.client.platform in self.platforms}
