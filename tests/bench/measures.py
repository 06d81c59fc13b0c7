"""What is measured, one function a figure."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.site import CLOSED, OPEN, Site, Visitor

RESULTS = f"/coordination/collectes/{CLOSED}/resultats"
SUBRESOURCE = re.compile(rb'<(?:link|script|img)[^>]*\s(?:href|src)="(/[^"]+)"')


def first_page(site: Site) -> tuple[int, int]:
    """Bytes transferred and requests made for the first page of questions, nothing cached."""
    visitor = Visitor(site.port)
    page = visitor.follow(visitor.get(f"/q/{OPEN}/exercice"))
    if page.status != 200 or b"profession" not in plain(page.body):
        raise RuntimeError(f"no first page: HTTP {page.status}")
    found = {path.decode() for path in SUBRESOURCE.findall(plain(page.body))}
    replies = [page, *(visitor.get(path) for path in sorted(found))]
    if any(reply.status != 200 for reply in replies):
        raise RuntimeError("something that the page needs is missing")
    return sum(len(r.body) + _head(r.headers) for r in replies), len(replies)


def _head(headers: dict[str, str]) -> int:
    return sum(len(name) + len(value) + 4 for name, value in headers.items()) + 17


def plain(body: bytes) -> bytes:
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


def idle_memory(site: Site) -> int:
    """Proportional memory of the largest web worker, in bytes (shared pages are divided)."""
    children = _children(site.supervisor.pid)
    workers = [pid for master in children for pid in _children(master)]
    return max(_pss(pid) for pid in workers)


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()]


def _pss(pid: int) -> int:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    match = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(match[1]) * 1024 if match else 0


def results_page(site: Site) -> tuple[float, float]:
    """Seconds of the first visit ever, and the median of ten later ones."""
    visitor = Visitor(site.port)
    visitor.sign_in()
    cold = visitor.get(RESULTS)
    if cold.status != 200:
        raise RuntimeError(f"no results page: HTTP {cold.status}")
    _until_idle(site)
    for _ in range(4):  # both web workers have read the kept columns once
        visitor.get(RESULTS)
    return cold.seconds, statistics.median(visitor.get(RESULTS).seconds for _ in range(10))


def _until_idle(site: Site) -> None:
    """Wait until the worker has drawn the charts that the page asked for."""
    database = sqlite3.connect(site.instance / "surveyapp.sqlite")
    limit = time.monotonic() + 120
    query = "SELECT count(*) FROM job WHERE state IN ('pending', 'running') AND kind = 'charts'"
    while database.execute(query).fetchone()[0] and time.monotonic() < limit:
        time.sleep(0.2)
    database.close()


def command(site: Site, *words: str, suffix: str) -> tuple[float, float]:
    """Seconds of a whole ``surveyapp`` command that writes a file, and the file's kB.

    Nothing computed before helps it: the cache of the installation is emptied first.
    """
    shutil.rmtree(site.instance / "cache", ignore_errors=True)
    target = site.instance / f"bench.{suffix}"
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "surveyapp.cli", *words, "-o", str(target)],
        env=site.environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - start, target.stat().st_size / 1000


def probe(site: Site, name: str) -> dict[str, float]:
    """Run one figure of :mod:`tests.bench.probe` in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.probe", name],
        env=site.environment,
        check=True,
        capture_output=True,
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures
