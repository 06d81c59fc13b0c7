"""Columns of a campaign, read once and kept: in this process, and in a file for the others.

Fresh answers are found by comparing the sets of ids. Anonymous rows bear neither a time nor
an ordered id, so there is no watermark, and there must be none. Everything is read again
when the epoch of the campaign or its version changed; with the same epoch the answer of an
id never changes.

A file is replaced as a whole and never trusted: what cannot be read is built again. Several
processes may do the same work at the same time; the result is the same.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from surveyapp.core.columns import Columns, ColumnsError, layout
from surveyapp.core.decoding import build
from surveyapp.core.definition import FormDefinition
from surveyapp.links import settings
from surveyapp.models import Campaign
from surveyapp.store import answers
from surveyapp.store.answers import Fingerprint

#: Campaigns kept in the memory of a process; 48,985 answers take 3 to 6 MB.
_KEPT = 6
#: A file that lags by less than this ratio is not written again.
_LAG = 0.01


@dataclass(eq=False)
class Entry:
    """The columns of a campaign in one state. ``notes`` holds what is derived from them."""

    tag: str
    columns: Columns
    fingerprint: Fingerprint
    notes: dict[Any, Any] = field(default_factory=dict)


_entries: OrderedDict[tuple[Path, int], Entry] = OrderedDict()
_lock = threading.Lock()


def entry_of(campaign: Campaign, definition: FormDefinition) -> Entry:
    """The columns of the submitted answers, as of now."""
    tag = f"{campaign.created_at.isoformat()}:{campaign.version.sha256}:{campaign.epoch}"
    key = (settings().cache, campaign.id)
    found = _entries.get(key)
    if found and found.tag == tag and found.fingerprint == answers.fingerprint(campaign.id):
        return found
    with _lock:
        found = _entries.get(key)
        known = found.columns if found and found.tag == tag else None
        columns = _refresh(campaign.id, definition, tag, known)
        if found is None or found.columns is not columns:
            found = Entry(tag, columns, Fingerprint.of(columns.ids))
        _entries[key] = found
        _entries.move_to_end(key)
        while len(_entries) > _KEPT:
            _entries.popitem(last=False)
        return found


def forget(campaign_id: int) -> None:
    """Drop what is kept of a campaign, the file included: its answers were deleted."""
    with _lock:
        _entries.pop((settings().cache, campaign_id), None)
        _path(campaign_id).unlink(missing_ok=True)


def _refresh(
    campaign_id: int, definition: FormDefinition, tag: str, known: Columns | None
) -> Columns:
    """``known`` itself when nothing changed."""
    stored = _read(campaign_id, definition, tag) if known is None else None
    base = known if known is not None else stored
    ids = answers.submitted_ids(campaign_id)
    if base is None:
        columns = build(definition, answers.documents(campaign_id))
        _write(campaign_id, tag, columns)
        return columns
    # An id too many: the answer was deleted, or this session began before it came.
    present = np.isin(base.ids, ids, assume_unique=True)
    columns = base if present.all() else base.take(present)
    fresh = np.setdiff1d(ids, columns.ids, assume_unique=True)
    if not len(fresh):
        return columns
    many = len(fresh) > len(columns) * _LAG
    columns = columns.append(build(definition, _fresh(campaign_id, fresh.tolist(), all_=many)))
    if many:
        _write(campaign_id, tag, columns)
    return columns


def _fresh(campaign_id: int, ids: list[int], *, all_: bool) -> Any:
    """Documents of new answers; when they are many, picked from all of them in one pass."""
    if not all_ or len(ids) < 5_000:
        return answers.documents_of(campaign_id, ids)
    wanted = set(ids)
    return (pair for pair in answers.documents(campaign_id) if pair[0] in wanted)


def _path(campaign_id: int) -> Path:
    return settings().cache / "columns" / f"{campaign_id}.npz"


def _read(campaign_id: int, definition: FormDefinition, tag: str) -> Columns | None:
    try:
        data = _path(campaign_id).read_bytes()
        return Columns.from_bytes(data, layout(definition), tag=tag)
    except (OSError, ColumnsError):
        return None


def _write(campaign_id: int, tag: str, columns: Columns) -> None:
    """Replace the file in one move; without a file everything works, only slower."""
    path = _path(campaign_id)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
            file.write(columns.to_bytes(tag=tag))
        draft.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
