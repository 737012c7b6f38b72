"""Versions of libraries."""

import numpy as np
import pytest

from core.versions import version


def test_it_is_the_installed_one():
    assert version("numpy") == np.__version__


def test_what_is_not_installed_has_none():
    with pytest.raises(ModuleNotFoundError, match="no-such-package"):
        version("no-such-package")
