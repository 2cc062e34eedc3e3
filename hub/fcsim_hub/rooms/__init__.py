"""The citizen's way, one file a room (service-provider-side §7.1):

    entrance   GET|POST /authorize                  what the service asks, proven; a journey begins
    choice     GET /interaction/:uid                the choice page
               POST /redirect-to-idp                off to the provider
    provider   GET /oidc-callback                   back from the provider, its identity verified
    verify     GET /interaction/:uid/verify         level, registry, account, sub; never a page
    consent    GET /interaction/:uid/consent        information or consent
               POST /login, GET /auto-login         acknowledged
    delivery   GET /authorize/:uid                  the code, or the error, to the service
               GET /redirect-to-sp-with-error       the citizen leaves
    farewell   GET /session/end ...                 logout, the provider's included
    error_page                                      every HubError, for the three who read it

Rooms do not know one another: each ends in `dispatch.onward`, which asks the journey where it leads.
"""
