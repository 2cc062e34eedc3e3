"""What anybody may look at: the services, one service, its colours, its public keys."""

from flask import Blueprint, Response, jsonify

from fcsim_demo.asking import PROMPTS
from fcsim_demo.config import PlatformAddress, ServiceFile
from fcsim_demo.context import current_login, demo, page, service_page
from fcsim_demo.keys import SIGNING_ALG, published
from fcsim_demo.meanings import LEVELS
from fcsim_demo.scopes import asked

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def index() -> Response:
    """Every service, under its platform."""
    return page("index.html", groups=_groups(), levels=LEVELS)


@blueprint.get("/<slug>/theme.css")
def theme(slug: str) -> Response:
    """The colours of one service."""
    service, _ = demo().service(slug)
    css = (
        f":root{{--accent:{service.accent};--on-accent:#fff}}"
        f"@media (prefers-color-scheme:dark){{:root{{--accent:{service.accent_dark};--on-accent:#14131c}}}}"
    )
    return Response(css, mimetype="text/css", headers={"Cache-Control": "public, max-age=600"})


@blueprint.get("/<slug>/", strict_slashes=False)
def home(slug: str) -> Response:
    """One service: what it is for, what it will ask, and the way in."""
    service, _ = demo().service(slug)
    facts = {"asked": asked(service.scope), "levels": LEVELS, "prompts": PROMPTS}
    return service_page("service.html", slug, login=current_login(slug), **facts)


@blueprint.get("/<slug>/jwks")
def jwks(slug: str) -> Response:
    """The public keys of a service: those the hub encrypts to, and the one that checks its assertions."""
    service, _ = demo().service(slug)
    registration, keys = service.client, demo().keys
    found = [published(keys.encryption(slug, alg), use="enc", alg=alg) for alg in registration.encryption_algs]
    if registration.token_endpoint_auth_method == "private_key_jwt":
        found.append(published(keys.signing(slug), use="sig", alg=SIGNING_ALG))
    return jsonify(keys=found)


def _groups() -> list[tuple[PlatformAddress, dict[str, ServiceFile]]]:
    known = demo()
    groups = [
        (platform, {slug: one for slug, one in known.services.items() if one.client.platform == name})
        for name, platform in known.settings.platforms.items()
    ]
    return [(platform, services) for platform, services in groups if services]
