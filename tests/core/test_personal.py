"""What can be computed of a personal link, and what cannot without the key."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.personal import draft_token, spent_mark, token_hash, token_of

KEYS = st.text("0123456789abcdef", min_size=64, max_size=64)
IDS = st.integers(1, 2**62)


@given(KEYS, IDS)
def test_the_same_invitation_always_has_the_same_link(key: str, number: int) -> None:
    assert token_of(key, number) == token_of(key, number)


@given(KEYS, IDS, IDS)
def test_two_invitations_never_share_a_link(key: str, one: int, other: int) -> None:
    assert (token_of(key, one) == token_of(key, other)) == (one == other)


@given(KEYS, KEYS, IDS)
def test_another_key_gives_other_marks(key: str, other: str, number: int) -> None:
    token = token_of(key, number)
    same = key == other
    assert (spent_mark(key, token) == spent_mark(other, token)) == same
    assert (token_of(other, number) == token) == same


@given(KEYS, IDS)
def test_nothing_that_is_stored_gives_the_token_away(key: str, number: int) -> None:
    """Mark, hash and draft token are all different, and none is part of another."""
    token = token_of(key, number)
    stored = [spent_mark(key, token), token_hash(token), token_hash(draft_token(key, token))]
    assert len(set(stored)) == 3
    assert not any(token in text for text in stored)


def test_a_token_fits_in_an_address() -> None:
    token = token_of("ab" * 32, 12)
    assert len(token) == 43
    assert all(c.isalnum() or c in "-_" for c in token)
