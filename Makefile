.DEFAULT_GOAL := help
SHELL := bash
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LOCK_FLAGS := --universal --generate-hashes --python-version 3.11 --custom-compile-command "make lock" -q

.PHONY: help setup run demo test tests lint lock evals bench soak clean

help: ## what can be done here
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(STAMP) ## make .venv with the countersign command in it

# pip installs uv from the lock, and uv the rest from the same lock: ten times faster, the same hashes.
$(STAMP): requirements-dev.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Countersign needs Python 3.11: install it, or name yours with make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked packages into $(VENV)"
	@started=$$SECONDS; bash scripts/install.sh $(BIN) && echo "install: $$((SECONDS - started)) s"
	@started=$$SECONDS; $(BIN)/countersign doctor --prepare && echo "model: $$((SECONDS - started)) s"
	@touch $(STAMP)

run: setup ## the service on the demo brand: http://127.0.0.1:8321, until Ctrl-C
	@$(BIN)/countersign serve --demo

demo: setup ## the demo brand in the terminal: works through its inbox and shows what happened
	@$(BIN)/countersign demo

test: setup ## everything that must hold: types, style, contracts, tests
	@bash scripts/browser.sh
	@$(MAKE) --no-print-directory -j 2 lint tests

# Beside lint: tests wait for browsers and databases, and leave it the processor meanwhile.
tests: setup
	@$(BIN)/python -m pytest -n 3 --dist loadfile -q -m "not soak"

lint: setup ## types, style and import contracts
	@$(BIN)/ruff format --check -q . && $(BIN)/ruff check -q .
	@$(BIN)/lint-imports --no-cache > $(VENV)/contracts.txt 2>&1 || { cat $(VENV)/contracts.txt; exit 1; }
	@$(BIN)/pyright --warnings > $(VENV)/types.txt || { cat $(VENV)/types.txt; exit 1; }
	@echo "lint: types, style and contracts hold"

soak: setup ## the long kill, storm and growth runs
	@$(BIN)/python -m pytest -q -m soak --timeout 3600

evals: setup ## every labelled ticket through the real graph, scored
	@$(BIN)/python -m evals run

bench: setup ## speed, as ratios to references timed in the same run
	@$(BIN)/python -m evals bench core; core=$$?; $(BIN)/python -m evals bench service && exit $$core

lock: ## resolve the dependencies again; commit both files
	$(BIN)/uv pip compile pyproject.toml $(LOCK_FLAGS) -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group dev -c requirements.lock $(LOCK_FLAGS) -o requirements-dev.lock

clean: ## remove what setup made; your data in ./var stays
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis dist
