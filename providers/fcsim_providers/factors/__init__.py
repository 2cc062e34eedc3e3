"""Second factors, one file each: real interactions, stored, with an end (inside-the-hub §6.2).

factor     what a second factor is
mail_code  six digits by e-mail, and devices trusted afterwards
approval   a request on the phone, approved with a secret code
card       a QR code, a card placed on the phone, its six digits
otp        six digits that a card shows, another six each minute
new_secret a provisional code replaced by one's own, before any of the others

A new one is a file here, its line in FACTORS, its name in personality.FactorName, and its templates.
Decision 006 says how they are stored.
"""

from fcsim_providers.factors import approval, card, mail_code, new_secret, otp
from fcsim_providers.factors.factor import Factor

FACTORS: dict[str, Factor] = {
    "mail_code": mail_code.FACTOR,
    "approval": approval.FACTOR,
    "card": card.FACTOR,
    "otp": otp.FACTOR,
    "new_secret": new_secret.FACTOR,
}
