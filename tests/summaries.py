"""Summaries made by hand, one per shape, for the tests of charts, pages and reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from surveyapp.core.summary import Benchmark, Cell, Reason, Row, Shape, Summary

K = 10


def cells(counts: Sequence[tuple[str, int | None]], n: int) -> tuple[Cell, ...]:
    """Options named a, b, c … with their share of ``n``; ``None`` is withheld."""
    return tuple(
        Cell(chr(97 + i), label, count, None if count is None else count / n)
        for i, (label, count) in enumerate(counts)
    )


def choice(n: int = 28) -> Summary:
    """One option each, with a reference figure on « souvent » or « parfois »."""
    counts = [("Souvent", 12), ("Parfois", 9), ("Rarement", 5), ("Jamais", n - 26)]
    reference = Benchmark(
        key="fatigue",
        value=0.64,
        unit="%",
        source="Rapport fictif sur la santé des soignants, 2023, N = 48 985",
        wording="se sentent fatigués",
        comparability="Les réponses « souvent » et « parfois » sont additionnées.",
        doubtful=True,
        local=21 / n,
    )
    label = "Vous êtes-vous senti fatigué ces quinze derniers jours ?"
    rows = (Row("fatigue", label, n, cells(counts, n)),)
    return Summary(
        "fatigue", label, "Santé", Shape.CHOICE, n, 3, n + 3, rows, k=K, benchmarks=(reference,)
    )


def multiple(n: int = 200) -> Summary:
    """Several options, one of them long, « Autre » the most frequent."""
    label = "Qu’est-ce qui vous épuise ?"
    found = cells(
        [
            ("La charge administrative et les démarches avec l’Assurance Maladie", 61),
            ("Le manque de temps pour soi et pour sa famille", 140),
            ("L’isolement", 0),
        ],
        n,
    )
    other = Cell("other", "Autre, précisez", 150, 0.75)
    rows = (Row("epuise", label, n, (other, *found)),)
    return Summary("epuise", label, "Santé", Shape.MULTIPLE, n, 7, n + 7, rows, k=K)


def scale() -> Summary:
    """Notes from 0 to 10 whose mean stands beside a reference figure."""
    counts = [(str(note), count) for note, count in enumerate((0, 1, 1, 2, 3, 5, 6, 9, 8, 4, 1))]
    label = "À combien estimez-vous votre stress ?"
    row = Row("stress", label, 40, cells(counts, 40), mean=6.425, median=7)
    reference = Benchmark(
        "stress", 7.0, "/10", "Rapport fictif, 2023", "niveau de stress moyen", "", False, 6.425
    )
    return Summary(
        "stress",
        label,
        "Santé",
        Shape.SCALE,
        40,
        0,
        40,
        (row,),
        scale=(0, 10),
        scale_labels=("Aucun stress", "Stress extrême"),
        k=K,
        benchmarks=(reference,),
    )


def matrix() -> Summary:
    """Three lines of a satisfaction table, the last one withheld."""
    labels = ("Pas du tout", "Plutôt pas", "Plutôt", "Tout à fait")

    def line(name: str, label: str, counts: tuple[int, ...]) -> Row:
        n = sum(counts)
        return Row(name, label, n, cells(list(zip(labels, counts, strict=True)), n))

    withheld = tuple(Cell(c, label, None, None) for c, label in zip("abcd", labels, strict=True))
    rows = (
        line("enjeu", "Le sujet répond à un enjeu de mon territoire", (1, 4, 20, 35)),
        line("concret", "J’en retire des apports concrets et directement utiles", (3, 12, 25, 19)),
        Row("accueil", "L’accueil", None, withheld, withheld=Reason.BASE),
    )
    return Summary("avis", "Votre avis sur la journée", "Avis", Shape.MATRIX, 60, 1, 61, rows, k=5)


def rank() -> Summary:
    rows = (
        Row("lettre", "Lettre d’information mensuelle", 40, mean=3.3),
        Row("soiree", "Soirées thématiques", 40, mean=1.25),
        Row("visio", "Visioconférences courtes", 40, mean=2.4),
    )
    return Summary("formats", "Classez ces formats", "Besoins", Shape.RANK, 40, 2, 42, rows, k=5)


def histogram() -> Summary:
    counts = [("0 à 9", 4), ("10 à 19", 9), ("20 à 29", 22), ("30 à 39", 13), ("40 à 49", 6)]
    label = "Combien d’actes faites-vous par jour ?"
    row = Row("actes", label, 54, cells(counts, 54), mean=24.3, median=25)
    return Summary("actes", label, "Exercice", Shape.NUMBER, 54, 2, 56, (row,), k=5)


def texts() -> Summary:
    label = "Que faudrait-il garder ?"
    row = Row("garder", label, 12)
    return Summary(
        "garder",
        label,
        "Avis",
        Shape.TEXT,
        12,
        48,
        60,
        (row,),
        k=5,
        texts=("Les ateliers en petit groupe.", "Le lieu & l’accueil <vraiment> #bien."),
    )


def withheld() -> Summary:
    """Fewer than k answers: nothing at all is known of it."""
    label = "Avez-vous subi des violences ?"
    rows = (Row("violences", label, None, withheld=Reason.BASE),)
    return Summary(
        "violences",
        label,
        "Santé",
        Shape.CHOICE,
        None,
        None,
        None,
        rows,
        withheld=Reason.BASE,
        k=K,
    )


def partly_withheld() -> Summary:
    label = "Votre profession"
    rows = (Row("metier", label, 31, cells([("Médecins", 22), ("Autres", None)], 31)),)
    return Summary("metier", label, "Profil", Shape.CHOICE, 31, 0, 31, rows, k=5)


def crossed() -> Summary:
    """``choice()`` by profession, the last subgroup withheld."""
    whole = choice()

    def group(name: str, label: str, counts: tuple[int, ...]) -> Row:
        n = sum(counts)
        labels = [cell.label for cell in whole.rows[0].cells]
        return Row(name, label, n, cells(list(zip(labels, counts, strict=True)), n))

    return replace(
        whole,
        crossed_by="metier",
        crossed_label="Votre profession",
        breakdown=(
            group("medecin", "Médecins généralistes", (6, 3, 2, 1)),
            group("infirmier", "Infirmiers", (6, 6, 3, 1)),
            Row("autre", "Autres", None, withheld=Reason.COMPLEMENT),
        ),
    )


def crossed_scale() -> Summary:
    """``scale()`` by profession."""
    return replace(
        scale(),
        crossed_by="metier",
        crossed_label="Votre profession",
        breakdown=(
            Row("medecin", "Médecins généralistes", 12, mean=7.9),
            Row("infirmier", "Infirmiers", 16, mean=5.2),
            Row("autre", "Autres", None, withheld=Reason.COMPLEMENT),
        ),
    )


EVERY = {
    "choice": choice,
    "multiple": multiple,
    "scale": scale,
    "matrix": matrix,
    "rank": rank,
    "histogram": histogram,
    "partly_withheld": partly_withheld,
    "crossed": crossed,
    "crossed_scale": crossed_scale,
}
