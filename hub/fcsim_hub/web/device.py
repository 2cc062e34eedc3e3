"""The cookie of a trusted device: base64 JSON `{s, e: [{h, d}]}`, signed; only digests (inside-the-hub §14.3)."""

import base64
import json
import secrets

from flask import Response

from fcsim_hub.domain.devices import SALT_MIN, Device, Entry
from fcsim_hub.domain.errors.device import DeviceCookieInvalid, DeviceCookieMalformed
from fcsim_hub.web.cookies import read_cookie, write_cookie
from fcsim_hub.web.hub import Hub


def read_device(hub: Hub) -> Device:
    """The device of this browser, a new one where it shows none of ours. Raises Y510001, Y510002."""
    value = read_cookie(hub, hub.platform.device_cookie)
    if value is None:
        return Device(secrets.token_hex(SALT_MIN))
    try:
        members = json.loads(base64.b64decode(value, validate=True))
    except (ValueError, RecursionError):
        raise DeviceCookieMalformed("expected base64 of a JSON object") from None
    try:
        entries = tuple(Entry(str(one["h"]), float(one["d"]) / 1000) for one in members["e"])
        device = Device(str(members["s"]), entries)
    except (KeyError, TypeError, ValueError):
        raise DeviceCookieInvalid("expected a salt `s` and entries `e` of a digest `h` and a date `d`") from None
    if len(device.salt) < SALT_MIN:
        raise DeviceCookieInvalid(f"expected a salt of {SALT_MIN} characters or more, found {len(device.salt)}")
    return device


def keep_device(hub: Hub, response: Response, device: Device) -> None:
    """Give the browser its device back."""
    entries = [{"h": entry.digest, "d": int(entry.expires_at * 1000)} for entry in device.entries]
    text = json.dumps({"s": device.salt, "e": entries}, separators=(",", ":"))
    value = base64.b64encode(text.encode()).decode()
    seconds = hub.platform.lifetimes.device
    write_cookie(hub, response, hub.platform.device_cookie, value, seconds=seconds)
