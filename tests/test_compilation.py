"""What is compiled beforehand: once, by one process, and only where it can be kept."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from core import compilation, layout_kernels
from core.caching.turns import take_turn


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Two packages with sources and nothing compiled; gives their folders of machine code."""
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(compilation, "_KEPT", {"made_first": "a-*.nbi", "made_last": "b-*.nbi"})
    folders = [tmp_path / name / "__pycache__" for name in compilation._KEPT]
    for folder in folders:
        folder.mkdir(parents=True)
        (folder.parent / "__init__.py").touch()
    return folders


def test_it_is_compiled_once_each_package_has_machine_code(packages, monkeypatch):
    first, last = packages
    assert not compilation.is_compiled()
    (first / "a-12.py311.nbi").touch()
    (last / "c-12.py311.nbi").touch()
    assert not compilation.is_compiled()
    (last / "b-34.py311.nbi").touch()
    assert compilation.is_compiled()
    monkeypatch.setenv("NUMBA_CACHE_DIR", "elsewhere")
    assert not compilation.is_compiled()


def test_a_package_that_is_not_there_has_none(monkeypatch):
    monkeypatch.setattr(compilation, "_KEPT", {"made_never": "*"})
    assert not compilation.is_compiled()


def test_what_is_compiled_starts_no_process(monkeypatch):
    monkeypatch.setattr(compilation, "is_compiled", lambda: True)
    assert compilation.start_compiling() is None


def test_another_process_finds_the_command(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(compilation, "is_compiled", lambda: False)
    sign = tmp_path / "sign"
    command = f"{compilation._COMMAND.split(';')[0]}; open({str(sign)!r}, 'w').close()"
    monkeypatch.setattr(compilation, "_COMMAND", command)
    assert compilation.start_compiling().wait() == 0
    assert sign.exists()


@pytest.fixture
def loads(monkeypatch, tmp_path):
    """Machine code would be kept in `tmp_path`; gives what `compile_map` loads, as it does."""
    done = []
    stats = SimpleNamespace(cache_path=str(tmp_path / "kept"))
    monkeypatch.setattr(layout_kernels, "move", SimpleNamespace(stats=stats))
    monkeypatch.setattr(compilation, "load_map", lambda: done.append("map"))
    return done


def test_what_is_not_there_is_compiled_and_leaves_no_lock(loads, tmp_path):
    compilation.compile_map()
    assert loads == ["map"]
    assert list((tmp_path / "kept").iterdir()) == []


def test_what_is_there_is_not_compiled_again(loads, tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "layout_kernels.move-129.py311.nbi").touch()
    compilation.compile_map()
    assert loads == []


def test_what_cannot_be_kept_is_not_compiled_for_nothing(loads):
    layout_kernels.move.stats.cache_path = None
    compilation.compile_map()
    assert loads == []


def test_while_another_process_is_at_it_this_one_ends(loads, tmp_path):
    (tmp_path / "kept").mkdir()
    turn = take_turn(tmp_path / "kept" / "map", "compilation", meanwhile=pytest.fail)
    with turn, pytest.raises(SystemExit):
        compilation.compile_map()
    assert loads == []


def test_the_files_it_looks_for_are_those_that_numba_writes():
    compilation.load_map()
    beside = Path(layout_kernels.__file__).with_name("__pycache__")
    if layout_kernels.move.stats.cache_path != str(beside):
        pytest.skip("here numba keeps machine code elsewhere")
    assert compilation.is_compiled()
