"""Load client: many respondents at once, each with cookies and CSRF token, in a process of its own.

``python -m tests.bench.client URL SLUG --runs 600 --concurrency 32`` answers the campaign again and
again over HTTP/1.1 and prints one JSON object: runs per second, latencies and errors. The first
run reads the pages as a browser would (forms, fields, hidden values); the others replay it with
the tokens of their own pages, so that the client costs little beside the server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin, urlsplit

import html5lib

HIDDEN = re.compile(rb'<input[^>]*type="hidden"[^>]*>')
ATTRIBUTE = re.compile(rb'(name|value)="([^"]*)"')
MAX_STEPS = 60
#: Filled by the page for browsers without script; ours shows questions as they open.
WITHOUT_SCRIPT = "_hidden"


@dataclass(slots=True)
class Reply:
    status: int
    location: str
    body: bytes
    seconds: float
    received: int


@dataclass(slots=True)
class Browser:
    """One connection with its cookies."""

    host: str
    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    timings: list[float] = field(default_factory=list)

    async def request(self, method: str, path: str, body: str | None = None) -> Reply:
        """Send one request; reconnect once when the server had closed an idle connection."""
        start = time.perf_counter()
        try:
            reply = await self._send(method, path, body)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.close()
            reply = await self._send(method, path, body)
        reply.seconds = time.perf_counter() - start
        self.timings.append(reply.seconds)
        return reply

    async def _send(self, method: str, path: str, body: str | None) -> Reply:
        if self.streams is None:
            self.streams = await asyncio.open_connection(self.host, self.port)
        reader, writer = self.streams
        payload = (body or "").encode()
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}:{self.port}"]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{k}={v}" for k, v in self.cookies.items()))
        if body is not None:
            lines += [
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(payload)}",
            ]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode() + payload)
        head = await reader.readuntil(b"\r\n\r\n")
        return await self._read(reader, head)

    async def _read(self, reader: asyncio.StreamReader, head: bytes) -> Reply:
        first, *lines = head.decode("latin-1").split("\r\n")
        location, length, chunked, close = "", 0, False, False
        for line in lines:
            name, _, value = line.partition(":")
            match name.lower():
                case "set-cookie":
                    key, _, rest = value.strip().partition("=")
                    self.cookies[key] = rest.split(";", 1)[0]
                case "location":
                    location = value.strip()
                case "content-length":
                    length = int(value)
                case "transfer-encoding":
                    chunked = "chunked" in value.lower()
                case "connection":
                    close = "close" in value.lower()
        body = await _chunks(reader) if chunked else await reader.readexactly(length)
        if close:
            self.close()
        return Reply(int(first.split()[1]), location, body, 0.0, len(head) + len(body))

    def close(self) -> None:
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts: list[bytes] = []
    while size := int(await reader.readline(), 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readexactly(2)
    return b"".join(parts)


@dataclass(frozen=True, slots=True)
class Step:
    """One submission: where, and the fields chosen (hidden ones come from the page)."""

    path: str
    fields: tuple[tuple[str, str], ...]
    method: str = "POST"


def hidden_values(body: bytes) -> list[tuple[str, str]]:
    """Hidden fields of a page, with the empty ones."""
    found = []
    for tag in HIDDEN.findall(body):
        attributes = {k: v.decode() for k, v in ATTRIBUTE.findall(tag)}
        if b"name" in attributes and attributes[b"name"] != WITHOUT_SCRIPT:
            found.append((attributes[b"name"], attributes.get(b"value", "")))
    return found


def read_form(body: bytes, page: str) -> Step | None:
    """Fill the page's form as a respondent would: the middle option, a short text, a number."""
    tree = html5lib.parse(body, namespaceHTMLElements=False)
    for form in tree.iter("form"):
        method = form.get("method", "get").upper()
        if form.get("data-bench") == "skip" or "respond" not in (form.get("class") or "respond"):
            continue
        path = urlsplit(urljoin(page, form.get("action") or page)).path
        fields = _fill(form)
        if button := _main_button(form):
            fields.append(button)
        return Step(path, tuple(fields), method)
    return None


def _fill(form: object) -> list[tuple[str, str]]:
    fields: list[tuple[str, str]] = []
    groups: dict[str, list[str]] = {}
    for element in form.iter():  # type: ignore[attr-defined]
        name, kind = element.get("name"), element.get("type", "text")
        if not name or kind in {"hidden", "submit"} or element.get("autocomplete") == "off":
            continue
        if element.tag == "input" and kind in {"radio", "checkbox"}:
            groups.setdefault(name, []).append(element.get("value", "on"))
        elif element.tag == "select":
            options = [o.get("value", "") for o in element.iter("option")]
            fields.append((name, options[len(options) // 2]))
        elif element.tag == "textarea":
            fields.append((name, "Une réponse libre, de la longueur d’une phrase."))
        elif element.tag == "input":
            fields.append(
                (name, "12" if element.get("inputmode") in {"numeric", "decimal"} else "Texte")
            )
    fields += [(name, values[len(values) // 2]) for name, values in groups.items()]
    return fields


def _main_button(form: object) -> tuple[str, str] | None:
    for element in form.iter("button"):  # type: ignore[attr-defined]
        if element.get("name") and "primary" in (element.get("class") or ""):
            return element.get("name"), element.get("value", "")
    return None


async def learn(browser: Browser, start: str) -> list[Step]:
    """Walk the questionnaire once and note what was sent at each page."""
    steps: list[Step] = []
    page, reply = start, await browser.request("GET", start)
    for _ in range(MAX_STEPS):
        while reply.status in {302, 303}:
            page = urlsplit(urljoin(page, reply.location)).path
            reply = await browser.request("GET", page)
        if reply.status != 200:
            raise RuntimeError(f"{page}: HTTP {reply.status}")
        if page.endswith("/merci"):
            return steps
        step = read_form(reply.body, page)
        if step is None:
            link = re.search(rb'href="(/q/[^"]+)"', reply.body)
            if link is None:
                raise RuntimeError(f"{page}: neither a form nor a way on")
            step = Step(link[1].decode(), (), "GET")
        steps.append(step)
        reply, page = await _do(browser, step, reply.body), step.path
        if reply.status == 200 and step.method == "POST" and b"Erreur" in reply.body:
            raise RuntimeError(f"{page}: the page refused {step.fields}")
    raise RuntimeError("the questionnaire does not end")


async def _do(browser: Browser, step: Step, body: bytes) -> Reply:
    if step.method == "GET":
        return await browser.request("GET", step.path)
    return await browser.request(
        "POST", step.path, urlencode(hidden_values(body) + list(step.fields))
    )


async def run_once(browser: Browser, start: str, steps: list[Step]) -> bool:
    """One complete respondent run; false when a page was not what it should be."""
    reply = await browser.request("GET", start)
    page = start
    for step in steps:
        reply = await _do(browser, step, reply.body)
        while reply.status in {302, 303}:
            page = urlsplit(urljoin(step.path, reply.location)).path
            reply = await browser.request("GET", page)
        if reply.status != 200:
            return False
    return page.endswith("/merci")


async def load(url: str, slug: str, *, runs: int, concurrency: int) -> dict[str, float]:
    """Answer ``runs`` times, ``concurrency`` respondents at once."""
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    start = f"/q/{slug}"
    steps = await learn(Browser(host, port), start)
    left = iter(range(runs))
    timings: list[float] = []
    errors = 0

    async def respondent() -> None:
        nonlocal errors
        for _ in left:
            browser = Browser(host, port)
            try:
                errors += not await run_once(browser, start, steps)
            except (OSError, asyncio.IncompleteReadError, ValueError):
                errors += 1
            browser.close()
            timings.extend(browser.timings)

    begin = time.perf_counter()
    await asyncio.gather(*(respondent() for _ in range(concurrency)))
    seconds = time.perf_counter() - begin
    timings.sort()
    return {
        "runs": runs,
        "errors": errors,
        "seconds": seconds,
        "runs_per_second": runs / seconds,
        "requests": len(timings),
        "p50": timings[len(timings) // 2],
        "p95": timings[int(len(timings) * 0.95)],
        "max": timings[-1],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("slug")
    parser.add_argument("--runs", type=int, default=600)
    parser.add_argument("--concurrency", type=int, default=32)
    options = parser.parse_args()
    result = asyncio.run(
        load(options.url, options.slug, runs=options.runs, concurrency=options.concurrency)
    )
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
