# One command a wish. GNU make 3.81 is enough; Python 3.11 or newer with venv is the one thing needed beforehand.
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

# langdetect has no wheel: it is built from the source its hash names, by the lock's own setuptools, there beforehand
WHEELS := --require-hashes --only-binary :all:
SOURCE := --require-hashes --no-deps --no-build-isolation --use-pep517
pick = sed -n '/^$(1)==/,/[^\\]$$/p' $(2) >.venv/$(1).txt

.PHONY: help install run test check format bench drill translations lock clean
.DEFAULT_GOAL := help

help: ## show these lines
	@grep -E '^[a-z]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 10

install: .venv/.run ## the locked install into .venv
run: .venv/.run ## a fresh machine to a running app, with a printed log-in
	@$(BIN)/testimony start

test: .venv/.dev ## format, lint, types and every test
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet . && $(BIN)/mypy
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal

check: test ## the same, under the name used before a commit

format: .venv/.dev ## put the code in its house style
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: .venv/.dev ## measure, beside the floors
	@$(BIN)/python -m tests.bench

drill: .venv/.dev ## faults under load, on both databases: what comes of them (minutes; docs/drills.md)
	@$(BIN)/python -m tests.drills --json build/drills.json

translations: .venv/.dev ## gather what the pages of staff say, for those who translate it
	@$(BIN)/python -m tests.catalogues

lock: ## write the lock files anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra install pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra dev pyproject.toml -o requirements-dev.txt

clean: ## remove what install made; the database under instance/ stays
	rm -rf .venv *.egg-info

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed (apt install python3-venv; brew install python)"; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/.run: requirements.txt pyproject.toml | .venv/bin/python
	@echo "Installing what Testimony needs into .venv (once, about a minute)"
	@$(call pick,setuptools,requirements.txt) && $(PIP) $(WHEELS) -r .venv/setuptools.txt
	@$(call pick,langdetect,requirements.txt) && $(PIP) $(SOURCE) -r .venv/langdetect.txt
	@$(PIP) $(WHEELS) -r requirements.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements-dev.txt pyproject.toml | .venv/bin/python
	@echo "Installing what the tests need into .venv (once, a minute or two)"
	@$(call pick,setuptools,requirements-dev.txt) && $(PIP) $(WHEELS) -r .venv/setuptools.txt
	@$(call pick,langdetect,requirements-dev.txt) && $(PIP) $(SOURCE) -r .venv/langdetect.txt
	@$(PIP) $(WHEELS) -r requirements-dev.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@
