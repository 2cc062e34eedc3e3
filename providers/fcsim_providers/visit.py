"""A login under way at one provider: what every step of it is given."""

import json
from dataclasses import dataclass
from urllib.parse import urlencode

from fcsim_providers.config import Provider
from fcsim_providers.context import Context
from fcsim_providers.request import Request


@dataclass(frozen=True)
class Visit:
    """Who asked, where, and the collaborators."""

    context: Context
    provider: Provider
    asked: Request

    @property
    def slug(self) -> str:
        """First segment of the provider's addresses."""
        return self.provider.slug

    @property
    def now(self) -> float:
        """Seconds since the epoch."""
        return self.context.clock()

    @property
    def cancel_url(self) -> str:
        """Back to the hub without anybody (inside-the-hub §3.11)."""
        return self.answer_url(error="access_denied", error_description="user authentication aborted")

    def answer_url(self, **members: str) -> str:
        """The hub's callback with an answer to this request."""
        return with_query(self.asked.redirect_uri, members | {"state": self.asked.state})

    @property
    def retry_url(self) -> str:
        """This provider's first page, for the same request of the hub."""
        asked = self.asked
        members = {"client_id": asked.client_id, "redirect_uri": asked.redirect_uri, "response_type": "code"}
        members |= {"scope": asked.scope, "state": asked.state, "nonce": asked.nonce, "acr_values": asked.acr}
        if asked.rep_scope is not None:
            members["claims"] = json.dumps({"id_token": {"rep_scope": {"values": list(asked.rep_scope)}}})
        return with_query(f"/{self.slug}/authorize", members)


def with_query(uri: str, members: dict[str, str]) -> str:
    """An address with these members in its query."""
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode(members)}"
