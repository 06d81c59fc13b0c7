"""The ``surveyapp`` command: a table of commands, each imported when it is called."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import click

from surveyapp.commands.french import speak_french
from surveyapp.core.french import typeset

#: Name, where it is, what it does. Nothing is imported to print this list.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": (
        "surveyapp.commands.server:demo",
        "Charge les données fictives (--serve : et les sert).",
    ),
    "run": ("surveyapp.commands.server:run", "Sert le site : serveur web et tâches de fond."),
    "worker": (
        "surveyapp.commands.server:worker",
        "Envoie les mails et exécute les tâches de fond.",
    ),
    "migrate": ("surveyapp.commands.server:migrate", "Met la base de données à jour."),
    "form": ("surveyapp.commands.forms:form", "Questionnaires : vérifier, lister, publier."),
    "campaign": (
        "surveyapp.commands.campaigns:campaign",
        "Collectes : lister, créer, ouvrir, fermer.",
    ),
    "journey": ("surveyapp.commands.journeys:journey", "Parcours : lister, mettre en service."),
    "results": ("surveyapp.commands.results:results", "Écrit les résultats d’une collecte."),
    "action": ("surveyapp.commands.bilan:action", "Actions financées : lister."),
    "bilan": ("surveyapp.commands.bilan:bilan", "Écrit le bilan d’une action."),
    "user": ("surveyapp.commands.users:user", "Comptes : créer, lister."),
    "backup": ("surveyapp.commands.backup:backup", "Sauvegarde l’installation dans un fichier."),
    "restore": ("surveyapp.commands.backup:restore", "Rétablit une installation sauvegardée."),
    "purge": (
        "surveyapp.commands.server:purge",
        "Supprime ce qui a dépassé sa durée de conservation.",
    ),
}
#: Called by other commands, not by people.
HIDDEN = {"prepare": "surveyapp.commands.server:prepare"}


class LazyGroup(click.Group):
    """A group whose commands are imported on demand; a broken one does not break the others."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = HIDDEN.get(cmd_name) or COMMANDS.get(cmd_name, ("", ""))[0]
        if not place:
            return None
        module, _, name = place.partition(":")
        command = getattr(importlib.import_module(module), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}:{name} is not a command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commandes"):
            formatter.write_dl([(name, typeset(text)) for name, (_, text) in COMMANDS.items()])


@click.command(cls=LazyGroup, name="surveyapp")
def cli() -> None:
    """Questionnaires, collectes et bilans d’action d’une CPTS."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave the process: 0 done, 1 error, 2 misuse."""
    speak_french()
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        result = cli.main(arguments, prog_name="surveyapp", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrompu.", err=True)
        return 130
    except BrokenPipeError:  # « surveyapp form list | head »
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 1
    except Exception as error:
        click.echo(typeset(f"Erreur : {_sentence(error)}"), err=True)
        return 1
    return result if isinstance(result, int) else 0


def _sentence(error: Exception) -> str:
    """One French sentence. What we did not foresee goes to a file for whoever repairs it."""
    if type(error).__module__.startswith("surveyapp.") and str(error):
        return str(error)
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename} ne peut pas être utilisé ({error.strerror})."
    if type(error).__name__ == "OperationalError":
        return (
            "la base de données ne répond pas comme prévu ; vérifiez SURVEYAPP_DATABASE_URL et "
            f"lancez « surveyapp migrate » ({_first_line(getattr(error, 'orig', error))})."
        )
    where = _keep(error)
    return f"imprévu ({type(error).__name__}) ; le détail est dans {where}."


def _first_line(error: object) -> str:
    return str(error).strip().partition("\n")[0][:200]


def _keep(error: Exception) -> Path:
    folder = Path(os.environ.get("SURVEYAPP_INSTANCE") or "instance")
    path = (folder if folder.is_dir() else Path.cwd()) / "surveyapp-erreurs.log"
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{datetime.now().astimezone().isoformat()} {' '.join(sys.argv)}\n")
        traceback.print_exception(error, file=file)
    return path


if __name__ == "__main__":
    main()
