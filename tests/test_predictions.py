"""ImageNet's classes by their probability, and the names that several images suggest."""

import numpy as np
import pytest
from torchvision.models import VGG16_Weights

from core.errors import CoreError
from core.network.predictions import Suggestion, categories, suggest_names, top_predictions


def test_the_classes_are_torchvisions():
    assert list(categories()) == VGG16_Weights.IMAGENET1K_V1.meta["categories"]
    assert len(categories()) == 1000


def test_the_likeliest_come_first_and_of_equals_the_lower_number():
    probabilities = np.zeros(1000, dtype=np.float32)
    probabilities[[7, 3, 281]] = [0.25, 0.25, 0.5]
    found = top_predictions(probabilities, 3)
    assert [(one.number, one.probability) for one in found] == [(281, 0.5), (3, 0.25), (7, 0.25)]
    assert found[0].name == "tabby"


def test_no_more_than_there_are():
    assert len(top_predictions(np.full(1000, 0.001, dtype=np.float32), 5000)) == 1000


def test_none_is_refused():
    with pytest.raises(CoreError, match="the 0 likeliest classes: choose at least 1"):
        top_predictions(np.zeros(1000), 0)


def test_names_by_how_often_they_are_the_likeliest():
    found = suggest_names([281, 7, 281, 3, 7, 281])
    names = categories()
    assert found == (
        Suggestion(names[281], 3, 6),
        Suggestion(names[7], 2, 6),
        Suggestion(names[3], 1, 6),
    )
    assert found[0].share == 0.5


def test_of_equals_the_lower_number_and_no_more_than_asked_for():
    assert [one.name for one in suggest_names([9, 4, 1], most=2)] == [
        categories()[1],
        categories()[4],
    ]


def test_no_images_suggest_nothing():
    assert suggest_names([]) == ()
