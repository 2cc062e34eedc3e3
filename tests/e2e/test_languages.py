"""Every application speaks the language that the browser likes best (RFC 9110 §12.4.2, §12.5.4)."""

import pytest

from support.site import Site, call

PREFERENCES = {
    "en-GB,en;q=0.9,fr;q=0.8": "en",
    "fr;q=0.1, en;q=0.9": "en",
    "en;q=0.1,fr-CA;q=0.9": "fr",
    "en;q=0,fr;q=0.1": "fr",
    "de,en;q=0.5": "en",
    "de": "fr",
    "": "fr",
}


@pytest.mark.parametrize("accepted", PREFERENCES)
@pytest.mark.parametrize("application", ["hub", "providers", "demo", "console"])
def test_a_page_is_in_the_language_that_the_browser_likes_best(site: Site, application: str, accepted: str) -> None:
    place = f"{site.hub}/nowhere" if application == "hub" else f"{getattr(site, application)}/"
    page = call("GET", place, headers={"Accept-Language": accepted}).data.decode()
    assert f'<html lang="{PREFERENCES[accepted]}"' in page
