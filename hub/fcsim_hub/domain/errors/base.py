"""What every error of the catalogue carries, for its three readers: the citizen, the service, the developer."""

from typing import ClassVar

from fcsim_hub.domain.words import N_

ABORTED = "user authentication aborted"
TECHNICAL = "authentication aborted due to a technical error on the authorization server"

# What the citizen reads, by family (msgids, translated by the pages).
RECONNECT = N_("A technical error occurred. Close this tab and sign in again from the service.")
SESSION_OVER = N_("Your session has expired or is not valid. Close this tab and sign in again from the service.")
CONTACT = N_("A technical error occurred. If it happens again, contact support with the code below.")
SERVICE_PROBLEM = N_("The service you come from could not be recognised. Try again later from its own page.")
TRY_LATER = N_("An error occurred. Try again later.")
IDENTITY_MISMATCH = N_(
    "Your identity could not be matched with the civil registry. "
    "Check your civil status with the account you used, or choose another account."
)
ACCOUNT_INCOMPLETE = N_("The account you used lacks some of your identity. Complete it, or choose another account.")
CANNOT_CONNECT = N_("These credentials belong to an identity that can no longer be used to sign in.")

SIGNED_IN_STILL = N_(
    "You may still be signed in. Sign out again from the service, or close every window of this browser."
)

CATALOGUE: dict[str, type["HubError"]] = {}


class HubError(Exception):
    """An expected failure. The docstring of each subclass says the cause; `detail` is for the developer only."""

    code: ClassVar[str] = ""
    error: ClassVar[str] = "server_error"
    description: ClassVar[str] = TECHNICAL
    status: ClassVar[int] = 500
    headline: ClassVar[str] = N_("You could not be signed in")
    """What the citizen wanted, and did not get."""
    message: ClassVar[str] = CONTACT
    support: ClassVar[bool] = False
    """Whether the page offers the support button (inside-the-hub §13.3)."""
    reproduce: ClassVar[str] = ""
    """How to meet it with fcsim, on purpose."""
    fix: ClassVar[str] = ""
    """What a developer does about it, for the page's details and docs/errors.md."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail

    def __init_subclass__(cls) -> None:
        if cls.code and CATALOGUE.setdefault(cls.code, cls) is not cls:
            raise TypeError(f"{cls.code} is already {CATALOGUE[cls.code].__name__}")


def errors_by_code() -> dict[str, list[type[HubError]]]:
    """Code on the wire -> the errors that bear it: FranceConnect's library shares one among several."""
    found: dict[str, list[type[HubError]]] = {}
    waiting: list[type[HubError]] = [HubError]
    while waiting:
        error = waiting.pop(0)
        waiting += error.__subclasses__()
        if code := vars(error).get("code") or getattr(error, "public_code", ""):
            found.setdefault(code, []).append(error)
    # Whatever the order in which their modules were imported.
    return {code: sorted(found[code], key=lambda error: (error.__module__, error.__name__)) for code in sorted(found)}


class RedirectedError(HubError):
    """An error told to the service on its redirect_uri, once that address is proven (§6.8, rows "RP")."""

    status = 400
    message = SERVICE_PROBLEM

    def __init__(self, detail: str = "", *, in_fragment: bool = False, **members: str) -> None:
        super().__init__(detail)
        self.in_fragment = in_fragment
        self.members = members
