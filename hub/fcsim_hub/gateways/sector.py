"""The sector_identifier_uri of a client, checked as FranceConnect does when it loads a client (§6.7, §15.4)."""

import json
from dataclasses import dataclass

from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.errors.authorize import (
    SectorIncomplete,
    SectorNotJson,
    SectorStatus,
    SectorUnreachable,
)
from fcsim_hub.gateways.http import HttpCaller, OutboundFailure


@dataclass(frozen=True)
class Sectors:
    """Checks clients that name a sector document: fetched each time, a service whose file is down has no login."""

    http: HttpCaller

    def check(self, client: Client) -> None:
        """Raises Y04A8220, Y04ED062, Y049E35D or Y04639D8 unless the document lists every redirect_uri."""
        if not client.sector_identifier_uri:
            return
        listed = self._fetch(client.sector_identifier_uri)
        if missing := [uri for uri in client.redirect_uris if uri not in listed]:
            raise SectorIncomplete(f"{client.sector_identifier_uri} does not list {missing[0]!r}")

    def _fetch(self, uri: str) -> list[object]:
        try:
            answer = self.http.get(uri, {"Accept": "application/json"})
        except OutboundFailure as failure:
            raise SectorUnreachable(
                f"{uri}: expected an answer 200, found none ({failure.__cause__.__class__.__name__})"
            ) from None
        if answer.status != 200:
            raise SectorStatus(f"{uri}: expected an answer 200, found {answer.status}")
        try:
            listed = json.loads(answer.body)
        except (ValueError, RecursionError):
            listed = None
        if not isinstance(listed, list):
            raise SectorNotJson(f"{uri}: expected a JSON array of redirect URIs, found something else")
        return listed
