"""A person of a test's own, with an account at each provider that has a second factor."""

import re
import secrets
from dataclasses import dataclass

from support.provider_login import ProviderLogin
from support.site import Site

WORD, PIN = "123", "123456"


@dataclass(frozen=True)
class Someone:
    """A person whose logins nobody else uses."""

    site: Site
    name: str
    spi: str
    email: str
    phone: str
    card: str
    nir: str

    @classmethod
    def register(cls, site: Site) -> "Someone":
        """Make them through the control API."""
        token, root = secrets.token_hex(4), f"3{secrets.randbelow(10**9):09d}"
        digits = f"{secrets.randbelow(10**8):08d}"
        someone = cls(
            site,
            name=f"someone-{token}",
            spi=f"{root}{int(root) % 511:03d}",
            email=f"someone.{token}@fcsim.test",
            phone=f"+336{digits}",
            card=f"T{digits}",
            nir=f"2{secrets.randbelow(10**12):012d}",
        )
        app = {"login": someone.email, "password": PIN}
        record = {
            "summary": "Made by a test",
            "given_names": ["Some"],
            "family_name": f"ONE {token}",
            "gender": "female",
            "birthdate": "1990-01-01",
            "birthplace": "75101",
            "email": someone.email,
            "phone_number": someone.phone,
            "cnie_certified": True,
            "accounts": {
                "impots": {"login": someone.spi, "password": WORD},
                "ameli": {"login": someone.nir, "password": WORD},
                "msa": {"login": someone.nir, "password": WORD},
                "laposte": app | {"password": WORD},
                "yris": app,
                "france-identite": {"login": someone.card, "password": PIN},
            },
        }
        status, body = site.api("PUT", f"/people/{someone.name}", record)
        assert status == 201, body
        return someone

    def begin(self, provider: str) -> ProviderLogin:
        """A login of theirs that waits for its second factor (or for a card)."""
        login = ProviderLogin.begin(self.site, provider)
        login.type(login=self.typed(provider), password=WORD)
        return login

    def typed(self, provider: str) -> str:
        """What they type on the first page of a provider."""
        return {"impots": self.spi, "ameli": self.nir, "msa": self.nir}.get(provider, self.email)

    def codes(self) -> list[str]:
        """The codes mailed to them, newest first."""
        _, mails = self.site.api("GET", f"/mails?to={self.email}")
        return [found[0] for mail in mails if (found := re.search(r"\b[0-9]{6}\b", mail["text"]))]

    def certify(self, certified: bool) -> None:
        """Say whether their identity was certified in person."""
        status, body = self.site.api("PATCH", f"/people/{self.name}", {"cnie_certified": certified})
        assert status == 200, body

    def state(self, provider: str, state: str) -> int:
        """Change the state of an account through the console."""
        path = f"/people/{self.name}/accounts/{provider}/state"
        return self.site.api("PUT", path, {"state": state})[0]
