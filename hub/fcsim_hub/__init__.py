"""The hub of fcsim: FranceConnect as an OpenID provider toward services and an OpenID client toward providers.

Floors, from the ground up (each imports only what is below it; checked in CI):

    domain      facts and rules of FranceConnect, standard library only
    protocol    OpenID Connect as values: no Flask, no database
    storage     tables and the functions that read and write domain objects
    gateways    everything outbound: identity providers, registry, SMTP
    rooms       the citizen's way, one file a room      endpoints   the machine doors
    console     the control API and the pages people look at, on a port of its own
    app         the composition root of one platform
    stack, cli  `fcsim up`, `fcsim serve`, ...
"""

__version__ = "0.1.0"
