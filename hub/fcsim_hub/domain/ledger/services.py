"""What a service sees: addresses, requests, tokens, registration."""

from fcsim_hub.domain.ledger.difference import Difference

SERVICES: tuple[Difference, ...] = (
    Difference(
        id="F01",
        area="transport",
        here="http on localhost, cookies not `Secure` over http",
        franceconnect="https only",
        why="a developer's machine",
        lenient=True,
    ),
    Difference(
        id="F02",
        area="redirect_uri",
        here="`localhost` accepted on every client",
        franceconnect="on the sandbox only",
        why="the whole point",
        lenient=True,
    ),
    Difference(
        id="F04",
        area="authorize by POST",
        here="an unknown client is Y04EA6EF",
        franceconnect="Y000000, 500 (inferred)",
        why="a crash is nothing to imitate",
    ),
    Difference(
        id="F41",
        area="redirect_uri",
        here=(
            "stricter: not folded where a browser folds the host (full-width letters, escapes, numbers that are IPv4 "
            "addresses), an empty user name, or the escapes of the query; blanks and `<>` are Y030007"
        ),
        franceconnect="WHATWG normalisation folds them (inferred)",
        why="look-alikes that no registered address needs",
    ),
    Difference(
        id="F07",
        area="userinfo",
        here="plain JSON for a client registered with an empty `userinfo_signed_response_alg`",
        franceconnect="always a JWT",
        why="five known client libraries cannot read the JWT",
        lenient=True,
    ),
    Difference(
        id="F08",
        area="token",
        here="HTTP Basic accepted",
        franceconnect="by accident, undocumented",
        why="client libraries default to it",
        lenient=True,
    ),
    Difference(
        id="F53",
        area="errors told to the service",
        here=(
            "Y100001 goes back as `server_error`; the description of Y100002 has plain spaces; codes of FranceConnect "
            "that nothing here can lead to are listed, with the reason, at the end of `docs/errors.md`"
        ),
        franceconnect="Y100001 names no error (inferred); Y100002 holds two zero-width spaces",
        why="a link back always tells something; what cannot be seen cannot be compared",
    ),
    Difference(
        id="F11",
        area="grant",
        here="dies 30 s after consent: userinfo later is Y0489D15",
        franceconnect="the same (inferred)",
        why="kept, and marked",
    ),
    Difference(
        id="F48",
        area="logout",
        here=(
            "the end of a session ends every code and token it gave, those of other services signed on in it too; it "
            "comes when the provider sends the citizen back: one that never does leaves them signed in; what the "
            "provider sends along (`state`) is not looked at"
        ),
        franceconnect="the same (inferred)",
        why="kept, and marked",
    ),
    Difference(
        id="F12",
        area="discovery",
        here="back-channel endpoints follow a caller that came by the internal host name",
        franceconnect="one host",
        why="containers and browsers must agree on one issuer",
    ),
    Difference(
        id="F40",
        area="discovery, sector identifier",
        here=(
            "`claims_supported` lists what userinfo can give; `/client/.well-known/sector-identifier` holds the one "
            "`redirect_uri` the hub gives providers, for ten minutes; RSA keys have 2048 bits"
        ),
        franceconnect=(
            "claims of data providers too, under names never published; a sector file never observed; 4096 bits "
            "(inferred)"
        ),
        why="a name invented would be relied upon",
    ),
    Difference(
        id="F14",
        area="jwks kid",
        here="`fcsim:ES256:…`",
        franceconnect="`pkcs11:…`",
        why="an RP must not depend on it",
    ),
    Difference(
        id="F16",
        area="sector_identifier_uri",
        here="the document is fetched at each /authorize, from any host",
        franceconnect="when the client record is loaded",
        why="a test may change it",
    ),
    Difference(
        id="F55",
        area="checktoken",
        here="the signed answer works on FranceConnect+ as on FranceConnect",
        franceconnect="known to be broken on FranceConnect+ (inferred)",
        why="a defect is nothing to imitate, and it will be mended",
        lenient=True,
    ),
    Difference(
        id="F18",
        area="registration",
        here="`entity_id`, secrets and names of any length; several clients may share an `entity_id`",
        franceconnect="32 characters and more",
        why="tests want short names",
        lenient=True,
    ),
    Difference(
        id="F24",
        area="posture",
        here=(
            "`standard`, for a platform or a client: unlisted parameters ignored, request objects refused, PKCE S256 "
            "honoured, `prompt`, `max_age` and `id_token_hint` as OpenID Connect means them, `nonce` and `acr_values` "
            "left out by a client that may (`optional_parameters`), addresses compared byte for byte, no token in a "
            "query, userinfo and logout by POST, a logout that ends at the service without session, never logs another "
            "person out and is over here before the provider is asked, a provider's userinfo about another person than "
            "its id_token refused"
        ),
        franceconnect="none",
        why="generic libraries under test",
        lenient=True,
    ),
    Difference(
        id="F26",
        area="read, never observed",
        here=(
            "an empty `acr_values` is the platform's default; `prompt=login none` passes; `idp_hint` in a posted form "
            "is ignored; a second /authorize in a browser replaces the first; `amr` asked "
            "under `userinfo` comes in the id_token; an interaction address that holds no "
            "21 to 60 ASCII characters is an unknown one (Y190001)"
        ),
        franceconnect="the same (inferred)",
        why="kept, and marked",
    ),
    Difference(
        id="F27",
        area="private_key_jwt",
        here=(
            "a client that registers `jwks` or `jwks_uri` may authenticate with an assertion, at /token and "
            "/token/revocation; `token_endpoint_auth_method` may make it the only way"
        ),
        franceconnect="announced by discovery, registered for no service: each is `client_secret_post`",
        why="libraries read discovery; a platform that makes it the rule can be prepared for",
        lenient=True,
    ),
    Difference(
        id="F28",
        area="redirect_uri",
        here="`localhost` accepted on FranceConnect+ too (`allow_localhost` of the platform)",
        franceconnect="Y030007 on FranceConnect+, in integration as in production",
        why="the whole point",
        lenient=True,
    ),
    Difference(
        id="F64",
        area="client secrets",
        here=(
            "`former_client_secret` is accepted beside the new one until `former_client_secret_until`, and the log "
            "says when it was used"
        ),
        franceconnect="one secret: a new one replaces it at once (inferred)",
        why="a change of secret can be rehearsed; leave the member out and it is as there",
        lenient=True,
    ),
    Difference(
        id="F29",
        area="encrypted answers",
        here="when the service's key cannot be had, the code is not spent: it can be redeemed again",
        franceconnect="the code is spent first (inferred)",
        why="a failure of one request must not cost the citizen a login",
        lenient=True,
    ),
    Difference(
        id="F49",
        area="checktoken",
        here=(
            "when the keys of a data provider cannot be had, the description says so (`failed to fetch JWKS`, "
            "`invalid JWKS format`); a token whose client was removed or deactivated is inactive"
        ),
        franceconnect="one general sentence for both; not known (inferred)",
        why="the team of the data provider sees what to mend",
    ),
    Difference(
        id="F33",
        area="FranceConnect v1",
        here=(
            "off unless asked for. As FranceConnect where nothing is known of v1: error codes, unlisted "
            "parameters refused, addresses of return compared, logout addresses registered, a level that is not "
            "served and a refused `idp_hint` told to the service. No `iss` on the callback. checktoken takes "
            "JSON or a form, and answers `client`, `identity_provider_id` and `acr` beside `scope` and "
            "`identity`. Accounts, and the `sub`s stored in them, are those of FranceConnect"
        ),
        franceconnect="closed to new services; mostly never observed (inferred)",
        why="a migration to v2 can be rehearsed",
    ),
    Difference(
        id="F36",
        area="hostile input",
        here=(
            "stricter: a `%` that starts no escape and bytes that are no UTF-8 are Y030007; a member there twice in "
            "`claims` makes it no JSON; "
            "a code of an account deactivated since is an invalid_grant; a userinfo answer is no `id_token_hint`; "
            "20 wrong secrets of a client or 100 failed checks of a data provider from one IP address within a minute "
            "are 429 with `Retry-After` (`limits` in the platform's file, 0 = off)"
        ),
        franceconnect="takes them, limits not published (inferred)",
        why="no honest service sends them, and two readers may understand them differently",
    ),
    Difference(
        id="F38",
        area="addresses the hub fetches",
        here=(
            "http, loopback and private addresses are allowed; other schemes, link-local and metadata addresses are "
            "refused at registration and at each call"
        ),
        franceconnect="https",
        why="services under test live on the developer's machine",
        lenient=True,
    ),
    Difference(
        id="F67",
        area="outage",
        here="a database that is away or too busy is Y000503: 503 with `Retry-After`, a page or JSON",
        franceconnect="Y000000, 500 (inferred)",
        why="whoever comes again a second later succeeds",
    ),
)
