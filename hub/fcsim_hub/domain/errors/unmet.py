"""Codes of FranceConnect that no class here bears, because nothing here can lead to them; shown in docs/errors.md."""

import re
from collections.abc import Mapping

UNMET: Mapping[str, str] = {
    "Y020000": "announced for support, no cause is known",
    "Y030002, Y030004, Y030005, Y030006, Y030026, Y030028": "internal failures of FranceConnect's OpenID library",
    "Y0429C56": "every service may ask for `code`; anything else is Y0411646",
    "Y043B018": "an address of return that cannot be read is refused before, as Y030007",
    "Y044EFEA, Y044F260": "a page of a journey without its session is Y190001: interactions have no cookie",
    "Y048192C": "a page of a journey that was answered is Y030025",
    "Y0446BD3": "a grant that expired is gone: Y0489D15",
    "Y0467C9C": "an access token is one row, which names its service",
    "Y041CBDC": "/authorize refuses a request without `openid`",
    "Y049D91E": "a code and its grant are one row: they cannot belong to two people",
    "Y150001, Y150003": "traces are rows of the journal, written with the fact they tell",
    "Y160004, Y160005, Y170001, Y170002": "encryption by a service of its own and by an HSM, which fcsim has not",
    "Y180002": "accounts are looked up and made in one transaction",
    "Y190002, Y190003, Y190005, Y190008, Y190010, Y190011, Y190013, Y190014": "storage of sessions in Redis",
    "Y190009, Y190012": "no cookie, or one this hub did not sign, is Y190001",
    "Y200001, Y200002": "the kind of a provider is validated when it is registered",
    "Y270001, Y270002, Y270003": "mails wait in an outbox: no login meets a failure of the mail server",
    "Y3100xx": "the service of user preferences is part of the hub",
    "Y410001": "there is no reverse proxy whose headers could be missing",
    "Y420002": "a session without a step is Y190004",
    "Y440001, Y440002, Y440003, Y440004, Y440005, Y440006, Y440007, Y440008, Y440009": "internal failures of its JWTs",
    "Y450001, Y460001, Y460002, Y490001, Y490002, Y490003": "internal failures of FranceConnect's own services",
    "Y600007": "defensive in FranceConnect, never met",
}
"""Codes -> why; `xx` stands for any two digits."""


def never_met() -> dict[str, str]:
    """Each of these codes by itself -> why; `Y3100xx` stays the family that the sheets know."""
    return dict(sorted((code, why) for codes, why in UNMET.items() for code in re.findall(r"\bY[0-9A-Fx]+\b", codes)))
