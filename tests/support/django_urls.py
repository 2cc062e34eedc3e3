"""The pages of the Django site that tests log in to."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def home(request: HttpRequest) -> HttpResponse:
    """Who is signed in."""
    return HttpResponse(getattr(request.user, "email", "") or "nobody")


urlpatterns = [path("", home), path("oidc/", include("mozilla_django_oidc.urls"))]
