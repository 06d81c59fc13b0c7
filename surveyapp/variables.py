"""Everything that can be set, one row each: name, what is accepted, default, help."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from surveyapp import parsers
from surveyapp.core.french import typeset


class ConfigError(Exception):
    """A variable is missing or wrong; the message is one French sentence that names it."""

    def __init__(self, message: str) -> None:
        super().__init__(typeset(message))


@dataclass(frozen=True, slots=True)
class Variable:
    """One setting. ``accepts`` completes « attendu : … »; ``default`` may depend on the rest."""

    name: str
    field: str
    parse: parsers.Parser
    default: str | Callable[[Mapping[str, str]], str]
    accepts: str
    help: str
    shown_default: str = ""

    def read(self, environ: Mapping[str, str]) -> object:
        text = environ.get(self.name, "").strip()
        if not text:
            text = self.default if isinstance(self.default, str) else self.default(environ)
        try:
            return self.parse(text)
        except ValueError:
            shown = "" if "PASSWORD" in self.name or "KEY" in self.name else f" « {text} »"
            raise ConfigError(
                f"La variable {self.name} a une valeur{shown} qui ne convient pas ; "
                f"attendu : {self.accepts}."
            ) from None


def _instance(environ: Mapping[str, str]) -> Path:
    return parsers.folder(environ.get("SURVEYAPP_INSTANCE", "").strip() or "instance")


def _default_database(environ: Mapping[str, str]) -> str:
    return f"sqlite:///{_instance(environ) / 'surveyapp.sqlite'}"


def _default_base(environ: Mapping[str, str]) -> str:
    bind = environ.get("SURVEYAPP_BIND", "").strip() or "127.0.0.1:8000"
    host, _, port = bind.rpartition(":")
    return f"http://{'127.0.0.1' if host in {'0.0.0.0', '[::]'} else host}:{port}"  # noqa: S104


def _default_port(environ: Mapping[str, str]) -> str:
    return {"ssl": "465", "starttls": "587"}.get(environ.get("SURVEYAPP_MAIL_SECURITY", ""), "25")


VARIABLES: tuple[Variable, ...] = (
    Variable(
        "SURVEYAPP_INSTANCE",
        "instance",
        parsers.folder,
        "instance",
        "le chemin d’un dossier où le programme peut écrire",
        "Dossier de l’installation : base SQLite, clés, documents produits, mails en "
        "démonstration. À sauvegarder, à ne jamais publier.",
    ),
    Variable(
        "SURVEYAPP_DATABASE_URL",
        "database_url",
        parsers.database,
        _default_database,
        "« sqlite:///chemin » ou « postgresql://utilisateur:mot-de-passe@machine/base »",
        "Base de données. SQLite suffit à une CPTS sur une machine ; PostgreSQL quand il y "
        "en a plusieurs.",
        "un fichier surveyapp.sqlite dans SURVEYAPP_INSTANCE",
    ),
    Variable(
        "SURVEYAPP_DOCUMENTS",
        "documents_folder",
        parsers.folder_text,
        "",
        "le chemin d’un dossier où le programme peut écrire",
        "Dossier des documents produits (rapports, exports). Plusieurs machines doivent voir "
        "le même.",
        "documents dans SURVEYAPP_INSTANCE",
    ),
    Variable(
        "SURVEYAPP_BIND",
        "bind",
        parsers.bind,
        "127.0.0.1:8000",
        "une adresse et un port, comme « 127.0.0.1:8000 »",
        "Adresse et port d’écoute du serveur web.",
    ),
    Variable(
        "SURVEYAPP_BASE_URL",
        "base_url",
        parsers.web_address,
        _default_base,
        "l’adresse publique du site, sans chemin, comme « https://enquetes.demo.example »",
        "Adresse que voient les visiteurs : elle sert aux liens des mails et aux codes QR. En "
        "https, les cookies ne voyagent que chiffrés.",
        "http:// suivi de SURVEYAPP_BIND",
    ),
    Variable(
        "SURVEYAPP_PROXIES",
        "proxies",
        parsers.integer(0, 5),
        "0",
        "un nombre entier de 0 à 5",
        "Nombre de serveurs mandataires (nginx, Caddy…) devant le programme, dont les "
        "en-têtes X-Forwarded-* sont crus.",
    ),
    Variable(
        "SURVEYAPP_WEB_WORKERS",
        "web_workers",
        parsers.integer(1, 64),
        "2",
        "un nombre entier de 1 à 64",
        "Nombre de processus web.",
    ),
    Variable(
        "SURVEYAPP_WEB_THREADS",
        "web_threads",
        parsers.integer(1, 64),
        "4",
        "un nombre entier de 1 à 64",
        "Nombre de fils d’exécution par processus web.",
    ),
    Variable(
        "SURVEYAPP_WORKER",
        "worker",
        parsers.one_of("process", "inline", "none"),
        "process",
        "« process », « inline » ou « none »",
        "Qui envoie les mails et produit les documents : un processus à côté du serveur web "
        "(process), le serveur web lui-même (inline, pour une petite machine) ou personne "
        "ici (none : « surveyapp worker » tourne ailleurs).",
    ),
    Variable(
        "SURVEYAPP_REDIS_URL",
        "redis_url",
        parsers.redis,
        "",
        "« redis://machine:6379/0 »",
        "Redis pour compter les essais de connexion quand plusieurs machines ou processus "
        "répondent. Sans lui, chaque processus compte pour soi.",
        "aucun",
    ),
    Variable(
        "SURVEYAPP_SECRET_KEY",
        "secret_key",
        parsers.secret,
        "",
        "au moins 32 caractères tirés au hasard",
        "Clé qui signe les sessions. À ne définir que si plusieurs machines servent le même site.",
        "tirée au hasard au premier démarrage, gardée dans SURVEYAPP_INSTANCE",
    ),
    Variable(
        "SURVEYAPP_PASSWORD_SALT",
        "password_salt",
        parsers.secret,
        "",
        "au moins 32 caractères tirés au hasard",
        "Sel des mots de passe. À ne définir que si plusieurs machines servent le même site ; "
        "le changer rend tous les mots de passe inutilisables.",
        "tiré au hasard au premier démarrage, gardé dans SURVEYAPP_INSTANCE",
    ),
    Variable(
        "SURVEYAPP_INVITATION_KEY",
        "invitation_key",
        parsers.secret,
        "",
        "au moins 32 caractères tirés au hasard",
        "Clé des liens personnels des invitations. À ne définir que si plusieurs machines servent "
        "le même site. Elle n’entre jamais dans les sauvegardes : voir docs/anonymat.md.",
        "tirée au hasard au premier démarrage, gardée dans SURVEYAPP_INSTANCE",
    ),
    Variable(
        "SURVEYAPP_MAIL_SERVER",
        "mail_server",
        parsers.text,
        "",
        "le nom d’un serveur SMTP",
        "Serveur qui envoie les mails. Sans lui, les mails sont écrits en fichiers .eml dans "
        "le dossier mails de SURVEYAPP_INSTANCE.",
        "aucun",
    ),
    Variable(
        "SURVEYAPP_MAIL_PORT",
        "mail_port",
        parsers.integer(1, 65535),
        _default_port,
        "un numéro de port",
        "Port du serveur SMTP.",
        "25, 587 avec starttls, 465 avec ssl",
    ),
    Variable(
        "SURVEYAPP_MAIL_SECURITY",
        "mail_security",
        parsers.one_of("none", "starttls", "ssl"),
        "none",
        "« none », « starttls » ou « ssl »",
        "Chiffrement de la connexion au serveur SMTP.",
    ),
    Variable(
        "SURVEYAPP_MAIL_USERNAME",
        "mail_username",
        parsers.text,
        "",
        "l’identifiant du compte SMTP",
        "Identifiant du compte SMTP, s’il en faut un.",
        "aucun",
    ),
    Variable(
        "SURVEYAPP_MAIL_PASSWORD",
        "mail_password",
        parsers.text,
        "",
        "le mot de passe du compte SMTP",
        "Mot de passe du compte SMTP.",
        "aucun",
    ),
    Variable(
        "SURVEYAPP_MAIL_FROM",
        "mail_from",
        parsers.mail_address,
        "ne-pas-repondre@localhost",
        "une adresse, comme « CPTS des Exemples <contact@demo.example> »",
        "Expéditeur des mails. Obligatoire quand SURVEYAPP_MAIL_SERVER est défini.",
    ),
    Variable(
        "SURVEYAPP_MAIL_TIMEOUT",
        "mail_timeout",
        parsers.integer(1, 300),
        "20",
        "un nombre de secondes de 1 à 300",
        "Délai au bout duquel un serveur SMTP muet est abandonné.",
    ),
    Variable(
        "SURVEYAPP_MAIL_PER_MINUTE",
        "mail_per_minute",
        parsers.integer(0, 10_000),
        "60",
        "un nombre entier de 0 à 10000",
        "Nombre de mails envoyés par minute, tous processus et toutes machines confondus : les "
        "autres attendent leur tour, les invitations après les confirmations. À régler selon ce "
        "que permet votre serveur SMTP. 0 pour ne rien limiter.",
    ),
    Variable(
        "SURVEYAPP_SOLICITATIONS_PER_MONTH",
        "solicitations_per_month",
        parsers.integer(0, 100),
        "4",
        "un nombre entier de 0 à 100",
        "Nombre d’invitations et de relances qu’une adresse reçoit en 30 jours, toutes collectes "
        "confondues : les suivants sont retenus et montrés à la coordination. Les confirmations "
        "ne comptent pas. 0 pour ne rien limiter.",
    ),
    Variable(
        "SURVEYAPP_MIN_FILL_SECONDS",
        "min_fill_seconds",
        parsers.integer(0, 60),
        "3",
        "un nombre de secondes de 0 à 60",
        "Temps au-dessous duquel un questionnaire envoyé l’est sans doute par un robot : la "
        "personne relit et envoie de nouveau, rien n’est perdu. 0 pour ne rien vérifier.",
    ),
    Variable(
        "SURVEYAPP_DOSSIER_QUOTA",
        "dossier_quota",
        parsers.integer(1, 10_000),
        "50",
        "un nombre de mégaoctets de 1 à 10000",
        "Place, en mégaoctets, des fichiers déposés dans un même dossier.",
    ),
    Variable(
        "SURVEYAPP_UPLOADS_QUOTA",
        "uploads_quota",
        parsers.integer(1, 10_000_000),
        "2000",
        "un nombre de mégaoctets de 1 à 10000000",
        "Place, en mégaoctets, de tous les fichiers déposés dans les dossiers.",
    ),
    Variable(
        "SURVEYAPP_CLAMAV",
        "clamav",
        parsers.scanner,
        "",
        "« machine:3310 » ou le chemin d’une prise locale, comme « /run/clamav/clamd.ctl »",
        "Antivirus ClamAV (clamd) qui lit chaque fichier déposé avant qu’il soit gardé. S’il ne "
        "répond pas, aucun dépôt n’est accepté.",
        "aucun",
    ),
    Variable(
        "SURVEYAPP_DEMO_PASSWORD",
        "demo_password",
        parsers.password,
        "",
        "un mot de passe d’au moins 8 caractères",
        "Mot de passe du compte de démonstration coordination@demo.example.",
        "tiré au hasard et affiché par « make demo »",
    ),
)
