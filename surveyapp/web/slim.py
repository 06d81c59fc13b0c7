"""Stylesheets and scripts without what browsers do not need.

A first page on a telephone must stay below 60 kB: what no public page uses of Bootstrap is
not sent, nor are comments and indentation. Nothing is renamed or rewritten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

#: The classes of Bootstrap that our templates use. A test compares it with the templates.
BOOTSTRAP = frozenset(
    (
        *("alert", "alert-danger", "alert-info", "alert-success", "alert-warning"),
        *("btn", "btn-danger", "btn-link", "btn-outline-danger", "btn-outline-primary"),
        *("btn-outline-secondary",),
        *("btn-primary", "btn-secondary", "btn-sm"),
        *("form-check", "form-check-input", "form-check-label", "form-control"),
        *("form-control-color", "form-label", "form-select", "form-text"),
        *("lead", "table", "text-nowrap", "visually-hidden"),
    )
)
_CLASS = re.compile(r"\.(-?[a-zA-Z_][\w-]*)")
_NOT = re.compile(r":not\([^()]*\)")
_COMMA = re.compile(r",(?![^(]*\))")
_COMMENT = re.compile(r"/\*(?!!).*?\*/", re.DOTALL)
_AROUND = re.compile(r"\s*([{};])\s*")


def bootstrap(css: str) -> str:
    """The rules of a minified Bootstrap that concern :data:`BOOTSTRAP` or no class at all."""
    licence, _, rules = css.partition("*/")
    return f"{licence}*/" + "".join(_kept(rules))


def strip(text: str, suffix: str) -> str:
    """One of our files, lighter; what is neither stylesheet nor script is left alone."""
    made = {".css": style, ".js": script}.get(suffix)
    return made(text) if made else text


def style(css: str) -> str:
    """One of our stylesheets without comments and needless blanks."""
    return _AROUND.sub(r"\1", " ".join(_COMMENT.sub("", css).split()))


def script(source: str) -> str:
    """One of our scripts without comment lines and indentation.

    Lines stay lines. A text over several lines would lose its indentation: we write none.
    """
    kept = re.sub(r"^[ \t]*/\*.*?\*/", "", source, flags=re.DOTALL | re.MULTILINE)
    lines = (line.strip() for line in kept.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def _kept(css: str) -> Iterator[str]:
    for head, body in _rules(css):
        if head.startswith(("@media", "@supports")):
            if inner := "".join(_kept(body)):
                yield f"{head}{{{inner}}}"
        elif head.startswith("@keyframes"):
            continue  # of spinners and progress bars
        elif wanted := ",".join(s for s in _COMMA.split(head) if _concerns_us(s)):
            yield f"{wanted}{{{body}}}"


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Each rule as its selector and what stands between its braces."""
    depth = start = opened = 0
    for at, character in enumerate(css):
        if character == "{":
            depth += 1
            if depth == 1:
                opened = at
        elif character == "}":
            depth -= 1
            if depth == 0:
                yield css[start:opened], css[opened + 1 : at]
                start = at + 1


def _concerns_us(selector: str) -> bool:
    plain = _NOT.sub("", selector)
    return "data-bs-" not in plain and BOOTSTRAP.issuperset(_CLASS.findall(plain))
