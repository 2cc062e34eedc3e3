"""Pages of the hub itself: unknown paths, sessions, navigation, forms (Y000…, Y19…, Y42…, Y47…)."""

from fcsim_hub.domain.errors.base import (
    ABORTED,
    RECONNECT,
    SERVICE_PROBLEM,
    SESSION_OVER,
    TECHNICAL,
    TRY_LATER,
    HubError,
)
from fcsim_hub.domain.words import N_


class Unexpected(HubError):
    """A failure nobody foresaw; the traceback is in the log, under the reference."""

    code = "Y000000"
    message = TRY_LATER
    reproduce = "Not on purpose: it would be a defect of fcsim."
    fix = "Look for the reference of the page in the hub's log, and report the traceback."


class Unavailable(HubError):
    """The hub's database does not answer for the moment, or has more to do than it can."""

    code, status = "Y000503", 503
    error = "temporarily_unavailable"
    message = TRY_LATER
    reproduce = "Stop the PostgreSQL server that FCSIM_DATABASE_URL names, then GET /authorize."
    fix = "Start the database again, and repeat the request: nothing of it was kept. Logins under way go on."


class BadRequest(HubError):
    """A strict route received a parameter it does not take, or lacks one it needs."""

    code, status = "Y000400", 400
    error = "invalid_request"
    headline = N_("This request was refused")
    reproduce = "GET /session/end without id_token_hint, or with a parameter it does not know."
    fix = "Send only the parameters this route takes, each once."


class PageNotFound(HubError):
    """There is nothing at this address, or not with this method."""

    code, status = "Y000404", 404
    headline = N_("Page not found")
    message = N_("There is nothing at this address.")
    reproduce = "GET /api/v2/nowhere, or POST /userinfo."
    fix = "Take addresses from discovery; userinfo is a GET."


class SessionNotFound(HubError):
    """The browser shows no session, or one that has expired."""

    code, status = "Y190001", 401
    error, description = "access_denied", ABORTED
    message = SESSION_OVER
    reproduce = "Delete the session cookie on the choice page, then choose a provider."
    fix = "Keep the hub's cookie; start again from the service when the session is older than its lifetime."


class SessionInvalid(SessionNotFound):
    """The session does not hold what this page needs."""

    code, status = "Y190004", 409
    reproduce = "Open /interaction/{uid}/consent right after /authorize."
    fix = "Follow the hub's redirects in order; do not build its addresses."


class InteractionNotFound(HubError):
    """The session lives, but its interaction is over."""

    code = "Y030025"
    reproduce = "Finish a login, then open its choice page again."
    fix = "Start again from the service: an interaction ends with the answer it gave."


class ClientGone(HubError):
    """The service of this interaction was removed or deactivated meanwhile."""

    code, status = "Y030027", 400
    error, description = "invalid_request", "invalid client_id parameter"
    message = SERVICE_PROBLEM
    reproduce = "Open the choice page, DELETE the client, then reload the page."
    fix = "Keep a client registered while people log in."


class UnexpectedNavigation(HubError):
    """A page that cannot be refreshed was asked again, or the browser went back to it."""

    code, status = "Y420001", 400
    error, description = "access_denied", ABORTED
    message = RECONNECT
    reproduce = "Reload /interaction/{uid}/verify."
    fix = "Do not reload a page that only leads on; start again from the service."


class CsrfInvalid(HubError):
    """The form's token is not the one of this page."""

    code, status = "Y470001", 401
    error, description = "server_error", TECHNICAL
    message = SESSION_OVER
    reproduce = "Post the consent form with another csrfToken."
    fix = "Post the form of the page last shown in this browser."


class CsrfMissing(CsrfInvalid):
    """The form was posted without its token."""

    code, status = "Y470002", 400
    reproduce = "Post /redirect-to-idp without csrfToken."
    fix = "Post the fields of the form, csrfToken included."


class CsrfNotIssued(CsrfInvalid):
    """The session never received a form token."""

    code, status = "Y470003", 401
    reproduce = "Post /redirect-to-idp with a csrfToken before the choice page was shown."
    fix = "Show the page first: it issues the token."


class CsrfConsumed(CsrfInvalid):
    """The form was already posted."""

    code, status = "Y470004", 401
    reproduce = "Post the consent form twice."
    fix = "Post a form once; load its page again for another token."
