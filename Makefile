# Two commands: `make run` prints the overview, `make test` proves the checkout.
# Both make their own environment in .venv (Python 3.11 or newer).
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: run test test-all check lint types imports browser cql clean

run: $(VENV)/.run
	@$(BIN)/scleroscope

test: $(VENV)/.test check browser
	$(BIN)/python -m pytest -q -n auto -m "not slow"

test-all: $(VENV)/.test check browser
	$(BIN)/python -m pytest -q -n auto

check: lint types imports

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.test
	$(BIN)/mypy

imports: $(VENV)/.test
	$(BIN)/lint-imports

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "scleroscope needs Python 3.11 or newer with venv (Debian: apt-get install python3 python3-venv)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"

$(VENV)/.run: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.test: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable ".[design,web,duckdb]" --group test --group check
	@touch $@ $(VENV)/.run

# The browser that drives the pages in the tests. Where it cannot be had they say so: skipped, but in CI failed.
browser:
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
		command -v $$name >/dev/null 2>&1 && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	else echo "no Chromium here: the tests in a browser are left out (Debian: apt-get install chromium)" >&2; fi

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist

# The engines that the exported CQL is tested with (needs Node).
cql:
	cd tests/functional/cql && npm install --no-audit --no-fund --no-package-lock
