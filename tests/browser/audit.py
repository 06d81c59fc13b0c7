"""What every page must be: quiet, accessible, as wide as its screen, easy to hit."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

RULES = [
    "wcag2a",
    "wcag2aa",
    "wcag21a",
    "wcag21aa",
    "wcag22aa",
    "best-practice",
]


@dataclass
class Watch:
    """What the browser complained of, on every page of a context."""

    complaints: list[str] = field(default_factory=list)


def watch(context: BrowserContext, origin: str) -> Watch:
    """Note script errors, refusals of the security policy, broken or foreign requests."""
    seen = Watch()

    def console(message: ConsoleMessage) -> None:
        text = message.text
        # The browser repeats the status of an error page, which its own test looks at.
        if message.type in {"error", "warning"} and "Failed to load resource" not in text:
            seen.complaints.append(f"console, {message.page and message.page.url}: {text}")

    def request(sent: Request) -> None:
        if not sent.url.startswith((origin, "data:", "blob:")):
            seen.complaints.append(f"foreign request: {sent.url}")

    def response(answer: Response) -> None:
        part = answer.request.resource_type != "document"
        if answer.status >= 500 or (part and answer.status >= 400):
            seen.complaints.append(f"{answer.status}: {answer.url}")

    context.on("console", console)
    context.on("weberror", lambda error: seen.complaints.append(f"script: {error.error}"))
    context.on("request", request)
    context.on("response", response)
    return seen


@lru_cache
def _axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def check_page(page: Page, *, dark: bool = True) -> None:
    """Everything that is asked of a page, whatever is on it."""
    problems = axe_problems(page)
    if dark:
        page.emulate_media(color_scheme="dark")
        problems += [f"dark: {line}" for line in axe_problems(page, only=("color-contrast",))]
        page.emulate_media(color_scheme="light")
    for check in (width_problems, squeezed_problems, target_problems, structure_problems):
        problems += check(page)
    size = page.viewport_size
    assert not problems, f"{page.url} ({size and size['width']} px)\n" + "\n".join(problems)


def axe_problems(page: Page, *, only: tuple[str, ...] = ()) -> list[str]:
    """The violations that axe finds: rule, what to do, the first elements."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_axe())
    run = {"type": "rule", "values": list(only)} if only else {"type": "tag", "values": RULES}
    found: list[dict[str, Any]] = page.evaluate(
        """(run) => axe.run(document, {runOnly: run, resultTypes: ["violations"]})
        .then(result => result.violations.map(v => ({
            id: v.id, help: v.help,
            nodes: v.nodes.slice(0, 4).map(n => n.html.slice(0, 160) + "  // " +
                n.any.concat(n.all, n.none).map(c => c.message).join("; ").slice(0, 240)),
        })))""",
        run,
    )
    return [f"{v['id']}: {v['help']}\n    " + "\n    ".join(v["nodes"]) for v in found]


def width_problems(page: Page) -> list[str]:
    """Elements that make the page wider than its screen."""
    wide = page.evaluate(
        """() => {
            const root = document.documentElement;
            if (root.scrollWidth <= root.clientWidth) return [];
            return [...document.body.querySelectorAll("*")]
                .filter(e => e.getBoundingClientRect().right > root.clientWidth + 1)
                .slice(-3).map(e => e.outerHTML.slice(0, 120));
        }"""
    )
    return [f"wider than the screen: {line}" for line in wide]


#: Main controls take a thumb (44 px); the label of a box or a radio counts with it.
_TARGETS = """() => {
    const seen = e => {
        const style = getComputedStyle(e);
        return e.checkVisibility({visibilityProperty: true}) && style.clipPath === "none"
            && !e.closest(".visually-hidden, .skip-link, .trap, .alert, p, dd, td, .notice-text")
            && e.getClientRects().length > 0;
    };
    const found = [];
    const least = (e, box, pixels) => {
        if (box.height < pixels - 0.5 || box.width < Math.min(pixels, 24) - 0.5)
            found.push(`${Math.round(box.width)}×${Math.round(box.height)}, ${pixels} wanted: ` +
                e.outerHTML.slice(0, 120));
    };
    for (const e of document.querySelectorAll(
        "button, .btn, input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea"))
        if (seen(e)) least(e, e.getBoundingClientRect(), e.matches("th button") ? 24 : 44);
    for (const e of document.querySelectorAll("input[type=radio], input[type=checkbox]")) {
        if (!e.checkVisibility() || e.closest(".trap")) continue;
        const boxes = [e, ...e.labels].map(x => x.getBoundingClientRect());
        const span = (from, to) =>
            Math.max(...boxes.map(b => b[to])) - Math.min(...boxes.map(b => b[from]));
        least(e, {width: span("left", "right"), height: span("top", "bottom")}, 44);
    }
    return found.slice(0, 5);
}"""


def squeezed_problems(page: Page) -> list[str]:
    """Texts that have so little room that they are written letter under letter."""
    found = page.evaluate(
        """() => [...document.body.querySelectorAll("*")].filter(e => {
            const text = [...e.childNodes].filter(n => n.nodeType === 3)
                .map(n => n.data.trim()).join("");
            const box = e.getBoundingClientRect();
            const size = parseFloat(getComputedStyle(e).fontSize);
            return text.length > 4 && box.width > 1 && box.width < 2.5 * size
                && box.height > 3.5 * size;
        }).slice(0, 4).map(e => e.outerHTML.slice(0, 120))"""
    )
    return [f"squeezed text: {line}" for line in found]


def target_problems(page: Page) -> list[str]:
    """Controls that are too small for a thumb."""
    return [f"small target: {line}" for line in page.evaluate(_TARGETS)]


def focus_problems(page: Page) -> list[str]:
    """Elements that look the same with and without the focus of the keyboard."""
    problems: list[str] = []
    page.evaluate("() => document.activeElement.blur()")
    for visited in range(80):
        page.keyboard.press("Tab")
        found = page.evaluate(_FOCUS)
        if found is None:
            assert visited > 5, f"the Tab key only reached {visited} elements"
            break
        if not found["marked"]:
            problems.append(f"no visible focus: {found['html']}")
    return problems


_FOCUS = """() => {
    const e = document.activeElement;
    if (!e || e === document.body || e.dataset.seen) return null;
    e.dataset.seen = "1";
    const marks = x => {
        const style = getComputedStyle(x);
        const outline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
        return outline || style.boxShadow !== "none";
    };
    const label = e.labels && e.labels[0];
    const shown = parseFloat(getComputedStyle(e).opacity) > 0;
    return {
        html: e.outerHTML.slice(0, 120),
        marked: shown ? marks(e) : !!label && marks(label),
    };
}"""


def structure_problems(page: Page) -> list[str]:
    """One main heading, one main part."""
    counts: dict[str, int] = page.evaluate(
        """() => ({
            h1: document.querySelectorAll("h1").length,
            main: document.querySelectorAll("main").length,
        })"""
    )
    problems = []
    if counts["h1"] != 1:
        problems.append(f"{counts['h1']} level 1 headings")
    if counts["main"] != 1:
        problems.append(f"{counts['main']} main landmarks")
    return problems
