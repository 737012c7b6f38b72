"""What is read from curves drawn by hand: good k, stable k, chance, and what is not measured."""

import pytest

from core.measures.curves import read_curves
from core.measures.findings import Findings
from core.measures.quality import Quality
from core.measures.stability import Stability


def draw(silhouettes, *, first=2, n_images=1_000, error=0.0, **curves):
    """Qualities by k from a list of silhouettes; other curves by k, where they are given.

    Else Calinski-Harabasz and Davies-Bouldin are best where the silhouette is, and the inertia
    falls along a straight line, without an elbow.
    """
    return {
        k: Quality(
            n_clusters=k,
            inertia=curves.get("inertia", {}).get(k, 1_000.0 - k),
            silhouette=silhouette,
            silhouette_error=error,
            n_scored=0 if silhouette is None else n_images,
            calinski_harabasz=curves.get("calinski_harabasz", {}).get(k, silhouette),
            davies_bouldin=curves.get("davies_bouldin", {}).get(k, 2 - (silhouette or 2)),
            ari=curves.get("ari", {}).get(k),
        )
        for k, silhouette in enumerate(silhouettes, start=first)
    }


def stability(means, *, first=2):
    """Stabilities by k from a list of means; None leaves one out."""
    return {
        k: Stability(mean, 0.01, mean, mean, 3)
        for k, mean in enumerate(means, start=first)
        if mean is not None
    }


def good(silhouettes, means=(), **options):
    return read_curves(draw(silhouettes, **options), stability(means)).equally_good


@pytest.mark.parametrize(
    ("silhouettes", "expected"),
    [
        ([0.3, 0.6, 0.3, 0.2], (3,)),
        ([0.3, 0.60, 0.575, 0.2], (3, 4)),  # within 5 %: 0.57
        ([0.3, 0.60, 0.565, 0.2], (3,)),
        ([0.57, 0.3, 0.6, 0.3], (2, 4)),  # two peaks
        ([0.111, 0.12, 0.108], (2, 3)),  # within 0.01, though 5 % of it are 0.006
    ],
)
def test_near_the_best_silhouette_is_equally_good(silhouettes, expected):
    assert good(silhouettes) == expected


def test_within_two_standard_errors_is_equally_good():
    assert good([0.5, 0.55, 0.6, 0.4], error=0.02) == (4,)
    assert good([0.5, 0.55, 0.6, 0.4], error=0.026) == (3, 4)


def test_what_depends_on_chance_is_left_out_unless_all_of_it_does():
    assert good([0.6, 0.59, 0.4], [0.6, 0.7, 0.9]) == (3,)
    assert good([0.6, 0.59, 0.4], [0.6, 0.6, 0.9]) == (2, 3)
    assert good([0.6, 0.59, 0.4], [0.6, None, 0.9]) == (3,)


@pytest.mark.parametrize(
    ("best", "separation"),
    [
        (0.7, "strong"),
        (0.69, "reasonable"),
        (0.49, "weak"),
        (0.24, "overlapping"),
        (0.09, "none"),
        (-0.1, "none"),
    ],
)
def test_the_best_silhouette_says_how_far_the_groups_lie_apart(best, separation):
    found = read_curves(draw([best - 0.05, best, best - 0.1]), {})
    assert found.separation == separation
    assert (found.equally_good == ()) == (separation == "none")


def test_certainty_is_that_of_the_least_stable():
    qualities = draw([0.6, 0.59, 0.6, 0.2])
    found = read_curves(qualities, stability([0.95, 0.8, 1.0, 0.1]))
    assert (found.equally_good, found.certainty, found.unsteady) == ((2, 3, 4), 0.8, (3,))
    unknown = read_curves(qualities, stability([0.95, None, 1.0, 0.1]))
    assert (unknown.certainty, unknown.unsteady) == (None, ())


@pytest.mark.parametrize(
    ("means", "expected"),
    [
        ([1, 0.8, 0.8, 0.8, 0.8, 0.8, 0.95, 0.8], (8,)),
        ([1, 0.95, 0.95, 0.8, 0.8, 0.8, 0.8, 0.8], ()),  # the same run as the best
        ([0.8, 0.95, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8], ()),  # beside the best
        ([1, 0.8, 0.9, 0.8, 0.95, 0.95, 1, 1], (4, 7)),  # of a run that of the best silhouette
        ([1, 0.8, 0.89, 0.8, 0.8, 0.8, 0.8, 0.8], ()),
    ],
)
def test_further_k_are_stable_where_every_seed_finds_the_same(means, expected):
    silhouettes = [0.6, 0.3, 0.3, 0.3, 0.3, 0.4, 0.35, 0.3]
    found = read_curves(draw(silhouettes), stability(means))
    assert (found.equally_good, found.stable) == ((2,), expected)


def test_nearly_one_image_a_group_is_no_stability():
    silhouettes, means = [0.6, 0.3, 0.3, 0.3, 0.3], [1, 0.8, 0.8, 0.8, 1]
    few = read_curves(draw(silhouettes, n_images=11), stability(means))
    enough = read_curves(draw(silhouettes, n_images=12), stability(means))
    assert (few.stable, enough.stable) == ((), (6,))


@pytest.mark.parametrize(
    ("means", "expected"),
    [
        ([1, 0.9, 0.8, 0.8, 0.7], (None, None)),
        ([1, 0.9, 0.6, 0.5, 0.4], (None, 4)),
        ([1, 0.9, 0.8, 0.8, 0.6], (None, None)),  # one alone may be an accident
        ([1, 0.9, 0.8, 0.6, 0.65, 0.5], (None, None)),  # and this is followed by one that is not
        ([1, 0.9, 0.66, 0.6, 0.5, 0.4], (None, 5)),
        ([1, 0.9, 0.5, 0.7, 0.5, 0.4], (None, 6)),
        ([0.6, 0.8, 0.8, 1, 0.8], (None, None)),
        ([1, 0.9, 0.6, 0.5, 0.7, 0.5, 0.4], (None, 4)),  # so may one that is above
        ([0.3, 0.5, 0.8, 1, 0.8], (3, None)),
        ([0.3, 0.5, 0.8, 1, 0.6, 0.5], (3, 6)),
        ([0.3, 0.5, 0.6, 0.6], (None, 2)),  # everywhere
        ([], (None, None)),
        ([0.3], (None, 2)),
    ],
)
def test_where_chance_ends_and_begins(means, expected):
    # What is good does not depend on chance: here it is the most stable.
    silhouettes = [0.6 if mean == max(means) else 0.3 for mean in means] or [0.6]
    found = read_curves(draw(silhouettes), stability(means))
    assert (found.chance_up_to, found.chance_from) == expected


def test_what_is_called_good_or_stable_does_not_depend_on_chance():
    # Alone between shaky neighbours, 4 is good and 7 is stable.
    means = [0.4, 0.4, 0.7, 0.4, 0.4, 0.95, 0.4, 0.4]
    found = read_curves(draw([0.2, 0.2, 0.6, 0.2, 0.2, 0.2, 0.2, 0.2]), stability(means))
    assert (found.equally_good, found.stable) == ((4,), (7,))
    assert (found.chance_up_to, found.chance_from) == (3, 8)


def test_other_curves_have_their_own_best():
    found = read_curves(
        draw(
            [0.6, 0.5, 0.4, 0.3, 0.3, 0.3],
            calinski_harabasz={4: 9.0},
            davies_bouldin={5: 0.1},
            inertia={2: 100, 3: 20, 4: 15, 5: 10, 6: 5, 7: 0},
        ),
        {},
    )
    assert (found.calinski_harabasz, found.davies_bouldin, found.elbow) == (4, 5, 3)


def test_one_cluster_counts_for_the_elbow_alone():
    qualities = draw([None, 0.6, 0.5, 0.4, 0.3], first=1, inertia={1: 100, 2: 10, 3: 9, 4: 8, 5: 7})
    found = read_curves(qualities, stability([1, 1, 1, 1, 1], first=1))
    assert (found.measured, found.elbow, found.equally_good) == ((2, 3, 4, 5), 2, (2,))


def test_labels_choose_for_themselves():
    qualities = draw([0.6, 0.5, 0.4], ari={2: 0.30, 3: 0.51, 4: 0.52})
    found = read_curves(qualities, {})
    assert (found.label_choice, found.label_agreement) == ((3, 4), 0.52)
    assert read_curves(draw([0.6, 0.5]), {}).label_choice == ()


def test_gaps_are_allowed_and_the_order_does_not_matter():
    whole = draw([0.3, 0.4, 0.6, 0.6, 0.6, 0.4, 0.3, 0.3, 0.3])
    found = read_curves({k: whole[k] for k in (10, 6, 2, 4)}, {})
    assert (found.measured, found.equally_good) == ((2, 4, 6, 10), (4, 6))


@pytest.mark.parametrize("qualities", [{}, draw([None], first=1), draw([None, None])])
def test_nothing_to_judge(qualities):
    assert read_curves(qualities, stability([1, 1], first=1)) == Findings()


def test_all_images_at_their_centroids_are_the_end():
    qualities = draw([0.4, 0.6, 1.0])
    assert not read_curves(qualities, {}).is_complete
    qualities[4] = Quality(4, 0.0, 1.0, 0.0, 1_000, None, 0.0)
    assert read_curves(qualities, {}).is_complete
