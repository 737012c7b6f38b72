# Groupsight: two commands. `make demo` opens the dashboard, `make test` runs all checks.

PYTHON ?= python3
VENV ?= .venv
# What `make demo` opens: the embedded digits, or a folder or CSV file of your own.
IMAGES ?= digits

BIN := $(VENV)/bin
# One more than there are cores: the browser tests mostly wait.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(min(8, (os.cpu_count() or 1) + 1))')
ifeq ($(IMAGES),digits)
DEMO_OPTIONS := --weights embedded --k 10
endif

.PHONY: demo test test-ray check install benchmark screenshot clean

demo: $(VENV)/.installed
	@$(BIN)/python -m dashboard "$(IMAGES)" $(DEMO_OPTIONS)

test: check
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

# Extraction by a Ray cluster, which needs half a gigabyte more.
test-ray: $(VENV)/.installed-ray
	$(BIN)/python -m pytest tests/test_ray_engine.py tests/test_s3.py tests/test_sources_remote.py

check: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

install: $(VENV)/.installed

benchmark: $(VENV)/.installed-dev
	$(BIN)/python tools/benchmark.py $(if $(PHOTOS),--photos "$(PHOTOS)")
	$(BIN)/python tools/browser_benchmark.py

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Groupsight needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.installed-dev: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-ray: requirements-ray.txt $(VENV)/.installed-dev
	$(BIN)/python -m pip install --disable-pip-version-check --requirement requirements-ray.txt 'moto[server]>=5.2'
	@touch $@

screenshot: $(VENV)/.installed-dev
	$(BIN)/python tools/screenshot.py docs

clean:
	rm -rf $(VENV)
