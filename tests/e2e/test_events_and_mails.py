"""Events in their order (inside-the-hub §16.3), and the mail to the citizen (§14), SMTP included."""

import json

import pytest
from aiosmtpd.controller import Controller

from fcsim_hub.gateways.smtp import Postman, backoff
from fcsim_hub.gateways.visitor import Arrival
from fcsim_hub.listeners import bind
from fcsim_hub.storage.database import Database
from fcsim_hub.storage.outbox import find_mail
from support.clock import MovableClock
from support.outbox import with_one_mail
from support.relying_party import RelyingParty, query_of
from support.site import Site, call

TO_PROVIDER = ["FC_AUTHORIZE_INITIATED", "FC_SHOWED_IDP_CHOICE", "IDP_CHOSEN", "IDP_CALLEDBACK"]
TO_REGISTRY = [*TO_PROVIDER, "FC_REQUESTED_IDP_TOKEN", "FC_REQUESTED_IDP_USERINFO", "FC_REQUESTED_RNIPP"]


def names(site: Site, flow: str) -> list[str]:
    return [event["event"] for event in site.events(flow)]


def test_the_nominal_sequence(rp: RelyingParty) -> None:
    end = rp.walk()
    assert isinstance(end, Arrival)
    rp.userinfo(rp.redeem(query_of(end.redirect_to)["code"]).access_token)
    assert names(rp.site, end.flow_id) == [
        *TO_REGISTRY,
        *("FC_RECEIVED_VALID_RNIPP", "FC_VERIFIED", "FC_SHOWED_CONSENT", "FC_DATATRANSFER_INFORMATION_IDENTITY"),
        *("FC_REDIRECTED_TO_SP", "SP_REQUESTED_FC_TOKEN", "SP_REQUESTED_FC_USERINFO"),
    ]


@pytest.mark.parametrize(
    ("person", "last"),
    [("giulia-rossi", "FC_RECEIVED_INVALID_RNIPP"), ("georges-fabre", "FC_RECEIVED_DECEASED_RNIPP")],
)
def test_a_refusal_of_the_registry_leaves_its_trace_and_nothing_else(rp: RelyingParty, person: str, last: str) -> None:
    end = rp.walk(person, "yris")
    assert names(rp.site, end.flow_id) == [*TO_REGISTRY, last]
    assert rp.site.api("GET", f"/mails?flow={end.flow_id}")[1] == []


@pytest.mark.parametrize(
    ("members", "scope", "event"),
    [
        ({}, "openid email", "FC_DATATRANSFER_INFORMATION_IDENTITY"),
        ({}, "openid", "FC_DATATRANSFER_INFORMATION_ANONYMOUS"),
        ({"type": "private"}, "openid email", "FC_DATATRANSFER_INFORMATION_IDENTITY"),
        ({"type": "private", "identity_consent": True}, "openid email", "FC_DATATRANSFER_CONSENT_IDENTITY"),
        ({"type": "private", "identity_consent": True}, "openid", "FC_DATATRANSFER_INFORMATION_ANONYMOUS"),
        ({"type": "public", "identity_consent": True}, "openid email", "FC_DATATRANSFER_INFORMATION_IDENTITY"),
    ],
)
def test_the_consent_matrix(site: Site, members: dict[str, object], scope: str, event: str) -> None:
    rp = RelyingParty.register(site, **members)
    assert event in names(site, rp.walk(scope=scope).flow_id)


def test_events_hold_documented_fields_and_nobody_s_name(rp: RelyingParty) -> None:
    end = rp.walk("claire-moreau", "ameli")
    events = rp.site.events(end.flow_id)
    assert [event["id"] for event in events] == sorted(event["id"] for event in events)
    verified = next(event for event in events if event["event"] == "FC_VERIFIED")
    assert verified["isSso"] is False
    assert (verified["spId"], verified["interactionAcr"], verified["idpAcr"]) == (rp.client_id, "eidas1", "eidas1")
    text = json.dumps(events, ensure_ascii=False)
    for secret in ("MOREAU", "Claire", "LEFÈVRE", "claire.moreau", "2830735238016", "1983"):
        assert secret not in text


def test_each_login_writes_one_mail_in_the_language_of_the_pages(rp: RelyingParty) -> None:
    french = RelyingParty(rp.site, rp.record)
    french.visitor.language = "fr"
    for party, hello in ((rp, "Hello Claire Lefèvre,"), (french, "Bonjour Claire Lefèvre,")):
        end = party.walk("claire-moreau", "ameli")
        status, found = rp.site.api("GET", f"/mails?flow={end.flow_id}&wait=2")
        assert (status, len(found)) == (200, 1)
        mail = rp.site.api("GET", f"/mails/{found[0]['id']}")[1]
        assert mail["to"] == "claire.moreau@fcsim.test"
        assert hello in mail["text"]
        assert hello.replace("'", "&#39;") in mail["html"]
        assert "Service de test" in mail["subject"]
        assert mail["code"] in mail["text"]
        assert mail["code"] == rp.site.events(end.flow_id)[0]["browsingSessionId"]


def test_one_mail_for_each_service_of_a_browsing_session(rp: RelyingParty) -> None:
    other = RelyingParty(rp.site, RelyingParty.register(rp.site).record, rp.visitor)
    counts = [len(rp.site.api("GET", f"/mails?flow={party.walk().flow_id}")[1]) for party in (rp, other, rp, other)]
    assert counts == [1, 1, 0, 0]


def test_an_anonymous_login_is_notified_too(rp: RelyingParty) -> None:
    assert len(rp.site.api("GET", f"/mails?flow={rp.walk(scope='openid').flow_id}")[1]) == 1


def test_mails_are_found_by_recipient_and_forgotten(rp: RelyingParty) -> None:
    flow = rp.walk("reto-frei", "yris").flow_id
    assert rp.site.api("GET", "/mails?to=reto.frei@fcsim.test")[1][0]["flow"] == flow
    assert rp.site.api("DELETE", f"/mails?flow={flow}") == (200, {"deleted": 1})
    assert rp.site.api("GET", f"/mails?flow={flow}")[1] == []


def test_the_mail_page_shows_html_text_and_raw(rp: RelyingParty) -> None:
    flow = rp.walk().flow_id
    mail_id = rp.site.api("GET", f"/mails?flow={flow}")[1][0]["id"]
    for view, mark in (("html", "mail-html"), ("text", "mail-text"), ("raw", "mail-raw")):
        assert f'data-testid="{mark}"' in call("GET", f"{rp.site.console}/mails/{mail_id}?view={view}").data.decode()
    body = call("GET", f"{rp.site.console}/mails/{mail_id}/body")
    assert "sandbox" in body.headers["Content-Security-Policy"]


class Inbox:
    """What a mail server received, and how it answers."""

    def __init__(self) -> None:
        self.received: list[str] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answer.startswith("250"):
            self.received.append(envelope.content.decode())  # type: ignore[attr-defined]
        return self.answer


def free_port() -> int:
    listener = bind("127.0.0.1", 0)
    port = listener.port
    listener.close()
    return port


@pytest.fixture
def outbox(empty_database: Database) -> Database:
    return with_one_mail(empty_database)


def test_r20_r21_a_mail_waits_for_its_server_and_keeps_its_message_id(outbox: Database) -> None:
    clock, port, inbox = MovableClock(), free_port(), Inbox()
    postman = Postman(outbox, f"smtp://127.0.0.1:{port}", clock)
    assert postman.deliver_due() == 0
    with outbox.read() as connection:
        waiting = find_mail(connection, "default", "abc123")
    assert waiting is not None
    assert (waiting.status, waiting.attempts) == ("waiting", 1)
    assert "ConnectionRefusedError" in str(waiting.last_error)
    server = Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        assert postman.deliver_due() == 0, "the back-off has not passed"
        inbox.answer = "451 later"
        clock.advance(backoff(1) + 1)
        assert postman.deliver_due() == 0
        inbox.answer = "250 OK"
        clock.advance(backoff(2) + 1)
        assert postman.deliver_due() == 1
        clock.advance(3600)
        assert postman.deliver_due() == 0, "delivered once"
    finally:
        server.stop()
    assert len(inbox.received) == 1
    head, _, _ = inbox.received[0].partition("\r\n\r\n")
    assert "Message-ID: <abc123@fcsim.test>" in head
    assert "\r\nBcc:" not in head


def test_a_mail_refused_for_good_is_parked_with_its_reason(outbox: Database) -> None:
    inbox = Inbox()
    inbox.answer = "550 no such mailbox"
    server = Controller(inbox, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        Postman(outbox, f"smtp://127.0.0.1:{server.port}", MovableClock()).deliver_due()
    finally:
        server.stop()
    with outbox.read() as connection:
        mail = find_mail(connection, "default", "abc123")
    assert mail is not None
    assert (mail.status, mail.last_error) == ("dead", "refused with 550")


def test_r22_two_postmen_deliver_a_mail_once(outbox: Database) -> None:
    inbox = Inbox()
    server = Controller(inbox, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        clock = MovableClock()
        url = f"smtp://127.0.0.1:{server.port}"
        assert Postman(outbox, url, clock).deliver_due() + Postman(outbox, url, clock).deliver_due() == 1
    finally:
        server.stop()


def test_back_off_grows_to_a_quarter_of_an_hour() -> None:
    assert [backoff(attempt) for attempt in (1, 2, 3, 30)] == [1, 2, 4, 900]


def test_pages_and_mail_speak_the_language_the_service_asked_then_the_one_the_citizen_chose(rp: RelyingParty) -> None:
    rp.visitor.language = "fr"
    start = rp.visitor.request("GET", rp.url(ui_locales="en-GB en")).location
    assert '<html lang="en">' in rp.visitor.request("GET", start).text
    assert '<html lang="fr">' in rp.visitor.request("GET", f"{start}?lang=fr").text
    assert '<html lang="fr">' in rp.visitor.request("GET", start).text
    asked = RelyingParty(rp.site, rp.record)
    asked.visitor.language = "fr"
    flow = asked.walk(ui_locales="en").flow_id
    assert rp.site.api("GET", f"/mails?flow={flow}")[1][0]["language"] == "en"
