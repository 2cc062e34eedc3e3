"""Business events: one row a fact worth tracing, never a name, an e-mail or a registry datum (inside-the-hub §16)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

FRONT, BACK, DISCOVERY = "FRONT_CINEMATIC", "BACK_CINEMATIC", "DISCOVERY"

STEPS: Mapping[str, tuple[str, str]] = {
    "FC_AUTHORIZE_INITIATED": ("1.0.0", FRONT),
    "FC_SSO_INITIATED": ("1.1.0", FRONT),
    "FC_SHOWED_IDP_CHOICE": ("2.0.0", FRONT),
    "FC_REDIRECTED_TO_HINTED_IDP": ("2.1.0", FRONT),
    "IDP_CHOSEN": ("3.0.0", FRONT),
    "IDP_REQUESTED_FC_JWKS": ("3.1.0", DISCOVERY),
    "IDP_CALLEDBACK": ("4.0.0", FRONT),
    "IDP_CALLEDBACK_WITH_ERROR": ("4.0.5", FRONT),
    "FC_REQUESTED_IDP_TOKEN": ("4.1.0", FRONT),
    "FC_REQUESTED_IDP_USERINFO": ("4.2.0", FRONT),
    "FC_REQUESTED_RNIPP": ("4.3.0", FRONT),
    "FC_FAILED_RNIPP": ("4.4.1", FRONT),
    "FC_RECEIVED_VALID_RNIPP": ("4.4.2", FRONT),
    "FC_RECEIVED_DECEASED_RNIPP": ("4.4.3", FRONT),
    "FC_RECEIVED_INVALID_RNIPP": ("4.4.3", FRONT),
    "FC_VERIFIED": ("5.0.0", FRONT),
    "FC_IDP_DISABLED": ("5.1.0", FRONT),
    "FC_IDP_BLACKLISTED": ("5.2.0", FRONT),
    "FC_IDP_INSUFFICIENT_ACR": ("5.3.0", FRONT),
    "FC_VALID_REP_SCOPE": ("5.4.0", FRONT),
    "FC_INVALID_REP_SCOPE": ("5.4.1", FRONT),
    "FC_SHOWED_CONSENT": ("6.1.0", FRONT),
    "FC_DATATRANSFER_INFORMATION_ANONYMOUS": ("6.2.0", FRONT),
    "FC_DATATRANSFER_INFORMATION_IDENTITY": ("6.2.1", FRONT),
    "FC_DATATRANSFER_CONSENT_IDENTITY": ("6.2.2", FRONT),
    "FC_AUTO_LOGIN": ("6.3.0", FRONT),
    "FC_REDIRECTED_TO_SP": ("7.0.0", FRONT),
    "SP_REQUESTED_FC_JWKS": ("7.1.0", DISCOVERY),
    "SP_REQUESTED_FC_TOKEN": ("7.2.0", BACK),
    "SP_REQUESTED_FC_USERINFO": ("7.3.0", BACK),
    "DP_VERIFIED_FC_CHECKTOKEN": ("7.4.0", BACK),
    "DP_USED_INVALID_CREDENTIAL": ("7.4.1", BACK),
    "DP_USED_INVALID_ACCESS_TOKEN": ("7.4.2", BACK),
    "SP_REQUESTED_LOGOUT": ("8.0.0", FRONT),
    "FC_REQUESTED_LOGOUT_FROM_IDP": ("8.1.0", FRONT),
    "FC_SESSION_TERMINATED": ("8.2.0", FRONT),
}
"""Event -> step and category (§16.1)."""

FIELDS = (
    *("hostname", "pid", "logId", "ip", "source.address", "source.port", "source.original_addresses"),
    *("sessionId", "interactionId", "browsingSessionId", "accountId", "isSso", "interactionAcr"),
    *("spId", "spAcr", "spName", "spType", "spSub", "idpId", "idpAcr", "idpName", "idpLabel", "idpSub"),
    *("claims", "scope", "dpId", "dpTitle", "rep_scope"),
    *("deviceTrusted", "deviceIsSuspicious", "deviceAccountCount", "deviceKnown", "deviceNewIdentity"),
    *("deviceBecameTrusted", "deviceBecameShared"),
)
"""What every event holds beside its place in the journal, null where it does not apply (§16.2).

FranceConnect nests `source`; here events are flat.
"""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One trace. `fields` uses FranceConnect's own names (§16.2): sessionId, interactionId, spId, idpId ..."""

    name: str
    flow: str
    """The uid of the journey, empty where there is none."""
    fields: Mapping[str, str | int | bool | None] = field(default_factory=dict)
