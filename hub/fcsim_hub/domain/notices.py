"""Which mail, to whom: the login notification (inside-the-hub §14.1, §14.2), and the code a provider sends.

The words are in the templates.
"""

from dataclasses import dataclass
from typing import Literal

from fcsim_hub.domain.devices import Recognition
from fcsim_hub.domain.identity import PivotIdentity, ProviderIdentity
from fcsim_hub.domain.platforms import MailMode


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One mail to a citizen, as facts; rendered when it is read or sent."""

    id: str
    """Stable: the Message-ID is made of it, so a retry is recognised as the same mail."""
    kind: Literal["connection", "code"]
    to: str
    sender: str
    language: str
    created_at: float
    person: str
    provider: str
    flow: str = ""
    """The uid of the journey that caused it, where the hub knows it."""
    service: str = ""
    platform: str = ""
    browsing_id: str = ""
    code: str = ""
    """Of a provider's second factor; a mail of kind `code` is the only place it is written in clear."""
    minutes: int = 0
    """How long that code lives."""


def should_notify(
    mode: MailMode, client_id: str, notified: tuple[str, ...], device: Recognition | None, *, suspicious: bool
) -> bool:
    """Whether a login is told by mail, the first reason deciding (inside-the-hub §14.1).

    `always`: once for each service in a browsing session. `unusual`: then only where the context is suspicious, the
    identity new on this device, or the device not trusted.
    """
    if mode == "off" or client_id in notified:
        return False
    if mode == "always" or device is None or suspicious or device.new_identity:
        return True
    return not device.is_trusted


def greeting_name(identity: PivotIdentity | ProviderIdentity, answer: ProviderIdentity) -> str:
    """First given name, then the usage name or else the birth name, capitalised."""
    return f"{identity.given_name.partition(' ')[0]} {answer.preferred_username or identity.family_name}".title()
