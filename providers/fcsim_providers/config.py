"""What the application is given. Provider and person files are keyed by their path, so that an error names it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fcsim_providers.identifiers import Kind

SigningAlg = Literal["HS256", "ES256", "RS256"]
KeyAlg = Literal["", "ECDH-ES", "RSA-OAEP", "RSA-OAEP-256"]
ContentAlg = Literal["", "A256GCM"]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(_Strict):
    """What one provider's page says in one language."""

    identifier: str
    """Label of the first field."""
    identifier_hint: str = ""
    secret: str
    """Label of the second field."""
    malformed: str
    """Shown when the identifier cannot be one of this provider's."""
    help: str = ""


class Personality(_Strict):
    """How a provider looks and whom it recognises; the hub ignores this table."""

    slug: Slug
    """First segment of its addresses; several files may share one (one registration for each platform)."""
    monogram: Annotated[str, Field(min_length=1, max_length=2)]
    accent: Colour
    accent_dark: Colour
    identifier: Kind
    secret: Literal["password", "code"] = "password"
    fr: Words
    en: Words

    def words(self, language: str) -> Words:
        """The words of a language."""
        return self.en if language == "en" else self.fr


class ProviderFile(BaseModel):
    """A file of fixtures/providers: what this application needs of the hub's registration, and the personality."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    platform: str | tuple[str, ...]
    """The platform, or platforms, of the hub that this registration is for."""
    title: str
    client_id: str
    client_secret: Annotated[str, Field(min_length=32)]
    allowed_acr: tuple[str, ...]
    amr: tuple[str, ...] = ("fc", "pwd")
    id_token_signed_response_alg: SigningAlg = "ES256"
    id_token_encrypted_response_alg: KeyAlg = ""
    id_token_encrypted_response_enc: ContentAlg = ""
    userinfo_signed_response_alg: SigningAlg | Literal[""] = "ES256"
    userinfo_encrypted_response_alg: KeyAlg = ""
    userinfo_encrypted_response_enc: ContentAlg = ""
    simulator: Personality

    @property
    def platforms(self) -> tuple[str, ...]:
        """The names of its platforms, one at least."""
        return (self.platform,) if isinstance(self.platform, str) else self.platform

    def accepted(self, callbacks: Mapping[str, list[str]]) -> list[str]:
        """The addresses of its platforms, among those of every platform."""
        return [address for name in self.platforms for address in callbacks.get(name, ())]


class AccountFile(_Strict):
    """An account of a person at one provider."""

    login: str
    password: str
    claims: dict[str, str] = {}
    """What this provider says differently; an empty text removes the claim."""
    outcome: str | None = None


class PersonFile(BaseModel):
    """A file of fixtures/people, less what only the registry needs."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    summary: str = ""
    given_names: tuple[str, ...]
    family_name: str
    preferred_username: str = ""
    gender: str
    birthdate: str
    birthplace: str = ""
    birthcountry: str = "99100"
    email: str = ""
    phone_number: str = ""
    address: dict[str, str] = {}
    accounts: dict[str, AccountFile] = {}


class ProvidersSettings(_Strict):
    """Everything the application needs to start."""

    public_url: str
    database_url: str
    callbacks: dict[str, list[str]]
    """Platform -> the hub's accepted redirect_uris."""
    hub_keys: dict[str, str] = {}
    """Platform -> where the hub publishes its encryption keys, as this application reaches it."""
    logout_callbacks: dict[str, list[str]]
    control_token: str
    secret_key: str
    providers: dict[str, ProviderFile]
    people: dict[str, PersonFile]

    @model_validator(mode="before")
    @classmethod
    def _share_personalities(cls, values: dict[str, Any]) -> dict[str, Any]:
        """A file whose [simulator] names a slug alone is another registration of the provider that has it."""
        files: dict[str, dict[str, Any]] = values.get("providers", {})
        tables = {path: one["simulator"] for path, one in files.items() if isinstance(one["simulator"], dict)}
        whole = {table.get("slug"): table for table in reversed(tables.values()) if len(table) > 1}
        shared = {path: whole.get(table.get("slug"), table) for path, table in tables.items() if len(table) == 1}
        return values | {"providers": files | {path: files[path] | {"simulator": shared[path]} for path in shared}}

    @model_validator(mode="after")
    def _check_logins(self) -> Self:
        """A login leads to one person at each provider."""
        owners: dict[tuple[str, str], str] = {}
        for path, person in self.people.items():
            for slug, account in person.accounts.items():
                if (other := owners.setdefault((slug, account.login), path)) != path:
                    expected = f"expected one that nobody has, found the one of {other}"
                    raise ValueError(f"{path}: accounts.{slug}.login: {expected}")
        return self

    def people_by_name(self) -> dict[str, PersonFile]:
        """Name (the file's stem) -> person."""
        return {Path(path).stem: person for path, person in self.people.items()}


class Provider(_Strict):
    """One provider as the application serves it: a personality and the hub clients registered with it."""

    personality: Personality
    title: str
    issuer: str
    clients: dict[str, ProviderFile]
    """client_id -> registration."""

    @property
    def slug(self) -> str:
        """First segment of its addresses."""
        return self.personality.slug

    @property
    def algs(self) -> tuple[str, ...]:
        """Asymmetric algorithms in use: those that need a published key."""
        used = {one.id_token_signed_response_alg for one in self.clients.values()}
        used |= {one.userinfo_signed_response_alg for one in self.clients.values() if one.userinfo_signed_response_alg}
        return tuple(sorted(used - {"HS256"}))


def gather_providers(settings: ProvidersSettings) -> dict[str, Provider]:
    """Slug -> provider, the files that share a slug gathered."""
    found: dict[str, Provider] = {}
    for file in settings.providers.values():
        slug = file.simulator.slug
        clients = (found[slug].clients if slug in found else {}) | {file.client_id: file}
        found[slug] = Provider(
            personality=found[slug].personality if slug in found else file.simulator,
            title=found[slug].title if slug in found else re.sub(r"\+$", "", file.title),
            issuer=f"{settings.public_url}/{slug}",
            clients=clients,
        )
    return found
