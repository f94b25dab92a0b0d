# Dangjian Cloud (党建云): `make help` tells what can be made.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000

.PHONY: help dev serve test check format lock schema bench clean

help: ## Tell what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

dev: $(BIN)/.runtime ## Set everything up and serve the demo group on http://127.0.0.1:8000
	$(BIN)/python -m app demo
	$(BIN)/python -m app serve --port $(PORT)

serve: $(BIN)/.runtime ## Serve what is there
	$(BIN)/python -m app serve --port $(PORT)

# Tests start many processes; without this, each may have to compile all that it imports.
test: export PYTHONDONTWRITEBYTECODE :=
test: check ## Everything that CI runs: checks, then every test on every server that is at hand
	# One more than there are processors: tests wait for disks and servers as well.
	$(BIN)/python -m pytest -n $$(($$(getconf _NPROCESSORS_ONLN) + 1)) --dist loadfile --no-loadscope-reorder

check: $(BIN)/.development ## Format, lint, types, import rules, printed schema
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m app schema | diff schema/schema.graphql -

bench: $(BIN)/.development ## Measure the figures of the README against the row floor (BENCH="--short …")
	PYTHONPATH=.:tests $(BIN)/python -m bench.run $(BENCH)

format: $(BIN)/.development ## Format the code and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: $(BIN)/.development ## Print the graph to schema/schema.graphql
	$(BIN)/python -m app schema > schema/schema.graphql

lock: $(BIN)/.development ## Pin the newest versions that fit pyproject.toml
	$(BIN)/uv pip compile --universal --no-emit-index-url --upgrade -q pyproject.toml -o requirements/runtime.txt
	$(BIN)/uv pip compile --universal --no-emit-index-url --upgrade -q --extra dev -c requirements/runtime.txt pyproject.toml -o requirements/development.txt

clean: ## Remove what was made, the data under var/ excepted
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || (echo "Python 3.11 or newer is needed: make PYTHON=python3.12"; exit 1)
	$(PYTHON) -m venv .venv

$(BIN)/.runtime: requirements/runtime.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/runtime.txt
	touch $@

$(BIN)/.development: requirements/development.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/development.txt
	touch $@ $(BIN)/.runtime
