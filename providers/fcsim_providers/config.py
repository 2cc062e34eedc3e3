"""What the application is given. Provider and person files are keyed by their path, so that an error names it."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from fcsim_providers.personality import Personality, State, Strict, unfit_state

SigningAlg = Literal["HS256", "ES256", "RS256"]
KeyAlg = Literal["", "ECDH-ES", "RSA-OAEP", "RSA-OAEP-256"]
ContentAlg = Literal["", "A256GCM"]


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

    @field_validator("simulator", mode="before")
    @classmethod
    def _check_described(cls, table: object) -> object:
        if isinstance(table, dict) and table.keys() == {"slug"}:
            raise PydanticCustomError(
                "undescribed", "Input should be a personality, or the slug of one that another file describes"
            )
        return table

    @property
    def platforms(self) -> tuple[str, ...]:
        """The names of its platforms, one at least."""
        return (self.platform,) if isinstance(self.platform, str) else self.platform

    def accepted(self, callbacks: Mapping[str, list[str]]) -> list[str]:
        """The addresses of its platforms, among those of every platform."""
        return [address for name in self.platforms for address in callbacks.get(name, ())]


class AccountFile(Strict):
    """An account of a person at one provider."""

    login: str
    password: str
    """The password, the app's secret code or the card's code, as the provider goes; of no use where none is asked."""
    state: State = "active"
    claims: dict[str, str] = Field(default_factory=dict)
    """What this provider says differently; an empty text removes the claim."""
    outcome: str | None = None
    mandates: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Of a helper: person helped -> perimeters of the mandate (service-provider-side §4, `rep_scope`)."""


class PersonFile(BaseModel):
    """A file of fixtures/people, less what only the registry needs."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    summary: str = ""
    summary_fr: str = ""
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
    cnie_certified: bool = False
    """Whether their identity card was certified at a town hall or a consulate (inside-the-hub §6.3)."""
    accounts: dict[str, AccountFile] = {}

    @field_validator("birthdate", mode="before")
    @classmethod
    def _read_date(cls, value: object) -> object:
        """TOML has dates of its own: `1991-12-10` without quotes is one."""
        return value.isoformat() if isinstance(value, date) else value


class ProvidersSettings(Strict):
    """Everything the application needs to start."""

    public_url: str
    database_url: str
    callbacks: dict[str, list[str]]
    """Platform -> the hub's accepted redirect_uris."""
    hub_keys: dict[str, str] = Field(default_factory=dict)
    """Platform -> where the hub publishes its encryption keys, as this application reaches it."""
    logout_callbacks: dict[str, list[str]]
    console_url: str
    """Where the console is reached from here: it keeps the mails."""
    control_token: str
    secret_key: str
    phone_url: str = ""
    """Where a real phone reaches this application; `public_url` when empty."""
    test_logins: bool = True
    """Whether quick login and the testers' panels are offered (security-and-reliability H180)."""
    limit_logins: bool = True
    """Whether wrong logins are counted and, past a number, refused for a while (H176)."""
    providers: dict[str, ProviderFile]
    personalities: list[Any] = Field(default_factory=list)
    """The [simulator] tables of all files, also of those left out of `providers`."""
    people: dict[str, PersonFile]

    @model_validator(mode="before")
    @classmethod
    def _share_personalities(cls, values: dict[str, Any]) -> dict[str, Any]:
        """A file whose [simulator] names a slug alone is another registration of the provider that has it."""
        files: dict[str, dict[str, Any]] = values.get("providers", {})
        tables = {path: one["simulator"] for path, one in files.items() if isinstance(one["simulator"], dict)}
        described = [*tables.values(), *(one for one in values.get("personalities", ()) if isinstance(one, dict))]
        whole = {str(table.get("slug")): table for table in reversed(described) if len(table) > 1}
        shared = {path: whole.get(str(table.get("slug")), table) for path, table in tables.items() if len(table) == 1}
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

    @model_validator(mode="after")
    def _check_states(self) -> Self:
        """An account is in a state that accounts of its provider can be in."""
        looks = {file.simulator.slug: file.simulator for file in self.providers.values()}
        for path, person in self.people.items():
            for slug, account in person.accounts.items():
                if slug in looks and (expected := unfit_state(looks[slug], account.state)):
                    raise ValueError(f"{path}: accounts.{slug}.state: {expected}")
        return self

    def people_by_name(self) -> dict[str, PersonFile]:
        """Name (the file's stem) -> person."""
        return {Path(path).stem: person for path, person in self.people.items()}


class Provider(Strict):
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
