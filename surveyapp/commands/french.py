"""What click itself says, in French. The words of our commands are ours already."""

from __future__ import annotations

import click

from surveyapp.core.french import typeset

WORDS: dict[str, str] = {
    "Aborted!": "Interrompu.",
    "Usage:": "Utilisation :",
    "Options": "Options",
    "Commands": "Commandes",
    "Positional arguments": "Arguments",
    "Show this message and exit.": "Affiche cette aide.",
    "Show the version and exit.": "Affiche la version.",
    "Error: {message}": "Erreur : {message}",
    "Try '{command} {option}' for help.": "Voir l’aide : {command} {option}",
    "Missing command.": "Il manque une commande.",
    "Missing argument": "Il manque l’argument",
    "Missing option": "Il manque l’option",
    "Missing parameter": "Il manque le paramètre",
    "Missing {param_type}": "Il manque {param_type}",
    "Missing parameter: {param_name}": "Il manque le paramètre {param_name}",
    "Invalid value: {message}": "Valeur incorrecte : {message}",
    "Invalid value for {param_hint}: {message}": "Valeur incorrecte pour {param_hint} : {message}",
    "No such option {name!r}.": "L’option {name} n’existe pas.",
    "No such command {name!r}.": "La commande {name} n’existe pas.",
    "Option {name!r} does not take a value.": "L’option {name} ne prend pas de valeur.",
    "Option {name!r} requires an argument.": "L’option {name} attend une valeur.",
    "Could not open file {filename!r}: {message}": "{filename} ne s’ouvre pas : {message}",
    "{name} {filename!r} does not exist.": "{filename} n’existe pas.",
    "{name} {filename!r} is a directory.": "{filename} est un dossier.",
    "{name} {filename!r} is a file.": "{filename} est un fichier.",
    "{name} {filename!r} is not readable.": "{filename} ne peut pas être lu.",
    "{name} {filename!r} is not writable.": "{filename} ne peut pas être écrit.",
    "{value!r} is not a valid {number_type}.": "« {value} » n’est pas un nombre valable.",
    "default: {default}": "par défaut : {default}",
    "required": "obligatoire",
    "Do you want to continue?": "Continuer ?",
}
PLURALS: dict[str, tuple[str, str]] = {
    "Got unexpected extra argument ({args})": (
        "Argument en trop : {args}",
        "Arguments en trop : {args}",
    ),
    "{value!r} is not {choice}.": (
        "« {value} » n’est pas {choice}.",
        "« {value} » n’est pas parmi {choices}.",
    ),
    "Did you mean {possibility}?": (
        "Vouliez-vous dire {possibility} ?",
        "Vouliez-vous dire l’un de : {possibilities} ?",
    ),
}


def speak_french() -> None:
    """Give click our words. It looks them up in ``_`` and ``ngettext`` of its modules."""
    for module in (
        click.core,
        click.decorators,
        click.exceptions,
        click.formatting,
        click.parser,
        click.types,
    ):
        for name, function in (("_", _word), ("ngettext", _count)):
            if hasattr(module, name):
                setattr(module, name, function)


def _word(message: str) -> str:
    return typeset(WORDS.get(message, message))


def _count(one: str, many: str, count: int) -> str:
    forms = PLURALS.get(one, (one, many))
    return typeset(forms[count > 1])
