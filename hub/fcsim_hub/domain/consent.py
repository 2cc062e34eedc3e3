"""Is consent needed, and what does the page list (service-provider-side §6.5, §7.7; inside-the-hub §15.1)."""

from collections.abc import Sequence
from enum import Enum

from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.journey import Request


class Page(Enum):
    """The three variants of the page, each with the event its submission logs."""

    ANONYMOUS = "FC_DATATRANSFER_INFORMATION_ANONYMOUS"
    INFORMATION = "FC_DATATRANSFER_INFORMATION_IDENTITY"
    CONSENT = "FC_DATATRANSFER_CONSENT_IDENTITY"


def which_page(client: Client, scopes: Sequence[str]) -> Page:
    """Nothing but `openid` is anonymous, whoever asks; consent only for private services that declare it."""
    if set(scopes) <= {"openid"}:
        return Page.ANONYMOUS
    return Page.CONSENT if client.consent_required else Page.INFORMATION


def skips_page(client: Client, request: Request) -> bool:
    """`prompt=login` skips the page for a service entitled to every prompt it asked, `consent` not being one.

    So does a silent request, which was refused before where a consent is needed.
    """
    prompts = request.prompts
    entitled = bool(prompts) and set(prompts) <= set(client.allowed_prompts) and "consent" not in prompts
    return request.demands.silent or entitled
