"""What is taken away of looking inside: tables, lines, a picture."""

import numpy as np

from core.inside.explanation import FeaturePart
from core.inside.inside_report import describe_why, draw_why, tabulate_layers, tabulate_predictions
from core.inside.why import Heat, Place, Vote, Why
from core.network.network_table import tabulate_network
from core.network.predictions import Prediction

WHY = Why(
    Place(4, 1, 0, np.array([2, 3, 5]), 0.5, 0.75),
    0.5,
    -0.25,
    (Vote(1, 2), Vote(0, 1)),
    (FeaturePart(17, 0.031), FeaturePart(3, 0.02)),
    (),
)
HEAT = Heat(np.array([[0.0, 4.0]] * 2), np.array([[-2.0, 0.0]] * 2), is_exact=True, n_passes=1)


def test_a_row_for_each_layer_and_one_for_all():
    table = tabulate_layers(tabulate_network(224))
    assert len(table) == 13 + 5 + 3 + 1
    first, total = table.iloc[0], table.iloc[-1]
    assert (first.layer, first.kernel, first.output) == ("conv1_1", "3x3", "64x224x224")
    assert (first.parameters, first.receptive_field, first.features) == (3 * 64 * 9 + 64, 3, "")
    assert (total.layer, total.parameters, total.kernel) == ("total", 138_357_544, "")
    by_name = table.set_index("layer")
    assert by_name.loc["pool5", "features"] == "conv5"
    assert (by_name.loc["fc1", "output"], by_name.loc["fc1", "receptive_field"]) == ("4096", "all")


def test_a_row_for_each_class_of_each_image():
    cat, dog = Prediction(281, "tabby", 0.75), Prediction(207, "golden retriever", 0.125)
    table = tabulate_predictions({"a.png": (cat, dog), "b.png": (dog,)})
    assert table.to_dict("list") == {
        "path": ["a.png", "a.png", "b.png"],
        "rank": [1, 2, 1],
        "class": ["tabby", "golden retriever", "golden retriever"],
        "probability": ["0.750000", "0.125000", "0.125000"],
    }


def test_of_no_images_the_columns_remain():
    assert tabulate_predictions({}).columns.tolist() == ["path", "rank", "class", "probability"]


def test_the_picture_has_the_image_and_both_maps_on_one_scale():
    square = np.full((8, 8, 3), 255, dtype=np.uint8)
    picture = draw_why(square, HEAT)
    assert picture.shape == (384, 3 * 384 + 2 * 8, 3)
    image, own, rival = (picture[:, start : start + 384] for start in (0, 392, 784))
    assert (image == 255).all()
    assert own[200, -1].tolist() == [241, 146, 92]  # the peak, in orange
    assert own[200, 0].tolist() == [255, 255, 255]
    half = 255 - (255 - np.array([51, 146, 201])) / 2  # half the peak, in blue
    assert np.allclose(rival[200, 0], half, atol=1)


def test_a_picture_of_nothing_can_be_drawn():
    square = np.zeros((8, 8, 3), dtype=np.uint8)
    nothing = Heat(np.zeros((2, 2)), np.zeros((2, 2)), is_exact=True, n_passes=1)
    assert draw_why(square, nothing)[:, :384].max() == 0


def test_the_reasons_line_by_line():
    assert list(describe_why(WHY, HEAT, ("reds", "blues"), channels=True)) == [
        "cluster: blues (likeness 0.5)",
        "rival: reds (likeness -0.25)",
        "nearest 3 images: blues 2, reds 1",
        "channels for it: 17 (+0.031), 3 (+0.02)",
        "channels for the rival: none",
        "picture: its parts sum to the likeness; passes through the network: 1",
    ]


def test_what_was_hidden_is_said():
    hidden = Heat(HEAT.own, HEAT.rival, is_exact=False, n_passes=50)
    lines = list(describe_why(WHY, hidden, ("reds", "blues"), channels=False))
    assert lines[3].startswith("units for it")
    assert lines[-1] == (
        "picture: what hiding each part takes away; passes through the network: 50"
    )
