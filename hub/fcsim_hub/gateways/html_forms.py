"""The forms and marks of an HTML page, as a browser sees them, with the standard library's parser."""

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

Attributes = dict[str, str]


@dataclass
class Form:
    """One form: where it goes, what it holds, the marks of what is inside."""

    action: str
    method: str
    testid: str
    fields: dict[str, str] = field(default_factory=dict)
    marks: set[str] = field(default_factory=set)
    """data-testid of everything inside that can be used (disabled controls are left out)."""
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)
    """data-testid of a button with a value of its own -> the field it sends when it is the one pressed."""

    def pressed(self, mark: str) -> "Form":
        """The form as this button submits it."""
        sent = [self.buttons[mark]] if mark in self.buttons else []
        return replace(self, fields=self.fields | dict(sent))


@dataclass
class Page:
    """What a visitor looks for in a page."""

    title: str
    forms: list[Form]
    texts: dict[str, str]
    """data-testid -> text inside."""

    def form_with(self, mark: str) -> Form | None:
        """The form that holds this mark, or bears it; submitted by it when it is a button."""
        found = next((form for form in self.forms if mark in form.marks or form.testid == mark), None)
        return found.pressed(mark) if found else None


class _Reader(HTMLParser):
    """Collects forms and marked texts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.texts: dict[str, str] = {}
        self.title = ""
        self._form: Form | None = None
        self._select = ""
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found: Attributes = {name: value or "" for name, value in attrs}
        mark = found.get("data-testid", "")
        if tag == "form":
            self._form = Form(found.get("action", ""), found.get("method", "get").lower(), mark)
            self.forms.append(self._form)
        elif self._form is not None and "disabled" not in found:
            self._take(tag, found, mark)
        if tag not in ("input", "meta", "link", "br", "img", "hr"):
            self._open.append((tag, mark))

    def _take(self, tag: str, found: Attributes, mark: str) -> None:
        form = self._form
        if form is None:
            return
        if mark:
            form.marks.add(mark)
        if tag == "input" and found.get("name") and found.get("type") not in ("checkbox", "radio", "submit"):
            form.fields[found["name"]] = found.get("value", "")
        elif tag == "button" and found.get("name"):
            form.buttons[mark] = (found["name"], found.get("value", ""))
        elif tag == "select":
            self._select = found.get("name", "")
        elif tag == "option" and self._select and ("selected" in found or self._select not in form.fields):
            form.fields[self._select] = found.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        for tag, mark in self._open:
            if mark:
                self.texts[mark] = self.texts.get(mark, "") + data
            if tag == "title":
                self.title += data


def read_page(html: str) -> Page:
    """The page of a text."""
    reader = _Reader()
    reader.feed(html)
    return Page(
        reader.title.strip(), reader.forms, {mark: " ".join(text.split()) for mark, text in reader.texts.items()}
    )
