"""Configuration, read once from ``SURVEYAPP_*`` variables and checked at start.

:data:`surveyapp.variables.VARIABLES` is the only list of what can be set: the parser, the error
messages and ``docs/configuration.md`` all come from it.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from surveyapp.core.french import typeset
from surveyapp.variables import VARIABLES, ConfigError, Variable

PREFIX = "SURVEYAPP_"
#: Read by the test suite, not by the product.
_TEST_PREFIX = "SURVEYAPP_TEST_"


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that an installation can set. Empty text means « not set »."""

    instance: Path
    database_url: str = ""
    documents_folder: str = ""
    bind: str = "127.0.0.1:8000"
    base_url: str = "http://127.0.0.1:8000"
    proxies: int = 0
    web_workers: int = 2
    web_threads: int = 4
    worker: str = "process"
    redis_url: str = ""
    secret_key: str = ""
    password_salt: str = ""
    invitation_key: str = ""
    mail_server: str = ""
    mail_port: int = 25
    mail_security: str = "none"
    mail_username: str = ""
    mail_password: str = ""
    mail_from: str = "ne-pas-repondre@localhost"
    mail_timeout: int = 20
    mail_per_minute: int = 0
    solicitations_per_month: int = 4
    demo_password: str = ""
    min_fill_seconds: int = 0
    dossier_quota: int = 50
    uploads_quota: int = 2000
    clamav: str = ""
    testing: bool = False

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Config:
        """Read and check every variable; raise :class:`ConfigError` on the first fault."""
        _refuse_unknown(environ)
        values = {v.field: v.read(environ) for v in VARIABLES}
        config = cls(**values)  # type: ignore[arg-type]
        _check_together(config)
        return config

    @property
    def documents(self) -> Path:
        """Where produced files lie."""
        return Path(self.documents_folder) if self.documents_folder else self.instance / "documents"

    @property
    def cache(self) -> Path:
        return self.instance / "cache"

    @property
    def mails(self) -> Path:
        """Where mails are written when no SMTP server is set."""
        return self.instance / "mails"

    @property
    def secure(self) -> bool:
        """Whether visitors come over https."""
        return self.base_url.startswith("https://")

    @property
    def sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = [v.name for v in VARIABLES]
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name.startswith(_TEST_PREFIX) or name in known:
            continue
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
        advice = f"vouliez-vous dire {close[0]} ?" if close else "voir docs/configuration.md."
        raise ConfigError(f"La variable {name} n’existe pas ; {advice}")


def _check_together(config: Config) -> None:
    if config.mail_server and config.mail_from.endswith("@localhost"):
        raise ConfigError(
            "La variable SURVEYAPP_MAIL_FROM manque ; attendu, puisque SURVEYAPP_MAIL_SERVER "
            "est défini : l’adresse de l’expéditeur, comme « contact@demo.example »."
        )
    for name, other, present, needed in (
        ("PASSWORD", "USERNAME", config.mail_username, config.mail_password),
        ("USERNAME", "PASSWORD", config.mail_password, config.mail_username),
    ):
        if present and not needed:
            raise ConfigError(
                f"La variable SURVEYAPP_MAIL_{name} manque ; attendu, puisque "
                f"SURVEYAPP_MAIL_{other} est défini : le compte SMTP complet."
            )


def reference() -> str:
    """The table of ``docs/configuration.md``, as Markdown."""
    lines = ["| Variable | Valeur acceptée | Par défaut | À quoi elle sert |", "|---|---|---|---|"]
    for v in VARIABLES:
        default = v.shown_default or (f"`{v.default}`" if v.default else "aucune")
        lines.append(f"| `{v.name}` | {v.accepts} | {default} | {v.help} |")
    return typeset("\n".join(lines)) + "\n"


_FIELDS = {f.name for f in fields(Config)}
if {v.field for v in VARIABLES} != _FIELDS - {"testing"}:
    raise RuntimeError("VARIABLES and Config differ")

__all__ = ["VARIABLES", "Config", "ConfigError", "Variable", "reference"]
