"""« En 1 ou 2 mots… »: from what people type to words with a count.

Spellings that a French reader takes for the same word are counted together: case, accents,
a leading article, a plural in -s or -x. The merging only decides what is counted together;
what is shown is the spelling that came most often. Where the rules of French would merge two
words (« foi » and « fois », « cour » and « cours ») the word with its final -s stays apart.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from surveyapp.core.french import fold, sort_key

#: Longest term, in characters, and most terms that one person gives to one question.
LENGTH = 40
MOST_TERMS = 5

#: Words that say nothing at either end of a term (without accents).
STOP_WORDS = frozenset(
    """a ai ainsi alors au aussi aux avec avoir bien c ca car ce cela ces cet cette comme d dans
    de des donc du elle en encore es est et etc etre eu fait il ils j je l la le les leur
    leurs lui m ma mais me meme mes moi mon n ne nos notre nous on ont ou par pas peu plus
    pour puis qu que qui s sa se ses si son sont sur t ta te tes toi ton tout toute toutes
    tous tres tu un une vos votre vous y
    """.split()  # noqa: SIM905 (a paragraph reads better than a list of 100)
)
#: Words in -s or -x that are no plural, or whose « singular » is another word (no accents).
INVARIABLE = frozenset(
    """abus acces ailleurs anglais apres autrefois avis bas bois bourgeois bras bus campus cas
    choix colis compromis concours congres consensus cours courtois croix cursus deces depens devis
    discours dos doux embarras exces express fax faux fils flux fois fonds francais
    frais gens gras gros heros hors index jadis jamais jaloux jus laius las lis logis longtemps
    mauvais matelas mepris mieux mois moins mars os palais paix parcours parfois pays permis poids
    prix proces processus progres propos puits puis recours reflux refus relais repas repos roux
    secours sens six souris sous succes surplus syllabus tapis tas taux temps thermos toujours tous
    toux tracas tres trois velours vers virus voix""".split()  # noqa: SIM905
)
_PLURAL_X = frozenset(
    """adieux aveux bijoux cailloux cheveux choux enjeux feux genoux hiboux jeux joujoux lieux
    milieux neveux noyaux pneux poux tuyaux voeux""".split()  # noqa: SIM905
)
_PLURAL_AIL = {"travaux": "travail", "vitraux": "vitrail", "baux": "bail", "coraux": "corail"}

_SEPARATORS = re.compile(r"[,;\n\r\t|•]+|\s/\s")
_EDGES = re.compile(r"^[^\w]+|[^\w]+$")
_PARTS = re.compile(r"[\s\-_/.’']+")
_SPACES = re.compile(r"\s+")
_ELISION = re.compile(r"^(?:l|d|j|m|t|s|c|n|qu)['’]\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or a few, with the number of people who gave it; ``key`` is what it is known by."""

    key: str
    text: str
    count: int


def terms_of(answer: str | Iterable[str], *, most: int = MOST_TERMS) -> tuple[str, ...]:
    """The terms of one answer as they are stored: trimmed, not repeated, ``most`` at most."""
    pieces = [answer] if isinstance(answer, str) else list(answer)
    found: dict[str, str] = {}
    for piece in pieces:
        for part in _SEPARATORS.split(piece):
            text = _trimmed(part)
            key = key_of(text)
            if key:
                found.setdefault(key, text)
    return tuple(found.values())[:most]


def key_of(text: str) -> str:
    """What equal terms have in common; empty when the text says nothing."""
    words = [word for word in _PARTS.split(_EDGES.sub("", text.strip())) if word]
    folded = [(fold(word), word) for word in words]
    while folded and folded[0][0] in STOP_WORDS:
        folded.pop(0)
    while folded and folded[-1][0] in STOP_WORDS:
        folded.pop()
    return " ".join(_singular(plain, spelled) for plain, spelled in folded)


def count_terms(answers: Iterable[Sequence[str]]) -> tuple[Term, ...]:
    """Terms by number of people, most frequent first; an answer counts once for each term.

    The order in which answers come changes nothing. The sum of the counts is the number of
    different terms of each answer, added up.
    """
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for answer in answers:
        for text in terms_of(answer):
            spellings[key_of(text)][text] += 1
    terms = [Term(key, _spelling(found), found.total()) for key, found in spellings.items()]
    return tuple(sorted(terms, key=lambda term: (-term.count, sort_key(term.text), term.key)))


def _trimmed(part: str) -> str:
    """Without punctuation, leading articles and superfluous blanks, cut at a blank."""
    text = _EDGES.sub("", _SPACES.sub(" ", part))
    while True:
        first, _, rest = text.partition(" ")
        shorter = _ELISION.sub("", text)
        if rest and fold(first) in STOP_WORDS:
            shorter = rest
        if shorter == text or not key_of(shorter):
            break
        text = _EDGES.sub("", shorter)
    if len(text) > LENGTH:
        head = text[: LENGTH + 1].rpartition(" ")[0] or text[:LENGTH]
        text = _EDGES.sub("", head)
    return text


def _singular(plain: str, spelled: str) -> str:
    """The singular of a word without accents; ``spelled`` is the word as it was typed."""
    if len(plain) < 4 or plain in INVARIABLE or spelled.lower().endswith("ès"):
        return plain
    if plain in _PLURAL_AIL:
        return _PLURAL_AIL[plain]
    if plain.endswith("eaux") or plain in _PLURAL_X:
        return plain[:-1]
    if plain.endswith("aux"):
        return plain[:-2] + "l"
    if plain.endswith(("ss", "mps", "rps", "x")) or not plain.endswith("s"):
        return plain
    return plain[:-1]


def _spelling(found: Counter[str]) -> str:
    """The most frequent spelling; of two, that with accents, then that in lower case."""
    return min(found, key=lambda text: (-found[text], -_marks(text), _capitals(text), text))


def _marks(text: str) -> int:
    return sum(1 for plain, mark in zip(text.lower(), fold(text), strict=False) if plain != mark)


def _capitals(text: str) -> int:
    return sum(1 for letter in text if letter.isupper())
