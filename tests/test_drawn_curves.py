"""The figure of the curves: what is drawn of measures one can count, and what is marked."""

import pytest

from core.measures.quality import Quality
from core.measures.sweep import Measured
from dashboard.curves import draw_curves


def measure(k, *, ari=None, silhouette=0.5):
    """What a k of 100 images may be measured as; nothing is known of its stability."""
    return Measured(
        k,
        Quality(
            n_clusters=k, inertia=100.0 / k, silhouette=silhouette, silhouette_error=0.0,
            n_scored=100, calinski_harabasz=10.0, davies_bouldin=1.0, ari=ari,
        ),
        None,
    )  # fmt: skip


def draw(rows, *, present=3, elbow=None):
    return draw_curves(rows, ks=range(2, 6), present=present, elbow=elbow)


def test_what_is_undefined_has_no_curve():
    figure = draw([measure(2), measure(3, silhouette=None), measure(5)])
    drawn = {one.name: list(zip(one.x, one.y, strict=True)) for one in figure.data}
    assert drawn == {
        "silhouette": [(2, 0.5), (5, 0.5)],
        "inertia": [(2, 50), (3, pytest.approx(33.3, abs=0.1)), (5, 20)],
        "Calinski-Harabasz": [(2, 10), (3, 10), (5, 10)],
        "Davies-Bouldin": [(2, 1), (3, 1), (5, 1)],
    }


def test_labels_have_a_legend_of_their_own():
    (agreement,) = [one for one in draw([measure(2, ari=0.7)]).data if one.showlegend]
    assert (agreement.name, agreement.y) == ("adjusted Rand index", (0.7,))


def test_the_present_k_is_marked_on_every_panel_and_the_elbow_on_one():
    figure = draw([measure(2), measure(3)], present=3, elbow=2)
    marked = sorted((one.x0, one.xref) for one in figure.layout.shapes)
    assert [x for x, _ in marked] == [2, 3, 3, 3, 3]
    assert len({axis for x, axis in marked if x == 3}) == 4
    titles = [one.text for one in figure.layout.annotations]
    inertia = next(place for place, text in enumerate(titles) if "Inertia" in text)
    assert marked[0][1] == f"x{inertia + 1}"


@pytest.mark.parametrize("paper", [255, 22])  # of the light theme, and of the dark
def test_marks_can_be_seen_in_the_light_and_in_the_dark(paper):
    for mark in draw([measure(2), measure(3)], elbow=2).layout.shapes:
        ink = int(mark.line.color[1:3], 16)
        assert mark.line.color == f"#{ink:02x}{ink:02x}{ink:02x}"
        opacity = 1 if mark.opacity is None else mark.opacity
        assert abs(ink - paper) * opacity >= 30
