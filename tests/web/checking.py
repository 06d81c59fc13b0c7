"""A browser for tests that looks at every HTML page it fetches.

On each page it checks what must hold everywhere: one ``h1``, a title, French, HTML that
parses, no inline script or style, a policy against them, a CSRF token in every form that
posts, a name for every control, French typography. Tests then say only what is particular.

    page = Browser(client).get("/q/avis")
    page = page.submit("Continuer", note="4")
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

CONTROLS = ("input", "select", "textarea")
#: Texts that people type or that machines read: no typography is expected there.
UNSPOKEN = frozenset({"script", "style", "textarea", "code", "pre", "option"})
#: What html5lib reports although browsers and the standard accept it.
HARMLESS = frozenset({"expected-doctype-but-got-start-tag"})
STRAIGHT = re.compile(r"[A-Za-zÀ-ÿ]'[A-Za-zÀ-ÿ]|\"")
LOOSE = re.compile(r"[A-Za-zÀ-ÿ0-9)»] [;!?:](?!\w|/)|« |\w »")


@dataclass(slots=True)
class Page:
    """A page that was fetched and checked."""

    browser: Browser
    path: str
    response: TestResponse
    tree: Element

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def title(self) -> str:
        return words(next(self.tree.iter("title")))

    @property
    def heading(self) -> str:
        return words(next(self.tree.iter("h1")))

    @property
    def text(self) -> str:
        """What can be read, hidden blocks left out, blanks reduced."""
        return " ".join(visible_text(next(self.tree.iter("body"))).split())

    def find(self, identifier: str) -> Element:
        """The element of that identifier."""
        for element in self.tree.iter():
            if element.get("id") == identifier:
                return element
        raise AssertionError(f"{self.path}: nothing has the identifier {identifier}")

    def has(self, identifier: str) -> bool:
        return any(element.get("id") == identifier for element in self.tree.iter())

    def shown(self, identifier: str) -> bool:
        """Whether that element exists and neither it nor what is around it is hidden."""
        parents = {child: parent for parent in self.tree.iter() for child in parent}
        element: Element | None = self.find(identifier)
        while element is not None:
            if element.get("hidden") is not None:
                return False
            element = parents.get(element)
        return True

    def errors(self) -> list[tuple[str, str]]:
        """The error summary: (identifier that the link leads to, sentence)."""
        if not self.has("erreurs"):
            return []
        links = self.find("erreurs").iter("a")
        return [((link.get("href") or "").partition("#")[2], words(link)) for link in links]

    def link(self, label: str) -> str:
        """The address behind a link that is named ``label``."""
        for link in self.tree.iter("a"):
            if words(link) == label:
                return urljoin(self.path, link.get("href") or "")
        raise AssertionError(f"{self.path}: no link « {label} »")

    def follow(self, label: str) -> Page:
        """Press a link."""
        return self.browser.get(self.link(label))

    def form(self, button: str) -> Element:
        """The form that holds a button named ``button``."""
        for form in self.tree.iter("form"):
            if any(words(b) == button for b in form.iter("button")):
                return form
        raise AssertionError(f"{self.path}: no button « {button} »")

    def fields(self, button: str) -> MultiDict[str, str]:
        """What the browser would send with ``button``, nothing being changed."""
        form = self.form(button)
        sent = MultiDict(_values(form))
        pressed = [b for b in form.iter("button") if words(b) == button][-1]
        if name := pressed.get("name"):
            sent.add(name, pressed.get("value", ""))
        return sent

    def submit(self, button: str, /, **answers: str | list[str] | None) -> Page:
        """Fill the form and press ``button``; ``None`` sends nothing under that name."""
        return self.send(button, answers)

    def send(self, button: str, answers: dict[str, str | list[str] | None]) -> Page:
        """The same with names that are no Python words, such as ``enfants-0-niveau``."""
        sent = self.fields(button)
        known = {e.get("name") for t in CONTROLS for e in self.form(button).iter(t)}
        for name, value in answers.items():
            assert name in known, f"{self.path}: no field {name}"
            sent.poplist(name)
            if value is not None:
                sent.setlist(name, [value] if isinstance(value, str) else value)
        target = urljoin(self.path, self.form(button).get("action") or self.path)
        return self.browser.post(target, sent)


@dataclass(slots=True)
class Browser:
    """Fetches pages, follows redirections, checks each page on the way."""

    client: FlaskClient
    #: Addresses visited, redirections included.
    visited: list[str] = field(default_factory=list)
    #: Texts of questionnaires come from their authors: a test may check them elsewhere.
    typography: bool = True

    def get(self, path: str) -> Page:
        return self._open("GET", path, None)

    def post(self, path: str, data: MultiDict[str, str] | dict[str, str]) -> Page:
        return self._open("POST", path, data)

    def _open(
        self, method: str, path: str, data: MultiDict[str, str] | dict[str, str] | None
    ) -> Page:
        for _ in range(10):
            self.visited.append(path)
            local = urlsplit(path)._replace(scheme="", netloc="", fragment="").geturl()
            response = self.client.open(local, method=method, data=data)
            if response.status_code not in (301, 302, 303, 307):
                return self._page(local, response)
            path, method, data = urljoin(path, response.location), "GET", None
        raise AssertionError(f"{path}: too many redirections")

    def _page(self, path: str, response: TestResponse) -> Page:
        assert response.mimetype == "text/html", f"{path}: {response.mimetype}"
        return Page(self, path, response, check(path, response, typography=self.typography))


def check(path: str, response: TestResponse, *, typography: bool = True) -> Element:
    """Check what must hold on every HTML page; return its tree."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree: Element = parser.parse(response.text)
    faults = [f"{code} at {where}" for where, code, _ in parser.errors if code not in HARMLESS]
    faults += [
        *_outline(tree),
        *_inline(tree),
        *_headers(response),
        *_forms(tree),
        *_names(tree),
        *_identifiers(tree),
    ]
    if typography:
        faults += _typography(tree)
    assert not faults, f"{path}: " + "; ".join(faults)
    return tree


def words(element: Element) -> str:
    """The text of an element, blanks (no-break ones too) reduced to one ordinary space."""
    return " ".join("".join(element.itertext()).split())


def visible_text(element: Element) -> str:
    """The text of an element without what is hidden."""
    if element.get("hidden") is not None or element.tag in ("script", "style"):
        return ""
    parts = [element.text or ""]
    for child in element:
        parts += [" ", visible_text(child), child.tail or ""]
    return "".join(parts)


def _outline(tree: Element) -> Iterator[str]:
    if len(list(tree.iter("h1"))) != 1:
        yield "there is not one h1"
    if not any(words(title) for title in tree.iter("title")):
        yield "no title"
    if tree.get("lang") != "fr":
        yield "the language is not said"


def _inline(tree: Element) -> Iterator[str]:
    for element in tree.iter():
        if element.tag == "style" or (element.tag == "script" and not element.get("src")):
            yield f"inline {element.tag}"
        for name in element.attrib:
            if name == "style" or name.startswith("on"):
                yield f"inline {name} on {element.tag}"


def _headers(response: TestResponse) -> Iterator[str]:
    policy = response.headers.get("Content-Security-Policy", "")
    if "default-src 'self'" not in policy or "unsafe" in policy:
        yield "no strict policy"
    if not response.headers.get("Cache-Control"):
        yield "the page does not say whether it may be kept"


def _forms(tree: Element) -> Iterator[str]:
    for form in tree.iter("form"):
        names = {element.get("name") for element in form.iter("input")}
        if form.get("method", "get").lower() == "post" and "csrf_token" not in names:
            yield f"a form to {form.get('action')} has no CSRF token"


def _names(tree: Element) -> Iterator[str]:
    yield from _control_names(tree)
    for fieldset in tree.iter("fieldset"):
        if not any(child.tag == "legend" and words(child) for child in fieldset):
            yield f"the group {fieldset.get('id')} has no legend"
    for tag in ("button", "a"):
        for element in tree.iter(tag):
            image = any(i.get("alt") for i in element.iter("img"))
            if not (words(element) or element.get("aria-label") or image):
                yield f"a {tag} has no name"
    for image in tree.iter("img"):
        if image.get("alt") is None:
            yield f"the image {image.get('src')} has no alternative"


def _control_names(tree: Element) -> Iterator[str]:
    """Every control is named by a label."""
    labelled = {label.get("for") for label in tree.iter("label") if words(label)}
    wrapped = {control for label in tree.iter("label") for control in label.iter()}
    for tag in CONTROLS:
        for control in tree.iter(tag):
            named = control.get("id") in labelled or control in wrapped
            named = named or control.get("type") in ("hidden", "submit")
            if not (named or control.get("aria-label") or control.get("aria-labelledby")):
                yield f"the control {control.get('name')} has no label"


def _identifiers(tree: Element) -> Iterator[str]:
    found = [element.get("id") for element in tree.iter() if element.get("id")]
    for name in sorted({i for i in found if i and found.count(i) > 1}):
        yield f"two elements have the identifier {name}"
    known = set(found)
    for element in tree.iter():
        for name in ("aria-describedby", "aria-labelledby", "for"):
            for target in (element.get(name) or "").split():
                if target not in known:
                    yield f"{name} leads to {target}, which does not exist"


def _typography(tree: Element) -> Iterator[str]:
    """Apostrophes and quotes are French; what hangs on a word is not torn from it."""
    for element in tree.iter():
        inside = [] if element.tag in UNSPOKEN else [element.text]
        for text in [*inside, *(child.tail for child in element)]:
            if text and (bad := STRAIGHT.search(text) or LOOSE.search(text)):
                yield f"typography near « {text[max(bad.start() - 15, 0) : bad.end() + 15]} »"


def _values(form: Element) -> Iterator[tuple[str, str]]:
    """What a browser sends of a form that nobody touched, buttons left out."""
    for element in form.iter():
        name, kind = element.get("name"), element.get("type", "text")
        if not name or element.get("disabled") is not None:
            continue
        if element.tag == "input" and kind in ("radio", "checkbox"):
            if element.get("checked") is not None:
                yield name, element.get("value", "on")
        elif element.tag == "input" and kind not in ("submit", "button"):
            yield name, element.get("value", "")
        elif element.tag == "textarea":
            yield name, element.text or ""
        elif element.tag == "select":
            options = list(element.iter("option"))
            chosen = [o for o in options if o.get("selected") is not None] or options[:1]
            yield from ((name, option.get("value", words(option))) for option in chosen)
