"""How a provider looks, whom it recognises and how it makes sure: the table `[simulator]` of a provider's file."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fcsim_providers.identifiers import Kind

Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$")]
DoorName = Literal["password", "identifier", "app", "country", "helper"]
FactorName = Literal["none", "mail_code", "approval", "card", "otp"]
Level = Literal["eidas1", "eidas2", "eidas3"]
State = Literal[
    "active", "locked", "no_account", "not_affiliated", "provisional_code", "not_installed",
    "blocked", "revoked", "expired", "unreadable",
]  # fmt: skip
"""Of an account: locked by the provider, never opened, of a scheme that is not this one's, opened with a code to be
changed, without its application; or of its card: blocked by wrong codes, revoked, past its date, unreadable."""
NEVER_OPENED: tuple[State, ...] = ("no_account", "not_affiliated")
"""There is nothing to prove: whoever types the identifier is told so."""
Claim = Literal["preferred_username", "gender", "birthplace", "birthcountry", "email", "phone_number", "address"]


PROOF: dict[DoorName, FactorName] = {
    "identifier": "approval",
    "app": "card",
    "country": "none",
    "helper": "otp",
}
"""Doors that ask for no secret, and the factor that must then make sure; `none` where another state does."""


_STATES_BEHIND: dict[DoorName, tuple[State, ...]] = {
    "password": (*NEVER_OPENED, "provisional_code"),
    "identifier": ("no_account", "not_installed"),
    "app": ("blocked", "revoked", "expired", "unreadable"),
}


class Strict(BaseModel):
    """Frozen, and without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(Strict):
    """What one provider's page says in one language."""

    identifier: str
    """Label of the first field, on the computer or on the phone."""
    identifier_hint: str = ""
    secret: str
    """Label of the password, or of the code typed on the phone."""
    malformed: str
    """Shown when the identifier cannot be one of this provider's."""
    help: str = ""
    app: str = ""
    """What the provider's application is called on a phone."""


class Personality(Strict):
    """How a provider looks and whom it recognises; the hub ignores this table."""

    slug: Slug
    """First segment of its addresses; several files may share one (one registration for each platform)."""
    monogram: Annotated[str, Field(min_length=1, max_length=2)]
    accent: Colour
    accent_dark: Colour
    identifier: Kind
    secret: Literal["password", "code"] = "password"
    door: DoorName = "password"
    """What the first page asks: identifier and password, identifier alone, nothing (the phone says who), a country,
    or the address of a helper who then says for whom."""
    factor: FactorName = "none"
    """What comes after it (inside-the-hub §6.2)."""
    certified_levels: tuple[Level, ...] = ()
    """Levels given to people alone whose identity was certified (inside-the-hub §6.1, France Identité)."""
    permanent_nir: bool = False
    """Whether social-security numbers that are still provisional are refused (inside-the-hub §6.3)."""
    withholds: tuple[Claim, ...] = ()
    """Claims this provider says of nobody."""
    fr: Words | None = None
    """None: its pages are in English, whoever comes."""
    en: Words

    @model_validator(mode="after")
    def _check_proof(self) -> Self:
        if (needed := PROOF.get(self.door, self.factor)) != self.factor:
            raise ValueError(f"factor: expected {needed} behind the door {self.door}, found {self.factor}")
        if self.certified_levels and self.factor in ("none", "mail_code"):
            raise ValueError(f"certified_levels: expected none, with the factor {self.factor} that logins may skip")
        if self.permanent_nir and self.identifier != "nir":
            raise ValueError(f"permanent_nir: expected false with the identifier {self.identifier}, found true")
        return self

    @property
    def states(self) -> tuple[State, ...]:
        """What an account here can be in."""
        return ("active", "locked", *_STATES_BEHIND.get(self.door, ()))

    def words(self, language: str) -> Words:
        """The words of a language."""
        return self.fr if language == "fr" and self.fr else self.en


def unfit_state(personality: Personality, state: str) -> str:
    """What was expected of an account's state; empty when it can be in this one."""
    fits = state in personality.states
    return "" if fits else f"expected one of {', '.join(personality.states)}, found {state[:32]!r}"
