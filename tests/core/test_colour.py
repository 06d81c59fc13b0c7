"""Whatever the colour of the CPTS, what is written stays readable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.colour import AA_TEXT, DARK, LIGHT, contrast, parse, theme

COLOURS = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


def test_black_on_white_has_the_highest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#777777") == pytest.approx(1)


@given(COLOURS, COLOURS)
def test_contrast_does_not_depend_on_the_order(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)


@given(COLOURS)
def test_every_colour_gives_a_readable_theme(colour: str) -> None:
    shades = theme(colour)
    assert contrast(shades.on_brand, shades.brand) >= AA_TEXT
    assert contrast(shades.link, LIGHT) >= AA_TEXT
    assert contrast(shades.dark_on_brand, shades.dark_brand) >= AA_TEXT
    assert contrast(shades.dark_link, DARK) >= AA_TEXT


def test_a_readable_colour_is_kept_as_it_is() -> None:
    assert theme("#1d5c63").brand == "#1d5c63"


@pytest.mark.parametrize("text", ["#1D5C63", "1d5c63", " #1d5c63 "])
def test_a_colour_is_read_in_its_usual_forms(text: str) -> None:
    assert parse(text) == "#1d5c63"


def test_three_digits_are_a_colour_too() -> None:
    assert parse("#abc") == "#aabbcc"


@pytest.mark.parametrize("text", ["", "rouge", "#12345", "#gggggg", "rgb(0,0,0)"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="#1d5c63"):
        parse(text)
