"""HTML whose text cannot become markup."""

import pytest

from core.export.markup import Markup, count, element, join


def test_elements_hold_elements():
    inner = element("b", "1 < 2")
    assert element("p", "a & b ", inner) == "<p>a &amp; b <b>1 &lt; 2</b></p>"


@pytest.mark.parametrize("text", ['"><script>', "' onload=x", "<b>", "a&b", "</p>"])
def test_text_and_attributes_are_escaped(text):
    made = element("p", text, title=text)
    assert made.count("<") == made.count(">") == 2
    assert made.count('"') == 2
    assert "'" not in made


def test_attributes_are_written_as_html_calls_them():
    made = element("a", class_="x", aria_label="y", viewBox="0 0 1 1", name="n", title=None, x=1)
    expected = '<a class="x" aria-label="y" viewBox="0 0 1 1" name="n" x="1"></a>'
    assert made == expected


def test_elements_that_hold_nothing_are_not_closed():
    assert element("img", src="x") == '<img src="x">'


def test_parts_are_joined_as_what_they_are():
    assert join(["<", Markup("<b>"), "&"]) == "&lt;<b>&amp;"
    assert isinstance(join([]), Markup)


def test_things_are_counted():
    assert [count(n, "image") for n in (0, 1, 1797)] == ["0 images", "1 image", "1,797 images"]
