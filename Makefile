# Two commands do everything: `make run` and `make test`. Each installs what is missing first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MADE := .make
TOOLS := $(MADE)/tools
INSTALL := $(BIN)/python -m pip install --quiet --require-hashes
COMPILE := $(TOOLS)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command 'make pins'

.PHONY: run test install build check check-content check-links bench fuzz pins audit format clean

run: install
	$(BIN)/python scripts/build_index.py
	$(BIN)/python app.py

test: install $(MADE)/dev $(MADE)/chromium $(MADE)/nginx check
	$(BIN)/python -m pytest

install: $(MADE)/packages $(MADE)/frontend

build: install
	$(BIN)/python scripts/build_index.py

check: $(MADE)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict signpost

check-content: $(MADE)/packages
	$(BIN)/python scripts/check_content.py

check-links: install
	$(BIN)/python scripts/check_links.py

bench: install $(MADE)/dev $(MADE)/datasette
	@command -v wrk >/dev/null || { echo "wrk is missing: sudo apt-get install wrk" >&2; exit 1; }
	$(BIN)/python scripts/build_index.py
	$(BIN)/python scripts/benchmark.py search
	$(BIN)/python scripts/benchmark.py http
	$(BIN)/python scripts/benchmark.py http --entries 1000 10000
	$(BIN)/python scripts/benchmark.py links

# Coverage-guided, for SECONDS a law; what broke one is left in .fuzz/ and tried again first.
SECONDS := 60
fuzz: $(MADE)/dev
	@mkdir -p .fuzz
	for law in $$($(BIN)/python -m tests.fuzz); do \
	  mkdir -p .fuzz/$$law && $(BIN)/python -m tests.fuzz $$law .fuzz/$$law -max_total_time=$(SECONDS) -artifact_prefix=.fuzz/ || exit 1; done

# pyproject.toml lists what we chose; these files hold all that comes with it, for every system, with hashes.
# What is in them stays until pyproject.toml asks for another; delete them first to take the newest of everything else.
pins: $(TOOLS)/made
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt
	$(COMPILE) --group tools -o requirements-tools.txt

audit: $(TOOLS)/made
	@for list in requirements-dev.txt requirements-tools.txt; do \
	  $(TOOLS)/bin/pip-audit --strict --disable-pip -r $$list || { echo "$$list: not clean, or not audited: read above." \
	    "The audit asks PyPI what is known of each; where that is not answered, nothing was audited." >&2; exit 1; }; done

format: $(MADE)/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) $(MADE) node_modules static/govuk .fuzz .coverage .mypy_cache .pytest_cache .ruff_cache

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Signpost needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(MADE)/packages: requirements.txt | $(BIN)/python
	$(INSTALL) -r requirements.txt
	@mkdir -p $(MADE) && touch $@

$(MADE)/dev: requirements-dev.txt requirements.txt | $(BIN)/python
	$(INSTALL) -r requirements-dev.txt
	@mkdir -p $(MADE) && touch $@

$(TOOLS)/made: requirements-tools.txt
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --require-hashes -r requirements-tools.txt
	@touch $@

# GOV.UK Frontend comes through npm; where there is none, PyPI's wheel of Node brings one.
$(MADE)/frontend: package.json package-lock.json scripts/install_frontend.py $(MADE)/packages
	@if command -v npm >/dev/null; then npm ci --ignore-scripts --no-audit --no-fund --silent; \
	else $(MAKE) $(TOOLS)/made && PATH="$(CURDIR)/$(TOOLS)/bin:$$PATH" npm ci --ignore-scripts --no-audit --no-fund --silent; fi
	$(BIN)/python scripts/install_frontend.py
	@touch $@

# The benchmark's peer, in a virtual environment of its own: the site needs none of it.
$(MADE)/datasette: | $(BIN)/python
	$(PYTHON) -m venv $@ && $@/bin/python -m pip install --quiet datasette==0.65.5 || { rm -rf $@; exit 1; }

# The tests drive Debian's Chromium and nginx; each is installed where that is permitted, and missed loudly where it is not. (Where systemd
# runs Debian also starts nginx, on port 80: systemctl disable --now nginx. The tests start one of their own.)
$(MADE)/chromium $(MADE)/nginx: $(MADE)/%:
	@export PATH="$$PATH:/usr/sbin"; get='apt-get update -qq && apt-get install -y -qq $* >/dev/null'; \
	if ! command -v $* >/dev/null; then \
	  if [ "$$(id -u)" = 0 ]; then sh -c "$$get"; else sudo -n sh -c "$$get"; fi || \
	    echo "$* is missing and could not be installed; the tests that need it will fail. Run: sudo apt-get install $*" >&2; fi; \
	mkdir -p $(MADE); if command -v $* >/dev/null; then touch $@; fi
