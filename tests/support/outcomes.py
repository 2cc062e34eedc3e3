"""What may become of a login at each provider, as people live it: rows of the login matrix (inside-the-hub §6.2).

Each row takes a login from the provider's first page to the page that it ends on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from support.clock import MovableClock
from support.provider_login import ProviderLogin
from support.someone import PIN, WORD, Someone


@dataclass(frozen=True)
class Scene:
    """A person at the first page of a provider."""

    login: ProviderLogin
    someone: Someone
    clock: MovableClock

    def typed(self, password: str = WORD, login: str = "") -> ProviderLogin:
        """The first page, filled in."""
        self.login.type(login=login or self.someone.typed(self.login.name), password=password)
        return self.login

    def phone(self) -> ProviderLogin:
        """The phone, once the first page is behind."""
        return self.typed().phone()

    def card(self, number: str = "", **more: str) -> ProviderLogin:
        """The phone, a card placed on it."""
        phone = self.phone()
        phone.submit("phone-place", card=number or self.someone.card, **more)
        return phone


Act = Callable[[Scene], None]


def typing(scene: Scene, login: str = "", password: str = WORD) -> None:
    scene.typed(password, login)


def in_state(scene: Scene, state: str) -> None:
    assert scene.someone.state(scene.login.name, state) == 200
    scene.typed()


def one_click(scene: Scene, state: str) -> None:
    assert scene.someone.state(scene.login.name, state) == 200
    scene.login.submit("login-form", person=scene.someone.name)


def too_many(scene: Scene) -> None:
    first = scene.login.url, scene.login.answer
    for _ in range(10):
        scene.typed("wrong")
        scene.login.url, scene.login.answer = first
    scene.typed()


def wrong_codes(scene: Scene, times: int) -> None:
    """Of a mail: one that is never right twice in a row."""
    login = scene.typed()
    wrong = f"{(int(scene.someone.codes()[0]) + 1) % 1_000_000:06d}"
    for _ in range(times):
        login.submit("code-form", code=wrong)


def stale_code(scene: Scene) -> None:
    login = scene.typed()
    scene.clock.advance(301)
    login.submit("code-form", code=scene.someone.codes()[0])


def nobody_answers(scene: Scene, seconds: int) -> None:
    login = scene.typed()
    scene.clock.advance(seconds)
    login.look()


def refused(scene: Scene) -> None:
    scene.phone().submit("phone-refuse")
    scene.login.look()


def wrong_on_phone(scene: Scene, times: int) -> None:
    phone = scene.phone()
    for _ in range(times):
        phone.submit("phone-form", code="000")
    scene.login.look()


def placed(scene: Scene, state: str = "active", number: str = "", codes: tuple[str, ...] = ()) -> None:
    """A card in a state, its code typed."""
    assert scene.someone.state("france-identite", state) == 200
    phone = scene.card(number)
    for code in codes:
        phone.submit("phone-form", code=code)
    scene.login.look()


def unreadable(scene: Scene) -> None:
    scene.card(unreadable="yes")
    scene.login.look()


def uncertified(scene: Scene) -> None:
    scene.someone.certify(False)
    placed(scene, codes=(PIN,))
    scene.someone.certify(True)


def states(*names: str) -> dict[str, tuple[int, Act]]:
    """Accounts in trouble, typed and in one click."""
    rows: dict[str, tuple[int, Act]] = {name: (403, partial(in_state, state=name)) for name in names}
    return rows | {f"{name}, one click": (403, partial(one_click, state=name)) for name in names}


PASSWORD: dict[str, tuple[int, Act]] = {
    "not an identifier": (400, partial(typing, login="123")),
    "wrong password": (401, partial(typing, password="wrong")),
    "too many attempts": (429, too_many),
    "provisional code, given up": (200, partial(in_state, state="provisional_code")),
    **states("locked", "no_account", "not_affiliated"),
}
NIR: dict[str, tuple[int, Act]] = PASSWORD | {
    "unknown number": (401, partial(typing, login="2999999999999")),
    "provisional number": (403, partial(typing, login="8910899213002")),
    "wrong key": (400, partial(typing, login="262087510704254")),
}
APPROVAL: dict[str, tuple[int, Act]] = {
    "not an identifier": (400, partial(typing, login="x")),
    "unknown": (401, partial(typing, login="nobody@fcsim.test")),
    "refused": (403, refused),
    "expired": (410, partial(nobody_answers, seconds=121)),
    "one wrong code, given up": (200, partial(wrong_on_phone, times=1)),
    "three wrong codes": (403, partial(wrong_on_phone, times=3)),
    **states("locked", "no_account", "not_installed"),
}
CARD: dict[str, tuple[int, Act]] = {
    "refused": (403, refused),
    "expired": (410, partial(nobody_answers, seconds=301)),
    "unreadable": (200, unreadable),
    "unreadable card": (200, partial(placed, state="unreadable")),
    "unknown card": (200, partial(placed, number="T00000000")),
    "one wrong code, given up": (200, partial(placed, codes=("000",))),
    "blocked by three wrong codes": (403, partial(placed, codes=("000",) * 3)),
    **{state: (403, partial(placed, state=state)) for state in ("blocked", "revoked", "locked")},
    "past its date": (403, partial(placed, state="expired")),
    **{f"{state}, one click": (403, partial(one_click, state=state)) for state in ("blocked", "revoked", "unreadable")},
}
OUTCOMES: dict[str, dict[str, tuple[int, Act]]] = {
    "impots": PASSWORD
    | {
        "unknown number": (401, partial(typing, login="3999999932264")),
        "wrong length": (400, partial(typing, login="312345678901")),
        "one wrong code": (401, partial(wrong_codes, times=1)),
        "six wrong codes": (403, partial(wrong_codes, times=6)),
        "a code too old": (401, stale_code),
        "expired": (410, partial(nobody_answers, seconds=1801)),
    },
    "ameli": NIR,
    "msa": NIR,
    "laposte": APPROVAL,
    "yris": APPROVAL,
    "france-identite": CARD,
}
"""Provider -> what happens -> (status of the last page, what the person does)."""
CERTIFIED_ALONE: dict[str, tuple[int, Act]] = {"not certified": (403, uncertified)}
"""Of France Identité on FranceConnect+ alone."""


def by_mail(scene: Scene) -> None:
    scene.typed().submit("code-form", code=scene.someone.codes()[0])


def on_phone(scene: Scene) -> None:
    code = WORD if scene.login.name == "laposte" else PIN
    scene.phone().submit("phone-form", code=code)
    scene.login.look()


def new_code(scene: Scene) -> None:
    in_state(scene, "provisional_code")
    scene.login.submit("new-secret-form", password="a code of my own", again="a code of my own")


APPROVED: dict[str, dict[str, Act]] = {
    "impots": {"the code of the mail": by_mail},
    "ameli": {"password": typing, "a new code in place of the provisional one": new_code},
    "msa": {"password": typing, "a new code in place of the provisional one": new_code},
    "laposte": {"approved on the phone": on_phone},
    "yris": {"approved on the phone": on_phone},
    "france-identite": {"card and code": partial(placed, codes=(PIN,))},
}
