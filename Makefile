# Two commands on a fresh machine: `make study` and `make test`. Both install first what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What Keras computes on: an extra of pyproject.toml, tensorflow, jax, jax-cuda or torch.
BACKEND ?= tensorflow
# What the README's own commands use, and, beside it, what the tests use.
INSTALLED := $(VENV)/.installed-$(BACKEND)
DEVELOPING := $(VENV)/.developing-$(BACKEND)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e
# The tool that finds versions; it is installed beside, since Cotejo doesn't need it.
UV := .uv/bin/uv
# Tests run side by side, a file to a worker: small trainings compile on one core for most of
# their time. tests/conftest.py has the longest files begin. Those that are about time, or that
# start several processes at once, run after them, alone.
ALONE := tests/cli/test_cli_two_at_once.py tests/train/test_on_time.py
WORKERS ?= auto
PYTEST := -m pytest --numprocesses $(WORKERS) --maxprocesses 4 --dist loadfile \
	--no-loadscope-reorder $(ALONE:%=--ignore=%)
STUDY ?= studies/notebooks.toml
# How many cases of each kind `make fuzz` tries.
CASES ?= 3000
ARGS ?=

.PHONY: study test fuzz test-lowest lint structure install develop lock check-lock clean

study: $(INSTALLED)
	$(BIN)/cotejo study $(STUDY) --fallback digits $(ARGS)

test: $(DEVELOPING) lint
	$(BIN)/python $(PYTEST)
	$(BIN)/python -m pytest $(ALONE)

# The fuzzers with many cases, which take long; `make test` runs them with few.
fuzz: $(DEVELOPING)
	COTEJO_FUZZ_CASES=$(CASES) $(BIN)/python -m pytest tests/fuzz

lint: $(DEVELOPING)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy tools
	$(BIN)/lint-imports

# The page that says what each file is for and draws the imports.
structure: $(DEVELOPING)
	$(BIN)/python tools/structure.py

install: $(INSTALLED)

develop: $(DEVELOPING)

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] <= (3, 13) else "Cotejo needs Python 3.11, 3.12 or 3.13; this is %d.%d. Try: make PYTHON=python3.12" % sys.version_info[:2])'
	@echo "Installing into $(VENV), once: some minutes. / Instalando en $(VENV), una vez: unos minutos."
	$(PYTHON) -m venv $(VENV)
	$(PIP) '.[$(BACKEND),onnx,search,serve]'
	@touch $@

$(DEVELOPING): $(INSTALLED)
	$(PIP) '.[$(BACKEND),dev]'
	@touch $@

# The versions that `make` installs: the newest that the ranges in pyproject.toml allow on every
# Python and system promised, with markers where systems differ.
lock: $(UV)
	$(UV) pip compile --quiet --upgrade --universal --python-version 3.11.0 --fork-strategy fewest \
		--extra dev --extra tensorflow --extra jax --extra jax-cuda \
		--no-annotate --custom-compile-command 'make lock' --output-file constraints.txt pyproject.toml

# Resolves the lock for each Python and system promised, from wheels alone. What it prints is
# missing from the lock, or pinned to a version that the system can't have.
# Of macOS, 14 is the oldest that all wheels are for.
check-lock: $(UV)
	@for python in 3.11.0 3.12.0 3.13.0; do \
		for system in x86_64-manylinux_2_28 aarch64-manylinux_2_28 aarch64-apple-darwin x86_64-pc-windows-msvc; do \
			echo "Python $$python on $$system" && \
			MACOSX_DEPLOYMENT_TARGET=14.0 $(UV) pip compile --quiet --no-header --no-annotate --only-binary :all: \
				--python-version $$python --python-platform $$system --constraint constraints.txt \
				--extra dev --extra tensorflow --extra jax pyproject.toml > .uv/resolved.txt && \
			sed -e 's/ *;.*//' constraints.txt > .uv/pinned.txt && \
			! grep --invert-match --line-regexp --fixed-strings --file=.uv/pinned.txt .uv/resolved.txt || exit 1; \
		done; \
	done

# The lowest versions that pyproject.toml promises, and the tests on them, once.
test-lowest: .venv-lowest/.installed
	.venv-lowest/bin/python $(PYTEST)
	.venv-lowest/bin/python -m pytest $(ALONE)

.venv-lowest/.installed: pyproject.toml $(UV)
	$(PYTHON) -m venv .venv-lowest
	$(UV) pip compile --quiet --resolution lowest-direct --python .venv-lowest/bin/python \
		--extra tensorflow --no-annotate --no-header --output-file .venv-lowest/lowest.txt pyproject.toml
	.venv-lowest/bin/python -m pip install --quiet --disable-pip-version-check \
		-c .venv-lowest/lowest.txt -e '.[tensorflow,dev]'
	@touch $@

$(UV):
	$(PYTHON) -m venv .uv
	.uv/bin/python -m pip install --quiet --disable-pip-version-check uv

clean:
	rm -rf $(VENV) .venv-lowest .uv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
