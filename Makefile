# make serve · make test · make check · make prove · make kill · make bench; each sets up .venv first, and again when a dependency changes.

PYTHON ?= python3
PORT ?= 8000
MINUTES ?= 10
KILLS ?= 200
# So many processes share the tests, beside the one of those in a browser.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(os.cpu_count())')

bin := .venv/bin
projects := $(sort $(wildcard plugins/*/pyproject.toml))
folders := $(patsubst %/pyproject.toml,%,$(projects))
sources := src $(addsuffix /src,$(folders))
editable := -e . $(addprefix -e ,$(folders))

# Build backends come as pinned as everything else.
export UV_BUILD_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_BUILD_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Tests start hundreds of processes, which are not to compile all modules each for itself.
unexport PYTHONDONTWRITEBYTECODE
# Tests write thousands of small files, most of them to disk for certain: in memory nobody waits for that.
room := $(shell test -w /dev/shm && df -k --output=avail /dev/shm 2>/dev/null | awk 'NR == 2 && $$1 > 3000000 { print "/dev/shm" }')
ifneq ($(room),)
export PYTEST_DEBUG_TEMPROOT ?= $(room)
endif

.PHONY: help .venv serve test test-browser test-share-1 everything check format prove kill bench docs lock clean

help:
	@echo "make serve    build PRland and serve it (PORT=8123 for another port)"
	@echo "make test     run all tests"
	@echo "make check    format, lint, types and imports, as CI checks them"
	@echo "make format   mend what ruff can mend"
	@echo "make prove    random edits and builds against clean builds, for so many MINUTES (10)"
	@echo "make kill     so many KILLS (200) of builds of 1,000 posts while readers read, and of four who comment"
	@echo "make bench    measure against Eleventy, Hugo, Nikola and Pelican (POSTS='10000 100000' for other sizes)"
	@echo "make docs     write the reference from the code"
	@echo "make everything  all tests, also those that take an hour: PostgreSQL, hostile texts, looks"
	@echo "make lock     write constraints.txt anew with the newest versions"
	@echo "make clean    remove .venv and everything built"

serve: .venv
	$(bin)/pressframe serve examples/prland --port $(PORT)

# Tests in a browser are by themselves, as what drives it leaves a thread, beside which no build forks; no other files are
# read for them. The first of the others is seen as it runs; the rest tell all when they are through.
shares := $(shell seq $(WORKERS))
parts := test-browser $(shares:%=test-share-%)

test: .venv
	@rm -rf .venv/shared && mkdir .venv/shared
	@$(MAKE) --no-print-directory --keep-going --jobs=$(words $(parts)) $(parts)

test-browser: .venv
	@$(bin)/pytest -m browser $$(grep -rl --include='test_*.py' 'mark\.browser' tests plugins) >.venv/browser.txt 2>&1; status=$$?; cat .venv/browser.txt; exit $$status

test-share-1: .venv
	PRESSFRAME_SHARE=1/$(WORKERS):.venv/shared $(bin)/pytest -m "not browser"

test-share-%: .venv
	@PRESSFRAME_SHARE=$*/$(WORKERS):.venv/shared $(bin)/pytest -m "not browser" >.venv/share-$*.txt 2>&1; \
	  status=$$?; cat .venv/share-$*.txt; exit $$status

everything: .venv
	PRESSFRAME_EVERYTHING=1 $(MAKE) --no-print-directory test

check: .venv
	$(bin)/ruff check
	$(bin)/ruff format --check
	$(bin)/mypy $(sources)
	$(bin)/lint-imports --no-logo

format: .venv
	$(bin)/ruff check --fix
	$(bin)/ruff format

prove: .venv
	PRESSFRAME_PROVE_MINUTES=$(MINUTES) $(bin)/pytest -s plugins/press/tests/test_stateful.py

kill: .venv
	PRESSFRAME_KILLS=$(KILLS) $(bin)/pytest -s tests/test_kills.py
	PRESSFRAME_COMMENT_KILLS=$(KILLS) $(bin)/pytest --log-cli-level=INFO plugins/comments/tests -k kill
	PRESSFRAME_MAIL_KILLS=20 PRESSFRAME_MAILS=10000 $(bin)/pytest --log-cli-level=INFO plugins/newsletter/tests/test_kills.py

bench: .venv
	$(bin)/python -m bench $(if $(POSTS),--posts $(POSTS))

.venv: .venv/stamp

.venv/stamp: pyproject.toml $(projects) constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "pressframe needs Python 3.11 or newer; name one: make PYTHON=python3.12"; exit 1; }
	@test -x $(bin)/python || $(PYTHON) -m venv .venv \
	  || { rm -rf .venv; echo "python3 can't make environments; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "setting up .venv"
	@if test -x $(bin)/uv || $(bin)/pip install --quiet -c constraints.txt uv; then \
	  $(bin)/uv pip install --quiet --compile-bytecode --python $(bin)/python -c constraints.txt --group dev $(editable); \
	else \
	  echo "no uv for this machine; pip does it too, more slowly"; \
	  $(bin)/pip install --quiet -c constraints.txt pip && \
	  $(bin)/pip install --quiet -c constraints.txt --group dev $(editable); \
	fi
	@touch $@

# The newest versions that fit together on every Python and system we support: names and versions, no addresses.
docs: .venv
	$(bin)/python docs/reference/generate.py

lock: .venv
	$(bin)/uv pip compile --quiet --universal --upgrade --no-header --no-annotate --no-emit-index-url \
	  --group dev --group setup pyproject.toml $(projects) \
	  | grep '==' > .venv/constraints.txt
	mv .venv/constraints.txt constraints.txt

clean:
	rm -rf .venv dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find src plugins tests bench -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
