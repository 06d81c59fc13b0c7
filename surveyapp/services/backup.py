"""The whole of a SQLite installation in one file, taken while it works."""

from __future__ import annotations

import shutil
import sqlite3
import tarfile
import tempfile
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from surveyapp.config import Config
from surveyapp.core.french import typeset

DATABASE = "surveyapp.sqlite"
#: Secrets without which the database cannot be used: sessions, passwords.
KEYS = ("secret_key", "password_salt")
DOCUMENTS = "documents"


class BackupError(Exception):
    """What cannot be saved or restored, in one French sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(typeset(message))


@dataclass(frozen=True, slots=True)
class Saved:
    """What a backup holds."""

    documents: int
    size: int


def backup(config: Config, target: Path) -> Saved:
    """Write database, keys and documents to ``target`` (.tar.gz), readable by us alone."""
    source = _database(config)
    if not source.exists():
        raise BackupError(f"Il n’y a rien à sauvegarder dans « {config.instance} ».")
    if target.exists():
        raise BackupError(f"« {target} » existe déjà ; choisissez un autre nom.")
    count = 0
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        copy = Path(folder) / DATABASE
        with closing(sqlite3.connect(source)) as live:
            # Row after row in the order of their keys: a copy of the pages would keep the order
            # in which answers came, and what was deleted.
            live.execute("VACUUM INTO ?", (str(copy),))
        draft = Path(folder) / "archive"
        with tarfile.open(draft, "w:gz") as archive:
            archive.add(copy, DATABASE)
            for key in KEYS:
                if (config.instance / key).exists():
                    archive.add(config.instance / key, key)
            for path in sorted(config.documents.glob("*")) if config.documents.is_dir() else []:
                with suppress(FileNotFoundError):  # it expired meanwhile
                    archive.add(path, f"{DOCUMENTS}/{path.name}")
                    count += 1
        draft.chmod(0o600)
        draft.rename(target)
    return Saved(count, target.stat().st_size)


def restore(config: Config, source: Path) -> Saved:
    """Put a backup in place of an empty installation; :raises BackupError: not empty."""
    database = _database(config)
    if database.exists() and _has_rows(database):
        raise BackupError(
            f"L’installation « {config.instance} » contient déjà des données ; donnez un dossier "
            "vide avec SURVEYAPP_INSTANCE."
        )
    count = 0
    try:
        with tarfile.open(source, "r:gz") as archive:
            members = {member.name: member for member in archive.getmembers() if member.isfile()}
            if DATABASE not in members:
                raise BackupError(f"« {source} » n’est pas une sauvegarde de surveyapp.")
            for name, member in members.items():
                target = _target(config, database, name)
                content = archive.extractfile(member)
                if target is None or content is None:
                    continue
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                target.unlink(missing_ok=True)
                with content, target.open("wb") as file:
                    target.chmod(0o600)
                    shutil.copyfileobj(content, file)
                count += name.startswith(DOCUMENTS)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BackupError(f"« {source} » ne peut pas être lu en entier ({error}).") from None
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    return Saved(count, source.stat().st_size)


def _target(config: Config, database: Path, name: str) -> Path | None:
    """Where a member of the archive goes; ``None`` for one that we did not write."""
    if name == DATABASE:
        return database
    if name in KEYS:
        return config.instance / name
    folder, _, file = name.partition("/")
    if folder == DOCUMENTS and file and "/" not in file and file not in {".", ".."}:
        return config.documents / file
    return None


def _database(config: Config) -> Path:
    if not config.sqlite:
        raise BackupError(
            "Cette installation est sur PostgreSQL : sauvegardez la base avec pg_dump, et le "
            f"dossier « {config.documents} » avec vos fichiers."
        )
    return Path(sa.make_url(config.database_url).database or "")


def _has_rows(database: Path) -> bool:
    """Whether anybody has an account or anything was published there."""
    with closing(sqlite3.connect(database)) as connection:
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        return any(
            connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()  # noqa: S608
            for table in ("user_account", "form", "campaign")
            if table in names
        )
