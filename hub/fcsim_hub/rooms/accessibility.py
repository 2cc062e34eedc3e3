"""GET /accessibilite: what is known of how these pages serve everybody (service-provider-side §2). No room: no journey.

FranceConnect has a legal declaration at this address. This is none: it says what the simulator's own pages are built
for, what a machine checks at every change, and what nobody has checked.
"""

from flask import Blueprint, Response

from fcsim_hub.web.pages import render_page

blueprint = Blueprint("accessibility", __name__)


@blueprint.get("/accessibilite")
def accessibility() -> Response:
    """The page, the same for everyone."""
    return render_page("accessibility.html")
