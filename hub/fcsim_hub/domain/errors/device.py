"""The cookie of a trusted device, when it is signed by this hub and yet unreadable (Y51…; inside-the-hub §14.3)."""

from fcsim_hub.domain.errors.base import RECONNECT, HubError


class DeviceCookieMalformed(HubError):
    """The trusted-device cookie bears this hub's signature and is not base64 of JSON."""

    code, status = "Y510001", 400
    error, description = "invalid_request", "required parameter missing or invalid"
    message = RECONNECT
    reproduce = "Sign a cookie `trustedDevice` whose value is not base64 JSON with the hub's secret_key."
    fix = "Delete the cookie: the device is then unknown, and nothing else is lost."


class DeviceCookieInvalid(DeviceCookieMalformed):
    """The trusted-device cookie bears this hub's signature and lacks its salt or its entries."""

    code = "Y510002"
    reproduce = "Sign a cookie `trustedDevice` holding base64 of `{}` with the hub's secret_key."
    fix = "Delete the cookie: the device is then unknown, and nothing else is lost."
