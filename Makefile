# Each target sets up what it needs.
# `make demo` and `make test` work in a clean clone with only Python 3.11+ and make.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
PEERS  := .venv-bench
PIP    := -m pip install --quiet --disable-pip-version-check

.PHONY: install upgrade demo browser test test-kafka test-faults test-exactness test-mistakes test-clients tracker coverage lint format vendor screenshots bench bench-quick bench-reading bench-collect bench-pages bench-honest bench-before clean help

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

install: $(STAMP) ## create .venv with everything, in the versions of constraints.txt

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Jejak needs Python 3.11 or newer; set PYTHON=python3.12, say" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python $(PIP) --constraint constraints.txt --editable '.[dev]'
	@touch $@

# uv resolves for every Python version and platform at once and adds markers, so one file serves them all. The
# benchmarks have a second one, because one of the peers needs an older pydantic.
RESOLVE := build/upgrade/bin/uv pip compile --quiet --universal --python-version 3.11 --upgrade \
           --custom-compile-command 'make upgrade' pyproject.toml

upgrade: ## renew constraints.txt and bench/constraints.txt: the newest versions that pyproject.toml allows
	@test -x build/upgrade/bin/uv || { $(PYTHON) -m venv build/upgrade && build/upgrade/bin/python $(PIP) uv; }
	$(RESOLVE) --extra dev --output-file constraints.txt
	$(RESOLVE) --extra bench --output-file bench/constraints.txt

demo: install ## sample webhooks and a simulated month through the whole path, on this machine
	@$(BIN)/python -m commands.demo

browser: install ## get a browser for tests/browser where the machine has none: Playwright's download, or Debian's package
	@$(BIN)/python -m tests.support.chromium

# The tests wait more than they compute, so four run at once.
SUITE := -q -n 4 --dist loadfile -m "not long" --ignore tests/faults_kafka --ignore tests/secure_kafka --ignore tests/clients

test: install ## unit, integration and fault tests against a real broker and a real ClickHouse engine
	@$(BIN)/python -m pytest $(SUITE)

test-kafka: install ## the tests that use Kafka, on Apache Kafka 4 from Maven Central or in Docker; says so if it finds neither
	@$(BIN)/python -m tests.on_kafka

FAULTS := build/faults-$(or $(JEJAK_TEST_STACK),embedded).jsonl

test-faults: install ## all fault tests at full length, and a table of their figures; half an hour, or less with JEJAK_TEST_FAULT_ROUNDS=1
	@mkdir -p build && rm -f $(FAULTS)
	@JEJAK_TEST_FAULT_ROUNDS=$(or $(JEJAK_TEST_FAULT_ROUNDS),20) JEJAK_TEST_FAULT_REPORT=$(CURDIR)/$(FAULTS) $(BIN)/python -m pytest -q -s tests/faults tests/faults_kafka
	@$(BIN)/python -m tests.support.fault_table $(FAULTS)

test-exactness: install ## the property tests of the read models, with ten times as many examples
	@JEJAK_TEST_EXACTNESS=300 $(BIN)/python -m pytest -q tests/exactness

test-mistakes: install ## deliberate mistakes in a copy of the sources; the property tests must catch each of them
	@$(BIN)/python tests/exactness/mistakes.py

test-clients: install ## analysts' clients (Grafana's, DBeaver's, dbt, …) from their registries, and a table of the results; says so if a tool is missing
	@$(BIN)/python -m pytest -q -s tests/clients

tracker: install ## make producers/http/static/jejak.js anew; needs npm, which nothing else does
	@$(BIN)/python -m producers.http.static.bundle

vendor: install ## bring the scripts in pages/static/vendor anew; needs npm, which nothing else does
	@$(BIN)/python -m pages.vendoring

screenshots: install ## take the README's pictures of the pages anew
	@$(BIN)/python -m tests.support.screenshots

coverage: install ## which lines and branches `make test` reaches, in workers too; a table, and build/coverage/index.html
	@mkdir -p build
	@$(BIN)/python -m pytest $(or $(TESTS),$(SUITE)) --cov --cov-report=term:skip-covered --cov-report=html:build/coverage

lint: install ## check style, types, imports and SQL
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m projections.lint

format: install ## rewrite the code in the style that `make lint` checks
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The peers get a separate environment: one of them needs an older pydantic.
$(PEERS)/.installed: pyproject.toml bench/constraints.txt
	@test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python $(PIP) --constraint bench/constraints.txt --editable '.[bench]'
	@touch $@

bench: $(PEERS)/.installed ## throughput beside peers, freshness, memory, start, scale-out and rebuilds
	@$(PEERS)/bin/python -m bench

bench-quick: $(PEERS)/.installed ## the same, shorter and less precise
	@$(PEERS)/bin/python -m bench --quick

bench-reading: $(PEERS)/.installed ## how fast the views answer, at 60,000 and at 6,000,000 events
	@$(PEERS)/bin/python -m bench.reading

bench-collect: install ## the front door under load, beside a bare handler
	@$(BIN)/python -m bench.collect

bench-pages: install ## how fast the pages answer, at 600,000 and at 6,000,000 events, and how soon changes are seen
	@$(BIN)/python -m bench.pages

bench-honest: $(PEERS)/.installed ## whether every peer stores, dead-letters and commits all that it should
	@$(PEERS)/bin/python -m bench.honest

bench-before: $(PEERS)/.installed ## throughput beside another commit: make bench-before REVISION=HEAD~1
	@$(PEERS)/bin/python -m bench.before $(or $(REVISION),HEAD)

clean: ## remove what the other targets made
	rm -rf $(VENV) $(PEERS) .jejak .mypy_cache .ruff_cache .hypothesis build *.egg-info
