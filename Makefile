# make run: the dashboard. make test: every check. Both set up what they need, on a fresh machine too.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501

.PHONY: run test lint types unit browser bench clean

run: $(VENV)/.run
	$(BIN)/streamlit run app.py --server.port $(PORT)

test: lint types $(VENV)/.browser
	CHROMIUM="$$(cat $(VENV)/.browser)" $(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo

types: $(VENV)/.dev
	$(BIN)/mypy

unit: $(VENV)/.dev
	$(BIN)/python -m pytest -m "not browser" $(PYTEST_ARGS)

browser: $(VENV)/.browser
	CHROMIUM="$$(cat $(VENV)/.browser)" $(BIN)/python -m pytest -m browser $(PYTEST_ARGS)

bench: $(VENV)/.browser
	CHROMIUM="$$(cat $(VENV)/.browser)" $(BIN)/python -m benchmarks $(BENCH_ARGS)

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; set PYTHON=" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

# Which Chromium the browser tests drive: $$CHROMIUM, one on the PATH, or one that is installed now.
$(VENV)/.browser: $(VENV)/.dev tests/browser/chromium.py
	$(BIN)/python tests/browser/chromium.py > $@.new
	mv $@.new $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
