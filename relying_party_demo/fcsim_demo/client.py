"""Authlib's Flask client, set as FranceConnect needs it.

Three settings that most integrations learn the hard way: `leeway` 0 (its tokens live 60 s, Authlib's default
margin is 60 s too), a nonce of our own (Authlib's has 20 characters, FranceConnect wants 22), and no PKCE
(FranceConnect refuses its parameters).
"""

import secrets
from typing import Any

from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from flask import Flask

from fcsim_demo.config import DemoSettings, ServiceFile

TIMEOUT_SECONDS = 10
NONCE_BYTES = 32


class DirectApp(FlaskOAuth2App):  # type: ignore[misc]  # Authlib ships no type information
    """Authlib's client without proxies from the environment, which would swallow calls to localhost."""

    def _get_session(self) -> Any:
        session = super()._get_session()
        session.trust_env = False
        return session

    def _get_oauth_client(self, **metadata: Any) -> Any:
        session = super()._get_oauth_client(**metadata)
        session.trust_env = False
        return session


class DemoOAuth(OAuth):  # type: ignore[misc]  # Authlib ships no type information
    """Authlib's registry with that client."""

    oauth2_client_cls = DirectApp


def register_services(app: Flask, settings: DemoSettings) -> DemoOAuth:
    """One Authlib client for each service; metadata are fetched at the first login."""
    registry = DemoOAuth(app)
    for slug, service in settings.by_slug().items():
        platform = settings.platforms[service.client.platform]
        registry.register(
            slug,
            client_id=service.client.client_id,
            client_secret=service.client.client_secret,
            server_metadata_url=f"{platform.internal_base}/.well-known/openid-configuration",
            client_kwargs={
                "scope": service.scope,
                "token_endpoint_auth_method": "client_secret_post",
                "leeway": 0,
                "default_timeout": TIMEOUT_SECONDS,
            },
        )
    return registry


def authorize_parameters(service: ServiceFile, overrides: dict[str, str]) -> dict[str, str]:
    """What the service adds to Authlib's own parameters."""
    own = {"acr_values": service.acr_values, "nonce": secrets.token_urlsafe(NONCE_BYTES)}
    return own | ({"claims": service.claims} if service.claims else {}) | overrides
