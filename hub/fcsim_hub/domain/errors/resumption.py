"""Errors of an authorization that a browser resumes, at /authorize/{uid} (service-provider-side §15.4)."""

from fcsim_hub.domain.errors.base import (
    SESSION_OVER,
    TRY_LATER,
    HubError,
)


class AuthorizationExpired(HubError):
    """The browser resumes an authorization without the session that started it."""

    code, status = "Y04D5AB7", 400
    error, description = "invalid_request", "authorization request has expired"
    message = TRY_LATER
    reproduce = "Open /authorize/{uid} in a browser without session, or once the session has expired."
    fix = "Start again from the service."


class AuthorizationInteractionMissing(AuthorizationExpired):
    """The browser resumes an authorization that was answered."""

    code, description = "Y04CAB72", "interaction session not found"
    reproduce = "Finish a login, then open its /authorize/{uid} again."
    fix = "Start again from the service: an authorization gives one answer."


class AuthorizationMismatch(AuthorizationExpired):
    """The browser resumes another authorization than the one its session is at."""

    code, description = "Y04D7C28", "authorization session and cookie identifier mismatch"
    reproduce = "Start a second login in the same browser, then open /authorize/{uid} of the first."
    fix = "One login at a time in a browser: the second replaces the first."


class LoginOfAnotherSession(AuthorizationExpired):
    """The browser resumes an authorization, and shows the cookie of a login that another session finished."""

    code, description = "Y042BB27", "interaction session and authentication session mismatch"
    reproduce = (
        "Log in with one browser; give its cookie `_session` to another one that is on the consent page, then submit "
        "that page."
    )
    fix = "Let each browser keep the cookies it was given: those of two were mixed, or one was planted."


class PrincipalChanged(AuthorizationExpired):
    """A journey of single sign-on shows the cookie of a login that is another person's."""

    code, description = "Y045253A", "session principal changed"
    message = SESSION_OVER
    reproduce = (
        "Log in as two people in two browsers. In the first, go to a second service up to the consent page; give that "
        "browser the cookie `_session` of the other, and reload the page."
    )
    fix = "Let each browser keep the cookies it was given: those of two were mixed, or one was planted."
