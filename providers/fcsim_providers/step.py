"""A second factor under way, found again by its address: in the browser that began it, or on a phone."""

import hmac
from dataclasses import dataclass

from flask import Response, request

from fcsim_providers.answers import show_page
from fcsim_providers.context import Context, current_context
from fcsim_providers.request import NotYours, StepUnknown
from fcsim_providers.storage.accounts import Account, find_by_login
from fcsim_providers.storage.grants import digest
from fcsim_providers.storage.interactions import Interaction, find_interaction
from fcsim_providers.transaction import cookie_name
from fcsim_providers.visit import Visit

ID_BYTES = 24
"""192 bits: the address of a phone page is the only thing that protects it."""
STATUS = {"refused": 403, "dead": 403, "expired": 410, "done": 410}


@dataclass(frozen=True)
class Step:
    """An interaction, and the login it belongs to."""

    visit: Visit
    interaction: Interaction

    @property
    def id(self) -> str:
        """The interaction's id."""
        return self.interaction.id

    @property
    def stage(self) -> str:
        """waiting, approved, refused, dead, done, expired."""
        return self.interaction.stage(self.visit.now)

    @property
    def seconds_left(self) -> int:
        """Whole seconds until it expires."""
        return max(0, int(self.interaction.expires_at - self.visit.now))

    @property
    def url(self) -> str:
        """Its page in the browser."""
        return f"/{self.visit.slug}/step/{self.id}"

    @property
    def phone_url(self) -> str:
        """Its page on the phone, from anywhere."""
        settings = self.visit.context.settings
        return f"{settings.phone_url or settings.public_url}/phone/{self.id}"

    @property
    def short_code(self) -> str:
        """Six digits that both screens show: the same request, not another one's."""
        number = int(self.visit.context.signature("short code", self.id)[:12], 16) % 1_000_000
        return f"{number // 1000:03d} {number % 1000:03d}"

    def account(self) -> Account | None:
        """Whose login it is; None before a card was placed, or when the account went away."""
        if self.interaction.login is None:
            return None
        with self.visit.context.database.read() as connection:
            return find_by_login(connection, self.visit.slug, self.interaction.login)

    def show(self, template: str, status: int = 200, **facts: object) -> Response:
        """A page of this step."""
        visit = self.visit
        facts |= {"step": self, "provider": visit.provider, "cancel_url": visit.cancel_url}
        return show_page(template, status, forms_lead_to=visit.asked.redirect_uri, **facts)

    def ended(self) -> Response:
        """What became of it, for the browser: why, and both ways on."""
        stage = self.stage
        return self.show("ended.html", STATUS.get(stage, 200), stage=stage, reason=self.interaction.reason)


def read_step(slug: str, step_id: str) -> Step:
    """The step of an address, for the browser that began it. Raises StepUnknown, NotYours."""
    step = read_phone(step_id)
    if step.visit.slug != slug:
        raise StepUnknown("step: expected one of this provider, found another's")
    browser = request.cookies.get(cookie_name(slug), "")[:64]
    if not hmac.compare_digest(digest(browser), step.interaction.browser_hash):
        raise NotYours("step: expected the browser that began this login, found another")
    return step


def read_phone(step_id: str) -> Step:
    """The step of an address, for whoever holds the address. Raises StepUnknown."""
    context: Context = current_context()
    with context.database.read() as connection:
        interaction = find_interaction(connection, step_id)
    if interaction is None or interaction.slug not in context.providers:
        raise StepUnknown("step: expected a login under way, found none: it ended, or the address is wrong")
    return Step(Visit(context, context.providers[interaction.slug], interaction.request), interaction)
