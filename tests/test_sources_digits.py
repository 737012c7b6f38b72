"""The digits: what scikit-learn has, byte for byte, without importing it."""

import subprocess
import sys

import numpy as np
import pytest
from sklearn.datasets import load_digits

from core.images import identify
from core.pictures.decoding import decode
from core.sources import open_source


@pytest.fixture(scope="module")
def source():
    return open_source("digits")


@pytest.fixture(scope="module")
def reference():
    return load_digits()


def test_all_1797_digits_are_there_with_their_labels(source, reference):
    assert len(source.entries) == 1797
    assert [entry.label for entry in source.entries] == [str(label) for label in reference.target]


def test_every_pixel_is_scikit_learns(source, reference):
    header = b"P5 8 8 16\n"
    for position, digit in enumerate(reference.images):
        assert source.read(position) == header + digit.astype(np.uint8).tobytes()


def test_every_digit_is_an_image_of_its_own(source):
    assert len({identify(source.read(position)) for position in range(1797)}) == 1797


def test_a_digit_is_decoded_from_black_to_white(source, reference):
    darkest, brightest = 0, 16
    pixels = np.asarray(decode(source.read(0)))
    assert (pixels[reference.images[0] == darkest] == 0).all()
    assert (pixels[reference.images[0] == brightest] == 255).all()


def test_the_table_names_each_digit(source):
    assert source.table.iloc[3].to_dict() == {
        "path": "digits/0003.pgm",
        "ImageID": "0003",
        "label": "3",
    }


def test_scikit_learn_is_not_imported():
    code = (
        "import sys; from core.sources import open_source; open_source('digits').read(0);"
        "print('sklearn' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "False\n"
