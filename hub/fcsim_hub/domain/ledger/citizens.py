"""What a citizen meets: pages, cookies, providers, registry, mails."""

from fcsim_hub.domain.ledger.difference import Difference

CITIZENS: tuple[Difference, ...] = (
    Difference(
        id="F03",
        area="registry",
        here="an own, deterministic matching",
        franceconnect="INSEE's is not public",
        why="no source",
    ),
    Difference(
        id="F05",
        area="cookies",
        here=(
            "`fc_session_id` and `_session`; on FranceConnect+ `fc_plus_session_id`, `_plus_session` and "
            "`trustedDevicePlus`: the two share the host `localhost`"
        ),
        franceconnect="also `_interaction`, `_interaction_resume`, `.sig` twins, and a `Domain`",
        why="nobody but the hub reads them",
    ),
    Difference(
        id="F60",
        area="registry",
        here=(
            "asked in the hub's own database: no address, no XML, no wait. An answer is forced for a person "
            '(`"registry": {"outcome": "E010006"}`), whatever their names; a question rectified is one feature away, '
            "always (no strict matching)"
        ),
        franceconnect=(
            "`GET …/Brpp2IdentificationComplet/individus`, six parameters, XML; its mock reads the end of the given "
            "names (`Jean_E010006`) and has canned people (E010014, E010016, multiCog)"
        ),
        why="names stay clean, and a fault is of one person",
    ),
    Difference(
        id="F06",
        area="mail",
        here=(
            'sent for every login, once for each service in a session (`mail_mode = "always"`), written together '
            "with the code, kept in an outbox and retried; `unusual` decides as FranceConnect does"
        ),
        franceconnect="for unusual logins since 2026; sent when the page is submitted; lost when SMTP fails",
        why="a test wants to see it",
    ),
    Difference(
        id="F44",
        area="trusted device",
        here="the cookie is SameSite=Lax, as every other of the hub",
        franceconnect="Strict",
        why="a login without consent page comes by redirects from the provider's site: Strict would lose the device",
    ),
    Difference(
        id="F09",
        area="error page",
        here="a developer explanation, a documentation link",
        franceconnect="none",
        why="judgement is what a simulator is for",
    ),
    Difference(
        id="F10",
        area="HEAD, prefetch",
        here="204 where a page or a call of a journey would be, nothing begun",
        franceconnect="the page's headers (inferred)",
        why="no code to nobody",
    ),
    Difference(
        id="F13",
        area="pages",
        here="own wording and design",
        franceconnect="the State's",
        why="no look-alike",
    ),
    Difference(
        id="F45",
        area="read, never observed",
        here="/authorize takes back the cookie of the login before: until a login ends, a logout is Y100019",
        franceconnect="clears every cookie of its library (inferred)",
        why="kept, and marked",
    ),
    Difference(
        id="F15",
        area="headers, language",
        here=(
            "`X-FCSim: 1` on every answer, `X-FCSim-Explanation` on every error, those told to a service included; "
            "French or English by `?lang=`, a `fcsim_lang` cookie, `ui_locales`"
        ),
        franceconnect="none; `ui_locales` is ignored",
        why="tell the simulator apart; tell a developer why; two languages",
    ),
    Difference(
        id="F17",
        area="not there yet",
        here="absent: the pages of preferences and of the personal dashboard",
        franceconnect="both of them",
        why="the next releases",
    ),
    Difference(
        id="F54",
        area="support",
        here="the button leads to a page of the console that shows what it received; on FranceConnect+ for Y010008 too",
        franceconnect="a form, and for that code a list of steps",
        why="nobody answers here",
    ),
    Difference(
        id="F52",
        area="providers",
        here=(
            "registered by their addresses alone, over plain http too, under any text as uid; `jwks_uri` may be given "
            "where nothing needs it; `kind` stands for the four handlers"
        ),
        franceconnect="a UUID, addresses or discovery, set by its staff; no `jwksURL` without an asymmetric algorithm",
        why="teams of identity providers bring their own",
        lenient=True,
    ),
    Difference(
        id="F42",
        area="accessibility page",
        here="says what is checked of the simulator's own pages and what nobody checked; linked from their footer",
        franceconnect="a legal declaration about the State's pages",
        why="a statement about others' pages would be false",
    ),
    Difference(
        id="F19",
        area="suspicious context",
        here="`X-Suspicious: 1` is honoured from any caller",
        franceconnect="from its own front proxy alone",
        why="there is no proxy on a developer's machine",
        lenient=True,
    ),
    Difference(
        id="F46",
        area="codes of the library",
        here=(
            "Y042BB27 and Y045253A when the login cookie is of another session or person; a page of a journey "
            "without its session is Y190001 (never Y044EFEA, Y044F260), one that was answered Y030025 (never Y048192C)"
        ),
        franceconnect="decided by cookies that its library keeps for each interaction (inferred)",
        why="the session says as much, with one cookie less",
    ),
    Difference(
        id="F20",
        area="registry",
        here="a forced timeout (E010011) answers at once",
        franceconnect="after 6 seconds",
        why="a test has no time to lose",
    ),
    Difference(
        id="F21",
        area="mandates",
        here=(
            "a mandate that does not fit undoes what the login wrote, except its events: the `accountId` in the "
            "FC_VERIFIED of a first login is then of no account"
        ),
        franceconnect="the account keeps it (inferred)",
        why="one request, one transaction",
    ),
    Difference(
        id="F61",
        area="amr",
        here="what each simulated provider asks of people: Aidants Connect `fc otp`, impots.gouv `fc pwd mail`, …",
        franceconnect=(
            "`fc pwd mail` for every account of FranceConnect's development data; what production tells is not "
            "published, for Aidants Connect least of all"
        ),
        why="a service that reads `amr` meets more than one value",
    ),
    Difference(
        id="F56",
        area="identity providers",
        here=(
            "what goes wrong at a provider (no account yet, another scheme, a provisional number or code, no "
            "application, a card past its date) has a page of its own with the way back; "
            "counts, delays and words are ours"
        ),
        franceconnect="each provider's own pages, not public in this detail",
        why="services must meet the way back, not those pages",
    ),
    Difference(
        id="F57",
        area="identity providers, levels",
        here=(
            "France Identité refuses eidas2 and eidas3 to a person without `cnie_certified`, after the card and its "
            "code; a level that a tester chose instead of the one asked is returned to anybody"
        ),
        franceconnect="the refusal's place in the application is not public; the official mock returns any level",
        why="personas must end as they would; a tester must be able to provoke any answer",
    ),
    Difference(
        id="F22",
        area="citizens of other states",
        here="reached by `idp_hint` where a platform shows no button; their level must be one of the provider's",
        franceconnect="FranceConnect+ only",
        why="one rule for every provider",
    ),
    Difference(
        id="F23",
        area="levels, hints",
        here="the redirect that refuses `idp_hint` carries the real `state`",
        franceconnect="the literal `undefined` (inferred)",
        why="a defect is nothing to imitate",
    ),
    Difference(
        id="F39",
        area="read, never observed",
        here=(
            "an absent, forged or foreign session cookie is Y190001, Y190009 and Y190012 are not told apart; the "
            "interaction of another tab or browser is Y190001, an answered one Y030025; `sub.value` in `claims` is "
            "ignored; the session id is rotated at the callback once the provider's answer is verified"
        ),
        franceconnect="the same (inferred)",
        why="kept, and marked",
    ),
    Difference(
        id="F65",
        area="idp_hint",
        here=(
            "a hint to a provider that the service's own filter excludes is Y020023, an allowed one to a provider that "
            "is not active Y020017, as its choice is"
        ),
        franceconnect="the same (inferred)",
        why="kept, and marked",
    ),
)
