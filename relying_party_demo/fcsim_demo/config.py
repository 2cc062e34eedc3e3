"""What the application is given. Service files are keyed by their path, so that an error names it."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

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
    id_token_signed_response_alg: Literal["ES256", "RS256"] = "ES256"
    userinfo_signed_response_alg: Literal["ES256", "RS256"] = "ES256"


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
    checktoken_signed_response_alg: Literal["ES256", "RS256"] = "ES256"
    checktoken_encrypted_response_alg: Literal["ECDH-ES"] = "ECDH-ES"


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
    platforms: dict[str, PlatformAddress]
    services: dict[str, ServiceFile]
    data_providers: dict[str, DataProviderFile] = {}

    def data_providers_by_slug(self) -> dict[str, DataProviderFile]:
        """Slug (the file's stem) -> data provider, those of absent platforms left out."""
        return {Path(path).stem: one for path, one in self.data_providers.items() if one.platform in self.platforms}

    def by_slug(self) -> dict[str, ServiceFile]:
        """Slug (the file's stem) -> service, those of absent platforms left out."""
        return {Path(path).stem: one for path, one in self.services.items() if one.client.platform in self.platforms}
