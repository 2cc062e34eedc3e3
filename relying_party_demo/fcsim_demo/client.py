"""Authlib's Flask client, set as FranceConnect needs it.

Three settings that most integrations learn the hard way: `leeway` 0 (its tokens live 60 s, Authlib's default
margin is 60 s too), a nonce of our own (Authlib's has 20 characters, FranceConnect wants 22), and no PKCE
(FranceConnect refuses its parameters).
"""

import secrets
from typing import Any

from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from authlib.oauth2.rfc7523 import PrivateKeyJWT, private_key_jwt_sign
from flask import Flask
from joserfc.jwk import ECKey

from fcsim_demo.config import DemoSettings, Registration, ServiceFile
from fcsim_demo.keys import SIGNING_ALG, DemoKeys

TIMEOUT_SECONDS = 10
NONCE_BYTES = 32
ASSERTION_SECONDS = 60


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

    def revoke(self, token: str) -> Any:
        """The answer to a revocation, which Authlib's session knows and its Flask client does not."""
        where = self.load_server_metadata()["revocation_endpoint"]
        with self._get_oauth_client() as calls:
            return calls.revoke_token(where, token=token)


class DemoOAuth(OAuth):  # type: ignore[misc]  # Authlib ships no type information
    """Authlib's registry with that client."""

    oauth2_client_cls = DirectApp


class SignedAssertion(PrivateKeyJWT):  # type: ignore[misc]  # Authlib ships no type information
    """private_key_jwt with a key of our own, named by its `kid`; Authlib's assertions live an hour, these a minute.

    The audience is the issuer: the token endpoint may bear another host name in containers, the issuer never does.
    """

    def __init__(self, key: ECKey, issuer: str) -> None:
        super().__init__()
        self.key, self.issuer = key, issuer

    def sign(self, auth: Any, token_endpoint: str) -> Any:
        """An assertion that is used once, within a minute."""
        return private_key_jwt_sign(
            self.key,
            client_id=auth.client_id,
            token_endpoint=self.issuer,
            header={"kid": self.key.thumbprint()},
            alg=SIGNING_ALG,
            expires_in=ASSERTION_SECONDS,
        )


def register_services(app: Flask, settings: DemoSettings, keys: DemoKeys) -> DemoOAuth:
    """One Authlib client for each service; metadata are fetched at the first login."""
    registry = DemoOAuth(app)
    for slug, service in settings.by_slug().items():
        platform = settings.platforms[service.client.platform]
        registry.register(
            slug,
            client_id=service.client.client_id,
            client_secret=service.client.client_secret,
            server_metadata_url=f"{platform.internal_base}/.well-known/openid-configuration",
            client_auth_methods=_own_methods(slug, service.client, platform.issuer, keys),
            client_kwargs={
                "scope": service.scope,
                "token_endpoint_auth_method": service.client.token_endpoint_auth_method,
                "revocation_endpoint_auth_method": service.client.token_endpoint_auth_method,
                "leeway": 0,
                "default_timeout": TIMEOUT_SECONDS,
            },
        )
    return registry


def _own_methods(slug: str, registration: Registration, issuer: str, keys: DemoKeys) -> list[SignedAssertion]:
    if registration.token_endpoint_auth_method != "private_key_jwt":
        return []
    return [SignedAssertion(keys.signing(slug), issuer)]


def authorize_parameters(service: ServiceFile, overrides: dict[str, str]) -> dict[str, str]:
    """What the service adds to Authlib's own parameters; empty `claims` are not sent."""
    own = {"acr_values": service.acr_values, "nonce": secrets.token_urlsafe(NONCE_BYTES), "claims": service.claims}
    asked = own | overrides
    return {name: value for name, value in asked.items() if value or name != "claims"}
