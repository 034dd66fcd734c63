# Everything a newcomer needs; each target does its own set-up.
# `make demo` and `make test` work in a clean clone with only Python 3.11+ and make.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
PEERS  := .venv-bench
PIP    := -m pip install --quiet --disable-pip-version-check

.PHONY: install upgrade demo test test-kafka test-faults test-exactness test-mistakes test-clients coverage lint format bench bench-quick bench-reading bench-honest bench-before clean help

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: $(STAMP) ## create .venv with everything, so that .venv/bin/jejak runs

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Jejak needs Python 3.11 or newer; set PYTHON=python3.12, say" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python $(PIP) --constraint constraints.txt --editable '.[dev]'
	@touch $@

# One file of versions serves every Python and platform: uv resolves for all of them at once and adds markers.
# The benchmarks have their own, because one of the peers needs an older pydantic than Jejak's own environment has.
RESOLVE := build/upgrade/bin/uv pip compile --quiet --universal --python-version 3.11 --upgrade \
           --custom-compile-command 'make upgrade' pyproject.toml

upgrade: ## renew constraints.txt and bench/constraints.txt: the newest versions that pyproject.toml allows
	@test -x build/upgrade/bin/uv || { $(PYTHON) -m venv build/upgrade && build/upgrade/bin/python $(PIP) uv; }
	$(RESOLVE) --extra dev --output-file constraints.txt
	$(RESOLVE) --extra bench --output-file bench/constraints.txt

demo: install ## sample webhooks and a simulated month through the whole path, on this machine
	@$(BIN)/python -m commands.demo

# The tests wait more than they compute, so three run at a time.
SUITE := -q -n 3 --dist loadfile -m "not long" --ignore tests/faults_kafka --ignore tests/secure_kafka --ignore tests/clients

test: install ## unit, integration and fault tests against a real broker and a real ClickHouse engine
	@$(BIN)/python -m pytest $(SUITE)

test-kafka: install ## the tests that meet Kafka on Apache Kafka 4, from Maven Central or in Docker; says so where neither is there
	@$(BIN)/python -m tests.on_kafka

FAULTS := build/faults-$(or $(JEJAK_TEST_STACK),embedded).jsonl

test-faults: install ## the fault tests in full: 20 kills, a million records, and the table of their figures; half an hour, or less with JEJAK_TEST_FAULT_ROUNDS=1
	@mkdir -p build && rm -f $(FAULTS)
	@JEJAK_TEST_FAULT_ROUNDS=$(or $(JEJAK_TEST_FAULT_ROUNDS),20) JEJAK_TEST_FAULT_REPORT=$(CURDIR)/$(FAULTS) $(BIN)/python -m pytest -q -s tests/faults tests/faults_kafka
	@$(BIN)/python -m tests.support.fault_table $(FAULTS)

test-exactness: install ## the property tests of the read models, ten times as long
	@JEJAK_TEST_EXACTNESS=300 $(BIN)/python -m pytest -q tests/exactness

test-mistakes: install ## deliberate mistakes in a copy of the sources, each of which the property tests must catch
	@$(BIN)/python tests/exactness/mistakes.py

test-clients: install ## clients of analysts (Grafana's, DBeaver's, dbt, …) from their registries, against the embedded ClickHouse, and a table of them; what this machine has no tools for says so
	@$(BIN)/python -m pytest -q -s tests/clients

coverage: install ## which lines and branches `make test` reaches, in workers too; a table, and build/coverage/index.html
	@mkdir -p build
	@$(BIN)/python -m pytest $(or $(TESTS),$(SUITE)) --cov --cov-report=term:skip-covered --cov-report=html:build/coverage

lint: install ## style, types, layers, SQL
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m projections.lint

format: install ## write the code as `make lint` wants it
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The peers in an environment of their own: one of them holds pydantic back, and nothing else needs any of them.
$(PEERS)/.installed: pyproject.toml bench/constraints.txt
	@test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python $(PIP) --constraint bench/constraints.txt --editable '.[bench]'
	@touch $@

bench: $(PEERS)/.installed ## measure what the README claims; ratios, against peers run beside it
	@$(PEERS)/bin/python -m bench

bench-quick: $(PEERS)/.installed ## the same, shorter and rougher
	@$(PEERS)/bin/python -m bench --quick

bench-reading: $(PEERS)/.installed ## how fast the read models answer, at 60,000 and at 6,000,000 events
	@$(PEERS)/bin/python -m bench.reading

bench-honest: $(PEERS)/.installed ## whether every contestant stores, dead-letters and commits all that it should
	@$(PEERS)/bin/python -m bench.honest

bench-before: $(PEERS)/.installed ## throughput beside the sources of another commit: make bench-before REVISION=HEAD~1
	@$(PEERS)/bin/python -m bench.before $(or $(REVISION),HEAD)

clean: ## remove what the other targets made
	rm -rf $(VENV) $(PEERS) .jejak .mypy_cache .ruff_cache .hypothesis build *.egg-info
