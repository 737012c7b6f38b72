"""The review of a study: reds and blues, and one image that is half of both."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from core.clusters.clustering import KMeansParams
from core.measures.sweep import Sweep, SweepParams
from core.recipe import StudyParams
from core.review.reviewing import Review
from core.study import open_study

TWO = KMeansParams(2)


@pytest.fixture
def study(tmp_path, save_image, cache):
    """Five reds, five blues, and a red that turns into blue from left to right."""
    for shade in (160, 180, 200, 220, 240):
        save_image(tmp_path / f"photos/red/{shade}.png", (shade, 0, 0))
        save_image(tmp_path / f"photos/blue/{shade}.png", (0, 0, shade))
    mixed = Image.new("RGB", (40, 30), (200, 0, 0))
    mixed.paste((0, 0, 200), (20, 0, 40, 30))
    mixed.save(tmp_path / "photos/red/mixed.png")
    params = StudyParams(str(tmp_path / "photos"), weights="embedded", precision="fp32")
    made = open_study(replace(params, device="cpu"), cache)
    made.extract()
    return made


def path_of(study, row):
    return study.images.by_id[study.images.ids[row]][0].path


def test_the_image_between_the_two_comes_first(study):
    review = Review(study, TWO)
    assert path_of(study, review.misfit.worst_first("margin")[0]) == "red/mixed.png"
    assert path_of(study, review.outliers.factor.argmax()) == "red/mixed.png"


def test_its_rival_is_the_other_cluster(study):
    review = Review(study, TWO)
    assert [review.rival(row) for row in range(11)] == (1 - review.clusters).tolist()
    assert Review(study, KMeansParams(1)).rival(0) is None


def test_what_speaks_against_it_is_said_by_name(study):
    study.rename(TWO, 0, "first")
    study.rename(TWO, 1, "second")
    review = Review(study, TWO)
    row = int(review.misfit.worst_first("margin")[0])
    rival = review.names[review.rival(row)]
    assert any(rival in reason for reason in review.describe(row))


def test_restlessness_counts_where_a_sweep_was_made(study):
    restless = Sweep(study, SweepParams(2, 3)).restlessness()
    review = Review(study, TWO, restlessness=restless)
    assert np.array_equal(review.misfit.restlessness, 1 - restless.stability)
    assert Review(study, TWO).misfit.restlessness is None


def test_silhouettes_are_kept(study, monkeypatch):
    first = Review(study, TWO).misfit.silhouette
    monkeypatch.setattr("core.review.reviewing.find_silhouettes", None)
    assert np.array_equal(Review(study, TWO).misfit.silhouette, first)
