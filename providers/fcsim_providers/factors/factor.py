"""What a second factor is."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response

from fcsim_providers.step import Step
from fcsim_providers.storage.accounts import Account
from fcsim_providers.visit import Visit


def _never(_visit: Visit, _account: Account) -> bool:
    return False


def _nothing(_step: Step, _account: Account | None) -> None:
    return


@dataclass(frozen=True, kw_only=True)
class Factor:
    """How a provider makes sure, after its first page."""

    life_seconds: float
    """How long the person has."""
    amr: tuple[str, ...]
    """What the id_token says was done."""
    show: Callable[[Step], Response]
    """The page in the browser while it waits."""
    show_phone: Callable[[Step], Response] | None = None
    """The page on the phone, where there is one."""
    waive: Callable[[Visit, Account], bool] = _never
    """Whether this login goes without."""
    start: Callable[[Step, Account | None], None] = _nothing
    """What happens once the interaction is stored: a code leaves. Outside any transaction."""
    comes_first: bool = False
    """Whether the provider's own factor is still to come."""
    blueprint: Blueprint
    """Its own doors."""
