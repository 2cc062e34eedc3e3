"""Relying parties not written by us, unmodified: mozilla-django-oidc, Requests-OAuthlib.

Authlib's client is in the demo services.
"""

import os
import secrets
from collections.abc import Iterator

import pytest

from fcsim_hub.gateways.visitor import Arrival, Visitor
from fcsim_hub.listeners import Served, bind
from support.relying_party import RelyingParty
from support.site import Site

django = pytest.importorskip("django")
pytest.importorskip("mozilla_django_oidc")
requests_oauthlib = pytest.importorskip("requests_oauthlib")

ALG = "ES256"


# For the whole session: Django is configured once per process, and tests of one module do not run in a row.
@pytest.fixture(scope="session")
def django_site(stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Django site whose only authentication is mozilla-django-oidc, on a socket of its own."""
    from django.conf import settings

    listener = bind("127.0.0.1", 0)
    base, site = f"http://localhost:{listener.port}", Site(stack)
    rp = RelyingParty.register(
        site,
        redirect_uris=[f"{base}/oidc/callback/"],
        post_logout_redirect_uris=[f"{base}/"],
        id_token_signed_response_alg=ALG,
        userinfo_signed_response_alg=ALG,
    )
    settings.configure(
        SECRET_KEY=secrets.token_hex(32),
        ROOT_URLCONF="support.django_urls",
        ALLOWED_HOSTS=["localhost"],
        INSTALLED_APPS=[
            *("django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "mozilla_django_oidc")
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        AUTHENTICATION_BACKENDS=["mozilla_django_oidc.auth.OIDCAuthenticationBackend"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": tmp_path_factory.mktemp("django") / "db.sqlite3",
            }
        },
        USE_TZ=True,
        LOGIN_REDIRECT_URL=f"{base}/",
        SESSION_COOKIE_NAME="django_session",
        OIDC_RP_CLIENT_ID=rp.client_id,
        OIDC_RP_CLIENT_SECRET=rp.secret,
        OIDC_RP_SIGN_ALGO=ALG,
        OIDC_RP_SCOPES="openid given_name family_name email",
        OIDC_AUTH_REQUEST_EXTRA_PARAMS={"acr_values": "eidas1"},
        OIDC_OP_AUTHORIZATION_ENDPOINT=f"{site.issuer}/authorize",
        OIDC_OP_TOKEN_ENDPOINT=f"{site.issuer}/token",
        OIDC_OP_USER_ENDPOINT=f"{site.issuer}/userinfo",
        OIDC_OP_JWKS_ENDPOINT=f"{site.issuer}/jwks",
    )
    # A browser test of this process may have left an event loop in this thread, which Django takes for its own.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    django.setup()
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    call_command("migrate", verbosity=0, run_syncdb=True)
    served = Served("django", get_wsgi_application(), listener, 4)
    served.start()
    yield base
    served.stop()
    from django.db import connections

    connections.close_all()
    rp.forget()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_mozilla_django_oidc_logs_a_person_in(site: Site, django_site: str) -> None:
    visitor = Visitor()
    start = visitor.request("GET", f"{django_site}/oidc/authenticate/")
    end = visitor.walk(start.location, site.traveller("claire-moreau", "ameli"))
    assert isinstance(end, Arrival), end
    answer = visitor.request("GET", end.redirect_to)
    assert (answer.status, answer.location) == (302, f"{django_site}/")
    assert visitor.request("GET", answer.location).text == "claire.moreau@fcsim.test"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_mozilla_django_oidc_refuses_a_person_the_registry_refuses(site: Site, django_site: str) -> None:
    visitor = Visitor()
    start = visitor.request("GET", f"{django_site}/oidc/authenticate/")
    end = visitor.walk(start.location, site.traveller("georges-fabre"))
    assert not isinstance(end, Arrival)
    assert visitor.request("GET", f"{django_site}/").text == "nobody"


@pytest.mark.parametrize("in_form", [None, True], ids=["HTTP Basic, its default", "in the form"])
def test_requests_oauthlib_logs_a_person_in(
    site: Site, rp: RelyingParty, monkeypatch: pytest.MonkeyPatch, in_form: bool | None
) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # its rule is https everywhere
    with requests_oauthlib.OAuth2Session(
        rp.client_id, scope=["openid", "email"], redirect_uri=rp.redirect_uri
    ) as client:
        nonce = secrets.token_urlsafe(32)
        start, _ = client.authorization_url(f"{site.issuer}/authorize", nonce=nonce, acr_values="eidas1")
        end = rp.visitor.walk(start, site.traveller("claire-moreau", "ameli"))
        assert isinstance(end, Arrival), end
        tokens = client.fetch_token(
            f"{site.issuer}/token",
            authorization_response=end.redirect_to,
            client_secret=rp.secret,
            include_client_id=in_form,
        )
        assert rp.verified(tokens["id_token"])["nonce"] == nonce
        assert rp.verified(client.get(f"{site.issuer}/userinfo").text)["email"] == "claire.moreau@fcsim.test"
