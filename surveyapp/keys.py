"""Secrets of an installation: drawn at random on the first start, kept in its folder."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from surveyapp.config import Config, ConfigError

#: Without this file nobody can tell which invitations of an anonymous campaign led to an
#: answer. It is therefore the one secret that a backup does not hold.
INVITATION_KEY = "invitation_key"


def prepare_instance(config: Config) -> Config:
    """Create the folders of the installation and complete ``config`` with its secrets."""
    try:
        for folder in (config.instance, config.documents, config.cache):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return replace(
            config,
            secret_key=config.secret_key or _kept(config.instance / "secret_key"),
            password_salt=config.password_salt or _kept(config.instance / "password_salt"),
            invitation_key=config.invitation_key or _kept(config.instance / INVITATION_KEY),
        )
    except OSError as error:
        raise ConfigError(
            f"Le dossier « {error.filename or config.instance} » ne peut pas être utilisé "
            f"({_reason(error)}) ; donnez à SURVEYAPP_INSTANCE le chemin d’un dossier où le "
            "programme peut écrire."
        ) from None


def totp_key(config: Config) -> str:
    """Key that encrypts the second factors in the database, derived from the salt."""
    return hmac.new(config.password_salt.encode(), b"totp", hashlib.sha256).hexdigest()


def _kept(path: Path) -> str:
    """Content of ``path``; when it does not exist, it is written once, readable by us only.

    Two processes that start together agree: the file appears whole or not at all.
    """
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()


def _reason(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "accès refusé"
    if isinstance(error, FileExistsError | NotADirectoryError):
        return "ce n’est pas un dossier"
    return "disque plein ou illisible"
