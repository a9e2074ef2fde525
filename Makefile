# make run: serve; make test: prove; each sets up what it needs first.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: setup run test lint bench fire lives lock clean

setup: .venv/dev.stamp

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; set PYTHON=…" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv

.venv/run.stamp: locks/run.txt pyproject.toml | .venv/bin/python
	$(PIP) install --require-hashes -r locks/run.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: locks/dev.txt .venv/run.stamp
	$(PIP) install --require-hashes -r locks/dev.txt
	@touch $@

run: .venv/run.stamp
	@exec $(BIN)/dispatch serve

test: setup
	$(BIN)/python -m tests

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup
	$(BIN)/python -m bench $(ROW)

fire: setup
	$(BIN)/python -m tests.fire.release $(if $(ROW),--row $(ROW)) $(if $(SEED),--seed $(SEED)) $(if $(RESUME),--resume)

lives: setup
	$(BIN)/python -m tests.simulation --lives $(or $(LIVES),100000) --seed $(or $(SEED),1)

lock: setup
	$(PIP) install uv
	cd locks && ../$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url run.in -o run.txt
	cd locks && ../$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url -c run.txt dev.in -o dev.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis htmlcov .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
