# make tour: the tutorial, JAX beside PyTorch.  make test: every check that CI makes.  make docs: the site.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
SITE_TOOLS := $(VENV)/.site_tools
WORKERS ?= auto

.PHONY: help tour test lint bench docs notebooks format clean

help: ## what there is to make
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "jaxfun needs Python 3.11 or newer: make PYTHON=/path/to/python3.11" >&2; exit 2; }
	@echo "Setting up $(VENV) (once; a few minutes) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt pip
	@PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --editable '.[all]' --group dev
	@touch $@

tour: $(INSTALLED) ## the tutorial, every step in JAX beside PyTorch, with its pictures
	@$(BIN)/jaxfun tour

test: lint ## every check: lint, types, the house, the parity suite, the examples
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal --quiet

lint: $(INSTALLED) ## ruff and pyright
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/pyright

format: $(INSTALLED) ## let ruff mend what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(INSTALLED) ## the benchmarks, each a table with its peers
	@for file in benchmarks/bench_*.py; do echo; $(BIN)/python $$file || exit 1; done

$(SITE_TOOLS): $(INSTALLED)
	@PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --group docs
	@touch $@

# The theme's next version has another builder, of which it would speak at every build: ours is pinned.
docs: $(SITE_TOOLS) ## the documentation site, in site/; the first time it runs the examples, some minutes
	@$(BIN)/python docs/site/write.py
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict -f .cache/site/mkdocs.yml --site-dir $(CURDIR)/site
	@echo site/index.html

notebooks: $(SITE_TOOLS) ## the tutorial as notebooks that were run, in notebooks/
	@$(BIN)/python docs/site/notebooks.py
	@echo notebooks/

clean: ## remove what make made
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis .cache tour site notebooks
