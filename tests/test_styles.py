"""Colours and symbols: as many looks as there may be clusters."""

from itertools import combinations

import pytest

from dashboard.styles import COLORS, SYMBOLS, style_of


def test_the_first_groups_have_the_colours_in_their_order():
    assert [style_of(group).color for group in range(len(COLORS))] == list(COLORS)
    assert {style_of(group).symbol for group in range(len(COLORS))} == {"circle"}


def test_groups_beyond_the_colours_differ_by_symbol():
    styles = [style_of(group) for group in range(50)]
    assert len(set(styles)) == 50
    assert style_of(len(COLORS)).color == COLORS[0]
    assert style_of(len(COLORS)).symbol == SYMBOLS[1]


def test_after_all_of_them_it_begins_anew():
    assert style_of(len(COLORS) * len(SYMBOLS)) == style_of(0)


def deuteranope(color):
    """What an eye without green receptors sees of a colour, in linear light.

    F. Viénot, H. Brettel and J. Mollon, "Digital video colourmaps for checking the legibility of
    displays by dichromats", Color Research & Application 24(4), 1999.
    """
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (value**2.2 for value in (red, green, blue))
    yellow = 0.29275 * red + 0.70725 * green
    return yellow, -0.02234 * red + 0.02234 * green + blue


@pytest.mark.parametrize(("one", "other"), list(combinations(COLORS, 2)))
def test_no_two_colours_look_alike_without_green_receptors(one, other):
    (yellow, blue), (other_yellow, other_blue) = deuteranope(one), deuteranope(other)
    assert abs(yellow - other_yellow) + abs(blue - other_blue) > 0.03
