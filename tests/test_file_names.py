"""Names from outside that every file system takes, and none of them twice."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.export.file_names import Names, safe_name

ANY = st.text(max_size=300) | st.text(alphabet=' .-=~:/\\"\n\0CONconé🌹1', max_size=40)


@pytest.mark.parametrize(
    "text",
    [
        "rose.jpg",
        "a b, c.png",
        "it's (2).png",
        "ö.png",
        "🌹.png",
        "👩‍🚀.png",
        "a'b.png",
        "con1",
        "a=b",
    ],
)
def test_what_every_system_takes_stays_as_it_is(text):
    assert safe_name(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('say "hi".png', "say _hi_.png"),
        ("a\nb.png", "a_b.png"),
        ("a/b\\c.png", "a_b_c.png"),
        ("a:b*c?.png", "a_b_c_.png"),
        ("nul\0.png", "nul_.png"),
        ("photo\u202egpj.exe", "photo_gpj.exe"),
        ("..", "_"),
        (".", "_"),
        ("", "_"),
        (" . ", "_"),
        (".hidden.png", "_.hidden.png"),
        ("../../etc/passwd", "_.._.._etc_passwd"),
        ("-rf", "_-rf"),
        ("=1+1.png", "_=1+1.png"),
        ("~user", "_~user"),
        ("@x", "_@x"),
        ("CON", "_CON"),
        ("con.png", "_con.png"),
        ("nul.tar.gz", "_nul.tar.gz"),
        ("COM¹.txt", "_COM¹.txt"),
        ("LPT9", "_LPT9"),
        ("ends. . ", "ends"),
        (" begins", "begins"),
        ("e\u0301.png", "é.png"),
        ("lone \ud800.png", "lone _.png"),
    ],
)
def test_what_some_system_refuses_is_replaced(text, expected):
    assert safe_name(text) == expected


def test_a_long_name_is_cut_between_characters_and_keeps_its_ending():
    assert safe_name("x" * 300 + ".jpeg") == "x" * 250 + ".jpeg"
    assert safe_name("ö" * 200 + ".png") == "ö" * 125 + ".png"  # 250 bytes, not 251
    assert safe_name("a." + "x" * 300) == "a." + "x" * 253
    assert len(safe_name("x" * 300, longest=80)) == 80


@given(ANY)
def test_every_name_is_a_name(text):
    name = safe_name(text)
    assert 0 < len(name.encode()) <= 255
    assert name.strip(" ") == name
    assert not name.startswith((".", "-", "=", "~"))
    assert not name.endswith(".")
    assert not set(name) & set('<>:"/\\|?*')
    assert not any(unicodedata.category(one) in {"Cc", "Cs"} for one in name)
    assert safe_name(name) == name


@given(st.lists(ANY, max_size=20))
def test_no_two_are_one_on_any_file_system(texts):
    names = Names()
    taken = [names.take(text) for text in texts]
    assert len({unicodedata.normalize("NFC", name.casefold()) for name in taken}) == len(texts)
    assert all(len(name.encode()) <= 255 for name in taken)


def test_a_taken_name_is_numbered_before_its_ending():
    names = Names()
    given = ["a.png", "A.PNG", "a.png", "a (2).png", "b", "b"]
    assert [names.take(name) for name in given] == [
        "a.png", "A (2).PNG", "a (3).png", "a (2) (2).png", "b", "b (2)",
    ]  # fmt: skip


def test_names_that_differ_only_beyond_the_cut_stay_apart():
    names = Names()
    first, second = names.take("x" * 300 + "1.png"), names.take("x" * 300 + "2.png")
    assert first == "x" * 251 + ".png"
    assert second == "x" * 247 + " (2).png"


def test_ten_thousand_of_one_name_are_numbered_through():
    names = Names()
    taken = [names.take("a.png") for _ in range(10_000)]
    assert taken[-1] == "a (10000).png"


@pytest.mark.parametrize("text", ["🌹" * 100, "CON", "a\nb", "..", "x" * 400 + ".png"])
def test_the_disk_takes_them(tmp_path, text):
    (tmp_path / safe_name(text)).touch()
    assert [path.name for path in tmp_path.iterdir()] == [safe_name(text)]
