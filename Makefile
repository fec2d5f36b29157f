# Two commands on a fresh machine: `make study` and `make test`. Both install first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STUDY ?= studies/notebooks.toml
ARGS ?=

.PHONY: study test lint install lock clean

study: $(VENV)/.installed
	$(BIN)/cotejo study $(STUDY) --fallback digits $(ARGS)

test: $(VENV)/.installed lint
	$(BIN)/python -m pytest

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] <= (3, 13) else "Cotejo needs Python 3.11, 3.12 or 3.13; this is %d.%d. Try: make PYTHON=python3.12" % sys.version_info[:2])'
	@echo "Installing into $(VENV), once: some minutes. / Instalando en $(VENV), una vez: unos minutos."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

# The versions that `make` installs: the newest that the ranges in pyproject.toml allow. Of
# TensorFlow's two builds one is installed, and both are pinned, for every machine's sake.
lock:
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -e '.[dev]'
	$(BIN)/python -m pip freeze --exclude-editable > constraints.txt
	twin=$$(sed -n -e 's/^tensorflow[_-]cpu==/tensorflow==/p' -e t -e 's/^tensorflow==/tensorflow_cpu==/p' \
		constraints.txt) && echo "$$twin" >> constraints.txt
	touch $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
