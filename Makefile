# make run: the dashboard. make test: every check. Both set up what they need, on a fresh machine too.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
# Everything with the versions and hashes of a lock, and built already; the chart's component is built here. uv needs
# seconds where pip needs more than a minute; pip is for who has an index in pip.conf, where uv does not look.
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check install
UV := $(BIN)/uv pip install --quiet --system-certs --compile-bytecode --python $(BIN)/python
LOCKED := --require-hashes --only-binary :all: -r
define INSTALL
$(PIP) $(LOCKED) requirements-build.lock
$(UV) $(LOCKED) $(1) || $(PIP) $(LOCKED) $(1)
$(PIP) --no-deps --no-build-isolation -e ./plotly_basic
touch $@
endef
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock" $(LOCK_ARGS)
# A file's tests stay together, because they share servers, and are begun in the order of tests/conftest.py. There
# is a process more than cores, of which four count: tests also wait.
PROCESSES := $(shell cores=$$(getconf _NPROCESSORS_ONLN); echo $$(( (cores < 4 ? cores : 4) + 1 )))
PYTEST := $(BIN)/python -m pytest --dist=loadfile --no-loadscope-reorder --numprocesses=$(PROCESSES)
UNIT = $(PYTEST) -m "not browser" $(PYTEST_ARGS)
BROWSER = CHROMIUM="$$(cat $(VENV)/.browser)" $(PYTEST) -m browser tests/browser tests/plotly_basic $(PYTEST_ARGS)
# Processes of many tests import the same: compiled once, also where Python is told to keep nothing.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test all-tests test-busy lint types unit browser attack bench lock audit-dependencies clean

run: $(VENV)/.run
	$(BIN)/streamlit run app.py --server.port $(PORT)

# Style and types beside the tests.
test: $(VENV)/.browser
	$(MAKE) --no-print-directory --jobs=3 lint types all-tests

# In two runs: what is quicker fails first, and all in one took no less time.
all-tests: $(VENV)/.browser
	$(UNIT)
	$(BROWSER)

# All tests while something else has every core busy: what passes here depends on no speed.
test-busy: $(VENV)/.browser
	for core in $$(seq $$(nproc)); do sh -c 'while :; do :; done' & loops="$$loops $$!"; done; \
	trap 'kill $$loops' EXIT; $(UNIT); failed=$$?; $(BROWSER) || failed=1; exit $$failed

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo

types: $(VENV)/.dev
	$(BIN)/mypy

unit: $(VENV)/.dev
	$(UNIT)

browser: $(VENV)/.browser
	$(BROWSER)

# What a stranger may try on a running dashboard: docs/attack.md.
attack: $(VENV)/.dev
	$(BIN)/python -m pytest tests/attack $(PYTEST_ARGS)

bench: $(VENV)/.browser
	CHROMIUM="$$(cat $(VENV)/.browser)" $(BIN)/python -m benchmarks $(BENCH_ARGS)

# The locks follow requirements*.txt; what is locked already stays. Newer: make lock LOCK_ARGS=--upgrade
lock: $(VENV)/.dev
	$(COMPILE) requirements-build.txt --output-file requirements-build.lock
	$(COMPILE) requirements.txt --output-file requirements.lock
	$(COMPILE) requirements-dev.txt --output-file requirements-dev.lock \
		--constraint requirements.lock --constraint requirements-build.lock

# Known vulnerabilities of what is locked. Asks pypi.org about each, so it needs the internet.
audit-dependencies: $(VENV)/.dev
	for lock in requirements.lock requirements-build.lock requirements-dev.lock; do \
		$(BIN)/uvx pip-audit==2.10.1 --strict --require-hashes --disable-pip -r $$lock || exit 1; done

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; set PYTHON=" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock requirements-build.lock $(BIN)/python
	$(call INSTALL,requirements.lock)

$(VENV)/.dev: requirements-dev.lock requirements-build.lock $(BIN)/python
	$(call INSTALL,requirements-dev.lock)

# Which Chromium the browser tests drive: $$CHROMIUM, one on the PATH, or one that is installed now.
$(VENV)/.browser: $(VENV)/.dev tests/browser/chromium.py
	$(BIN)/python tests/browser/chromium.py > $@.new
	mv $@.new $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
