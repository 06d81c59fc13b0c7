"""What is left out of stylesheets and scripts changes nothing for who reads a page."""

from __future__ import annotations

import re
from pathlib import Path

import surveyapp
from surveyapp.web import slim
from surveyapp.web.assets import STATIC, build

PACKAGE = Path(surveyapp.__file__).parent
BOOTSTRAP = build("@bootstrap.css", "#1d5c63").data.decode()
COLOUR = "#1d5c63"
#: Words of attributes and of Jinja that are also classes of Bootstrap.
OTHER_WORDS = {"active", "card", "col", "dropdown", "figure", "h1", "mark", "placeholder"}
OTHER_WORDS |= {"progress", "row", "show", "small", "border-top"}
#: Classes of ours that Bootstrap knows too; ours say all that is needed.
OTHER_WORDS |= {"card-link"}


def classes_of_bootstrap() -> set[str]:
    selectors = re.sub(r"\{[^{}]*\}", "{}", BOOTSTRAP)
    return set(re.findall(r"\.(-?[a-zA-Z_][\w-]*)", selectors))


def words_of_templates() -> set[str]:
    found: set[str] = set()
    for path in (PACKAGE / "templates").rglob("*.html"):
        quoted = re.findall(r"""["']([^"'\n]*)["']""", path.read_text("utf-8"))
        attributes = re.findall(r'class="([^"]*)"', path.read_text("utf-8"))
        for text in quoted + attributes:
            found |= set(re.findall(r"[\w-]+", text))
    return found


def test_every_class_of_bootstrap_that_a_template_uses_is_kept() -> None:
    """Somebody who uses another one adds it to ``surveyapp.web.slim.BOOTSTRAP``."""
    used = words_of_templates() & classes_of_bootstrap() - OTHER_WORDS
    assert used - slim.BOOTSTRAP == set()


def test_what_is_kept_of_bootstrap_is_said_as_bootstrap_says_it() -> None:
    kept = slim.bootstrap(BOOTSTRAP)
    assert len(kept) < len(BOOTSTRAP) / 5
    assert kept.count("{") == kept.count("}")
    for rule in (
        "*,::after,::before{box-sizing:border-box}",
        ".form-check-input[type=radio]{border-radius:50%}",
        ".form-check-input:checked{",
    ):
        assert rule in BOOTSTRAP
        assert rule in kept, rule
    assert ".visually-hidden{" in kept
    for gone in (".modal", ".carousel", ".navbar", ".col-md-6", "[data-bs-theme=dark]"):
        assert gone not in kept


def test_the_licence_of_bootstrap_stays() -> None:
    assert build("public.css", COLOUR).data.startswith(b'@charset "UTF-8";/*!')


def test_a_stylesheet_loses_comments_and_blanks_only() -> None:
    source = "/* about */\n.a > .b :hover ,\n.c {\n  margin: 0 auto;\n  content: '« x »';\n}\n"
    assert slim.style(source) == ".a > .b :hover , .c{margin: 0 auto;content: '« x »';}"


def test_a_script_loses_comment_lines_and_indentation_only() -> None:
    source = "/* about\n * it */\n(function () {\n  // why\n  a(/* kept */ '// kept');\n})();\n"
    assert slim.script(source) == "(function () {\na(/* kept */ '// kept');\n})();"


def test_no_script_of_ours_holds_a_text_over_several_lines() -> None:
    """Its indentation would be lost."""
    for path in STATIC.glob("*.js"):
        code = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text("utf-8"), flags=re.DOTALL)
        assert not re.search(r"`[^`]*\n[^`]*`", code), path.name


def test_the_pages_of_a_questionnaire_load_little() -> None:
    assert len(build("public.css", COLOUR).gzipped) < 14_000
    assert len(build("respond.js", COLOUR).gzipped) < 10_000
