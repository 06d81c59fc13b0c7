"""What is known of a person, and the keys by which two cards are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from surveyapp.core.address import fold_address
from surveyapp.core.french import fold

SORT_LENGTH = 250
EMAIL_LENGTH = 320  # folding can make an address longer
SEARCH_LENGTH = 4000
#: How a person prefers to be reached.
CONTACT_LABELS: dict[str, str] = {"mail": "Par mail", "phone": "Par téléphone"}


@dataclass(frozen=True, slots=True)
class Card:
    """A person, free of the database. ``profession`` is a code of TRE_G15 or of ours.

    ``member_until`` is the last day that the subscription covers, ``None`` when none was paid.
    """

    last_name: str = ""
    first_name: str = ""
    email: str = ""
    phone: str = ""
    profession: str = ""
    rpps: str = ""
    commune: str = ""
    member_until: date | None = None
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    contact_by: str = "mail"

    @property
    def full_name(self) -> str:
        """« Marie Dupont »."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def email_key(self) -> str:
        return fold_address(self.email)[:EMAIL_LENGTH]

    @property
    def sort_key(self) -> str:
        """« dupont marie »: the order of lists, and how names are compared."""
        names = f"{self.last_name} {self.first_name}".strip()
        return (words_key(names) or names.casefold())[:SORT_LENGTH]

    @property
    def commune_key(self) -> str:
        return words_key(self.commune)

    def search_text(self, profession_label: str = "") -> str:
        """The folded words of the whole card."""
        words = (
            self.first_name,
            self.last_name,
            self.email,
            self.phone,
            "".join(c for c in self.phone if c.isdigit()),
            self.rpps,
            profession_label,
            self.commune,
            *self.tags,
        )
        return fold(" · ".join(word for word in words if word))[:SEARCH_LENGTH]

    def to_json(self) -> dict[str, Any]:
        """A document that JSON holds; :meth:`from_json` reads it back."""
        values = {name: getattr(self, name) for name in NAMES}
        values["member_until"] = self.member_until.isoformat() if self.member_until else None
        return values | {"tags": list(self.tags), "languages": list(self.languages)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Card:
        known = {name: values[name] for name in NAMES if name in values}
        day = known.get("member_until")
        known["member_until"] = date.fromisoformat(day) if day else None
        for name in ("tags", "languages"):
            known[name] = tuple(known.get(name) or ())
        return cls(**known)


#: The fields of a card, in the order of its page.
NAMES: tuple[str, ...] = tuple(field.name for field in fields(Card))


def words_key(text: str) -> str:
    """Words folded, hyphens, apostrophes and dots as blanks: « St-Jean » is « st jean »."""
    blank = "".join(c if c.isalnum() else " " for c in fold(text))
    return " ".join(blank.split())


def membership(until: date | None, *, today: date) -> str:
    """``current`` (« à jour de cotisation »), ``lapsed`` or ``never``.

    ``today`` is the day in the time zone of the CPTS; the last day still counts.
    """
    if until is None:
        return "never"
    return "current" if until >= today else "lapsed"
