# make demo   a reading of a synthetic film, from nothing but Python 3.11 or newer
# make test   every gate, in an environment of its own
# make docs   the documentation site (build/site); make notebooks   the four notebooks, run from clean (build/notebooks)
# make figures   every figure of the released bundles again

PYTHON ?= python3
PIP_INSTALL = -m pip install --quiet --disable-pip-version-check

DEMO_ENV := .venv-demo
TEST_ENV := .venv
BIN := $(TEST_ENV)/bin
DEMO_OUT ?= demo
# Two workers suit a small machine; `make test PYTEST_ARGS=` runs them one by one.
PYTEST_ARGS ?= -n 2 --junitxml=build/junit.xml

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test lint format types imports unit smoke docs notebooks results sbom figures fits honesty bench bench-train clean python

help:  ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "wetread needs Python 3.11 or newer, and '$(PYTHON)' is not: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { \
	  echo "'$(PYTHON)' cannot create environments; on Debian: apt-get install python3-venv" >&2; exit 1; }

# The stamp is older than pyproject.toml when the dependencies may have changed: then the environment is made anew.
$(DEMO_ENV)/.installed: pyproject.toml | python
	@echo "creating $(DEMO_ENV) with the bare device" >&2
	@rm -rf $(DEMO_ENV)
	@$(PYTHON) -m venv $(DEMO_ENV)
	@$(DEMO_ENV)/bin/python $(PIP_INSTALL) --editable .
	@touch $@

$(TEST_ENV)/.installed: pyproject.toml | python
	@echo "creating $(TEST_ENV) with the device, the workshop and the tools of the tests" >&2
	@rm -rf $(TEST_ENV)
	@$(PYTHON) -m venv $(TEST_ENV)
	@$(TEST_ENV)/bin/python $(PIP_INSTALL) --editable '.[onnxruntime,workshop,test]'
	@touch $@

demo: $(DEMO_ENV)/.installed  ## read a synthetic film with the bare device (results in demo/)
	@$(DEMO_ENV)/bin/wetread demo --out $(DEMO_OUT)

test: lint format types imports unit smoke  ## every gate

lint: $(TEST_ENV)/.installed  ## ruff: rules
	$(BIN)/ruff check .

format: $(TEST_ENV)/.installed  ## ruff: layout
	$(BIN)/ruff format --check .

types: $(TEST_ENV)/.installed  ## mypy, strict
	$(BIN)/mypy

imports: $(TEST_ENV)/.installed  ## import-linter: which room may import which
	$(BIN)/lint-imports --no-logo

unit: $(TEST_ENV)/.installed  ## pytest: tests, and the examples in docstrings
	$(BIN)/python -m pytest $(PYTEST_ARGS)

smoke: $(TEST_ENV)/.installed  ## the built wheel, installed bare, reads a film
	$(BIN)/python tools/smoke.py

$(TEST_ENV)/.docs: $(TEST_ENV)/.installed
	@$(TEST_ENV)/bin/python $(PIP_INSTALL) --editable '.[workshop,docs]'
	@touch $@

docs: $(TEST_ENV)/.docs  ## the documentation site in build/site; a warning is an error
	$(BIN)/sphinx-build -q -W --keep-going -b html docs build/site
	@echo "open build/site/index.html"

results: $(TEST_ENV)/.installed  ## what came of each requirement, from the last run of the tests
	$(BIN)/python tools/junit_summary.py build/junit.xml --check

sbom: $(TEST_ENV)/.installed  ## the bare install's bill of materials, CycloneDX
	$(BIN)/python tools/sbom.py $(if $(DATE),--date $(DATE))

# NIH= names a folder that holds NIH's own table, for the first notebook; without it a drawn collection is used.
NIH ?=
notebooks: $(TEST_ENV)/.installed  ## the four notebooks, run from clean into build/notebooks
	$(BIN)/python tools/notebooks.py $(if $(NIH),--nih $(NIH))

# The recipes of the released bundles need the public collections that they name, below DATA.
DATA ?= ../shared/data
RECIPES := configs/adult.toml configs/paediatric.toml

figures: $(TEST_ENV)/.installed  ## every figure of the released bundles, from saved scores and the collections' labels
	$(BIN)/python tools/bundles.py figures $(RECIPES) --data $(DATA)

fits: $(TEST_ENV)/.installed  ## cross-validate and fit the released bundles again (hours without a GPU; goes on where it stopped)
	$(BIN)/python tools/bundles.py fit $(RECIPES) --data $(DATA)

honesty: $(TEST_ENV)/.installed  ## baselines, ablations and controls of the released bundles again (an hour without a GPU)
	$(BIN)/python tools/honesty.py $(RECIPES) --data $(DATA)
	$(BIN)/python tools/honesty_tables.py

bench: $(TEST_ENV)/.installed  ## how long readings take, beside other chains (a benchmark, not a test)
	$(BIN)/python $(PIP_INSTALL) --editable '.[onnxruntime,workshop,test,bench]'
	$(BIN)/python benchmarks/reading.py
	$(if $(wildcard benchmarks/batch.py),$(BIN)/python benchmarks/batch.py)
	$(BIN)/python benchmarks/tables.py

bench-train: $(TEST_ENV)/.installed  ## films a second of training, beside the usual loop with the same network
	$(BIN)/python benchmarks/train.py --out benchmarks/train.json
	$(BIN)/python benchmarks/tables.py

clean:  ## remove environments and caches
	rm -rf $(DEMO_ENV) $(TEST_ENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
