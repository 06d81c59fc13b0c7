"""``surveyapp run|demo|worker|migrate|purge``: everything that keeps the site running."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import asdict
from typing import Any

import click

from surveyapp.commands.context import application
from surveyapp.config import Config
from surveyapp.core.french import plural, typeset


@click.command()
def run() -> None:
    """Sert le site : serveur web et tâches de fond, jusqu’à Ctrl-C."""
    _serve(with_demo=False)


@click.command()
@click.option("--serve", is_flag=True, help="Sert ensuite le site, jusqu’à Ctrl-C.")
def demo(serve: bool) -> None:
    """Charge les données fictives dans une installation vide."""
    if serve:
        _serve(with_demo=True)
        return
    from surveyapp.services.welcome import prepare as prepare_installation

    with application(migrated=False):
        _say_account(prepare_installation(with_demo=True))


@click.command(hidden=True)
@click.option("--demo", "with_demo", is_flag=True)
def prepare(with_demo: bool) -> None:
    """Met l’installation en état de servir et dit ce qu’il faut savoir, en JSON."""
    from surveyapp.services.welcome import prepare as prepare_installation

    with application(migrated=False):
        click.echo(json.dumps(prepare_installation(with_demo=with_demo)))


@click.command()
def migrate() -> None:
    """Met la base de données à jour. À lancer avant les processus, jamais pendant."""
    from surveyapp import migrate as migrations
    from surveyapp.models import db

    with application(migrated=False):
        changed = migrations.upgrade(db.engine)
    click.echo("Base de données mise à jour." if changed else "La base de données est à jour.")


@click.command()
@click.option("--once", is_flag=True, help="Fait ce qui est dû maintenant, puis s’arrête.")
@click.option("--quiet", is_flag=True, hidden=True)
def worker(once: bool, quiet: bool) -> None:
    """Envoie les mails et exécute les tâches de fond, jusqu’à Ctrl-C."""
    from surveyapp import worker as background

    with application() as app:
        if not quiet:
            _say_mail(app.config["SURVEYAPP"])
        if once:
            done = background.run_once()
            click.echo(f"{plural(done, 'élément traité', 'éléments traités')}.")
            return
        service = background.Worker(app)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: service.ask_to_stop())
        _follow_parent()
        service.start()
        service.wait()
        service.stop()


@click.command()
def purge() -> None:
    """Supprime ce qui a dépassé sa durée de conservation."""
    from surveyapp.models import now
    from surveyapp.services.purge import purge as purge_installation

    names = {
        "drafts": "brouillons",
        "responses": "réponses",
        "documents": "documents",
        "messages": "mails",
        "jobs": "tâches",
        "links": "liens de compte",
        "tokens": "jetons de collectes fermées",
        "files": "fichiers orphelins",
        "invitations": "invitations à des collectes terminées",
        "directory": "imports de l’annuaire oubliés",
        "dossiers": "dossiers anonymisés",
    }
    with application():
        counts = asdict(purge_installation(now=now()))
    for key, count in counts.items():
        click.echo(f"{names[key]}\u00a0: {count}")


def _serve(*, with_demo: bool) -> None:
    from surveyapp.serve import Supervisor, lock_instance

    os.umask(0o077)  # what the installation writes is for its own account only
    config = Config.from_environment(os.environ)
    lock = lock_instance(config)
    try:
        supervisor = Supervisor(config)
        facts = _prepare(with_demo)
        supervisor.run(lambda: _welcome(config, facts))
    finally:
        os.close(lock)
    click.echo("Arrêté.")


def _prepare(with_demo: bool) -> dict[str, Any]:
    """In a process of its own, so that the supervisor stays small."""
    click.echo("Préparation…")
    command = [sys.executable, "-m", "surveyapp.cli", "prepare"]
    done = subprocess.run(  # noqa: S603 - our own command
        [*command, "--demo"] if with_demo else command, stdout=subprocess.PIPE, check=False
    )
    if done.returncode:
        sys.exit(done.returncode)
    facts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return facts


def _welcome(config: Config, facts: dict[str, Any]) -> None:
    click.echo(f"\nLe site est prêt\u00a0: {config.base_url}/\n")
    _say_account(facts)
    if facts["first_link"]:
        click.echo(
            "Créez le premier compte avec ce lien (une seule fois, valable sept jours)\u00a0:"
        )
        click.echo(f"  {facts['first_link']}\n")
    if config.worker == "none":
        click.echo("Aucune tâche de fond ici\u00a0: lancez aussi «\u00a0surveyapp worker\u00a0».")
    _say_mail(config)
    click.echo("Pour arrêter\u00a0: Ctrl-C.")


def _say_account(facts: dict[str, Any]) -> None:
    demo_facts = facts["demo"]
    if not demo_facts:
        return
    click.echo("Compte de démonstration")
    click.echo(f"  adresse       {demo_facts['email']}")
    click.echo(f"  mot de passe  {demo_facts['password']}")
    click.echo("Avec le même mot de passe, chacun ses dossiers")
    for email in demo_facts["others"]:
        click.echo(f"  {email}")
    click.echo("\nÀ regarder d’abord")
    for label, url in demo_facts["pages"]:
        click.echo(typeset(f"  {label} :"))
        click.echo(f"    {url}")
    click.echo("")


def _say_mail(config: Config) -> None:
    if not config.mail_server:
        click.echo(
            "Les mails ne partent pas (SURVEYAPP_MAIL_SERVER n’est pas défini)\u00a0: ils sont "
            f"écrits dans {config.mails}."
        )


def _follow_parent() -> None:
    """Stop when the supervisor is gone, however it went."""
    lifeline = os.environ.get("_SURVEYAPP_LIFELINE")
    if not lifeline:
        return

    def watch() -> None:
        os.read(int(lifeline), 1)  # returns when the other end is closed
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
