"""A meeting: 300 telephones vote on one question within 20 seconds, the screen follows.

``python -m tests.bench.meeting URL CODE COOKIES`` plays the telephones and the screen against
a real server and prints one JSON object. Each telephone opens the page, then asks for news
every two to three seconds like the script of the page, and votes at a moment of its own; a
vote that gets no answer is sent again. ``COOKIES`` are those of the presenter, as JSON.

The latency of the screen is measured from the sending of a vote to the first answer in which
the screen counts it: votes are anonymous, so the k-th vote sent is taken for seen when k are
counted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import time
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlencode, urlsplit

from tests.bench.client import Browser

PHONES = 300
SECONDS = 20.0
#: As in ``surveyapp/static/poll-screen.js`` and ``poll-phone.js``.
SCREEN_PAUSE = 1.0
PHONE_PAUSE = (2.0, 3.0)
QUESTION = "engagement"
_CHOICES = ("en_route", "bientot", "non", "ne_sait_pas")
_PROOF = re.compile(rb'data-proof="([^"]+)"')
_TAG = re.compile(rb'"v":"([^"]+)"')
_VOTES = re.compile(rb'"votes":(\d+)')


@dataclass(slots=True)
class Log:
    """What happened: when votes left, what the screen counted and when, what failed."""

    sent: list[float] = field(default_factory=list)
    counted: list[tuple[float, int]] = field(default_factory=list)
    acknowledged: int = 0
    retries: int = 0
    errors: int = 0
    asked: list[float] = field(default_factory=list)
    over: bool = False


async def telephone(host: str, port: int, code: str, start: float, seed: int, log: Log) -> None:
    """One person in the room."""
    chance = Random(seed)
    browser = Browser(host, port)
    path = f"/s/{code}"
    await asyncio.sleep(max(0.0, start - 5 - time.perf_counter()) + chance.random() * 4)
    page = await _patient(browser, "GET", path, None, log)
    proof = _PROOF.search(page)
    if proof is None:
        log.errors += 1
        return
    moment, tag, voted = start + chance.random() * SECONDS, "", False
    while not log.over:
        if not voted and time.perf_counter() >= moment:
            fields = {
                "csrf_token": proof[1].decode(),
                "question": QUESTION,
                "reponse": chance.choice(_CHOICES),
            }
            log.sent.append(time.perf_counter())
            await _patient(browser, "POST", path, urlencode(fields), log)
            log.acknowledged += 1
            voted = True
        body = await _patient(browser, "GET", f"{path}/etat?v={tag}", None, log)
        log.asked.append(browser.timings[-1])
        if found := _TAG.search(body):
            tag = found[1].decode()
        pause = chance.uniform(*PHONE_PAUSE)
        until = min(pause, max(0.0, moment - time.perf_counter())) if not voted else pause
        await asyncio.sleep(until)
    browser.close()


async def _patient(browser: Browser, method: str, path: str, body: str | None, log: Log) -> bytes:
    """Ask until there is an answer."""
    for attempt in range(8):
        try:
            reply = await browser.request(method, path, body)
            if reply.status < 400:
                return reply.body
        except (OSError, asyncio.IncompleteReadError, ValueError):
            browser.close()
        log.retries += 1
        await asyncio.sleep(0.25 * 2**attempt)
    log.errors += 1
    return b""


async def screen(host: str, port: int, code: str, cookies: dict[str, str], log: Log) -> None:
    """The projected page, which asks every second."""
    browser, tag = Browser(host, port, dict(cookies)), ""
    address = f"/coordination/seances/{code}/etat?page=ecran&v="
    while not log.over:
        reply = await browser.request("GET", address + tag)
        if found := _VOTES.search(reply.body):
            log.counted.append((time.perf_counter(), int(found[1])))
        if found := _TAG.search(reply.body):
            tag = found[1].decode()
        await asyncio.sleep(SCREEN_PAUSE)
    browser.close()


async def play(url: str, code: str, cookies: dict[str, str], phones: int) -> dict[str, float]:
    """The whole meeting; it ends when the screen has counted everybody, or a minute after."""
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    log, start = Log(), time.perf_counter() + 6
    tasks = [asyncio.create_task(screen(host, port, code, cookies, log))]
    for seed in range(phones):
        tasks.append(asyncio.create_task(telephone(host, port, code, start, seed, log)))
    limit = start + SECONDS + 60
    while time.perf_counter() < limit:
        await asyncio.sleep(0.2)
        if log.counted and log.counted[-1][1] >= phones:
            break
    log.over = True
    await asyncio.gather(*tasks, return_exceptions=True)
    return figures(log, phones)


def figures(log: Log, phones: int) -> dict[str, float]:
    """Latencies of the screen in seconds, votes lost, and how the server answered telephones."""
    seen = log.counted[-1][1] if log.counted else 0
    delays = sorted(
        next((at for at, count in log.counted if count >= rank), float("inf")) - sent
        for rank, sent in enumerate(sorted(log.sent), start=1)
    ) or [float("inf")]
    asked = sorted(log.asked) or [float("inf")]
    return {
        "phones": phones,
        "lost": log.acknowledged - seen,
        "unsent": phones - log.acknowledged,
        "screen_p50": delays[len(delays) // 2],
        "screen_p95": delays[min(len(delays) - 1, int(len(delays) * 0.95))],
        "screen_max": delays[-1],
        "asked_p95": asked[min(len(asked) - 1, int(len(asked) * 0.95))],
        "requests": len(log.asked) + len(log.sent),
        "retries": log.retries,
        "errors": log.errors,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("code")
    parser.add_argument("cookies")
    parser.add_argument("--phones", type=int, default=PHONES)
    options = parser.parse_args()
    cookies = json.loads(options.cookies)
    result = asyncio.run(play(options.url, options.code, cookies, options.phones))
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
