# Groupsight: two commands. `make demo` opens the dashboard, `make test` runs all checks.
# `make test-lowest` and `make audit` are about the packages it stands on: docs/dependencies.md.

PYTHON ?= python3
VENV ?= .venv
LOWEST ?= .venv-lowest
AUDIT ?= .venv-audit
# What `make demo` opens: the embedded digits, or a folder or CSV file of your own.
IMAGES ?= digits

BIN := $(VENV)/bin
# Where the surroundings forbid to keep what was compiled, every process would compile it again.
export PYTHONDONTWRITEBYTECODE :=
# One more than there are cores: the browser tests mostly wait.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(min(8, (os.cpu_count() or 1) + 1))')
# Side by side, the threads of one worker take the cores of another: that costs a fifth of the time.
PYTEST = OMP_NUM_THREADS=1 $(1)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder
ifeq ($(IMAGES),digits)
DEMO_OPTIONS := --weights embedded --k 10
endif

.PHONY: demo test tests test-lowest test-ray test-faiss audit check style types install benchmark \
	screenshot clean

demo: $(VENV)/.installed
	@$(BIN)/python -m dashboard "$(IMAGES)" $(DEMO_OPTIONS)

# mypy keeps one core busy for half a minute: the tests begin meanwhile.
test: style
	$(MAKE) --jobs=2 types tests

tests: $(VENV)/.installed-dev
	$(call PYTEST,$(BIN))

# With the lowest versions that requirements.txt allows: all tests, of those in the browser the walk
# through the pages alone. Not part of .ci/run: a second PyTorch and a second run of the tests do
# not fit into its fifteen minutes.
test-lowest: $(LOWEST)/.installed
	$(call PYTEST,$(LOWEST)/bin) tests/test_*.py tests/browser/test_journey.py

# Known vulnerabilities in what $(VENV) holds. What the service knows nothing of makes it fail:
# without --strict, pip-audit calls that clean too.
audit: $(VENV)/.installed-dev $(AUDIT)/.installed
	$(BIN)/python -m pip freeze --exclude-editable > $(AUDIT)/frozen.txt
	$(AUDIT)/bin/pip-audit --strict --no-deps --disable-pip --requirement $(AUDIT)/frozen.txt

# Extraction by a Ray cluster, which needs half a gigabyte more.
test-ray: $(VENV)/.installed-ray
	$(BIN)/python -m pytest tests/test_ray_engine.py tests/test_s3.py tests/test_sources_remote.py

# The index of the search over very many images.
test-faiss: $(VENV)/.installed-faiss
	$(BIN)/python -m pytest tests/test_index_building.py tests/test_shards_benchmark.py

check: style types

style: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.installed-dev
	$(BIN)/mypy

install: $(VENV)/.installed

benchmark: $(VENV)/.installed-dev
	$(BIN)/python tools/benchmark.py $(if $(PHOTOS),--photos "$(PHOTOS)")
	$(BIN)/python tools/browser_benchmark.py

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Groupsight needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

# Without compiling all of PyTorch and the rest ahead, which takes half a minute: what is imported is
# compiled then, once.
$(VENV)/.installed: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check --no-compile --editable .
	@touch $@

$(VENV)/.installed-dev: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check --no-compile --editable '.[dev]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-ray: requirements-ray.txt $(VENV)/.installed-dev
	$(BIN)/python -m pip install --disable-pip-version-check --requirement requirements-ray.txt 'moto[server]>=5.2'
	@touch $@

$(VENV)/.installed-faiss: requirements-faiss.txt $(VENV)/.installed-dev
	$(BIN)/python -m pip install --disable-pip-version-check --requirement requirements-faiss.txt
	@touch $@

$(LOWEST)/.installed: requirements.txt pyproject.toml tools/lowest.py
	$(PYTHON) -m venv $(LOWEST)
	$(PYTHON) tools/lowest.py > $(LOWEST)/constraints.txt
	$(LOWEST)/bin/python -m pip install --disable-pip-version-check --constraint $(LOWEST)/constraints.txt --editable '.[dev]'
	@touch $@

$(AUDIT)/.installed:
	$(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install --disable-pip-version-check 'pip-audit>=2.10'
	@touch $@

screenshot: $(VENV)/.installed-dev
	$(BIN)/python tools/screenshot.py docs

clean:
	rm -rf $(VENV) $(LOWEST) $(AUDIT)
