"""Filters of dossiers and addresses: whatever an address says, it is read, and written back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from surveyapp.store.dossiers import DossierFilter, is_key

NAMES = (
    "q",
    "etape",
    "etat",
    "retard",
    "suivi",
    "ambassadeur",
    "profession",
    "commune",
    "du",
    "au",
)
WORDS = st.one_of(
    st.text(max_size=300),
    st.sampled_from(
        ["ouverts", "clos", "tous", "oui", "moi", "personne", "2026-02-29", "31/01/2026"]
    ),
    st.integers(min_value=0).map(str),
)


@given(st.dictionaries(st.sampled_from(NAMES), WORDS))
def test_a_filter_survives_its_address(args: dict[str, str]) -> None:
    wanted = DossierFilter.from_args(args, journey="essai")
    written = wanted.to_args()
    assert DossierFilter.from_args(written, journey="essai") == wanted
    assert all(written.values())
    assert set(written) <= set(args)


def test_keys_are_those_that_the_database_can_hold() -> None:
    assert is_key(str(2**63 - 1))
    assert not any(map(is_key, [str(2**63), "9" * 30, "-1", "", "²", "1.0", "moi"]))
