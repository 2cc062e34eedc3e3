"""The catalogue of FranceConnect's errors: one class per code, its attributes are the specification.

Source: service-provider-side §6.8, §9.4, §10.1, §12.3, §15; inside-the-hub §19.

    HubError
    ├── hub.py          Y000… Y19…  pages: session, navigation, CSRF, account, unknown path
    ├── authorize.py    Y03… Y04…   /authorize: pages and errors redirected to the service
    ├── resumption.py   Y04…        /authorize/{uid}: an authorization that a browser resumes
    ├── provider.py     Y02… Y60…   the identity provider's side
    ├── registry.py     Y01…        the RNIPP's answers
    ├── core.py         Y10… Y52…   levels
    ├── machine.py      Y04…        JSON of the back channel: what it shares, /token/revocation
    ├── client_auth.py  Y04…        JSON: a client that does not prove itself
    ├── grant.py        Y04…        JSON of /token: grant type and code
    ├── bearer.py       Y04…        JSON of /userinfo: the access token
    ├── encryption.py   Y04…        a service's own keys, where its answers are encrypted
    ├── assertion.py    Y04…        private_key_jwt
    ├── device.py       Y51…        the trusted-device cookie
    ├── data_provider.py Y10… Y33… Y44…  JSON of /checktoken
    ├── logout.py       Y04… Y10…   /session/end
    └── unmet.py        the codes that no class bears, and why
"""

from fcsim_hub.domain.errors.base import CATALOGUE, HubError, RedirectedError

__all__ = ["CATALOGUE", "HubError", "RedirectedError"]
