# `make demo` and `make test` do everything on a fresh machine with Python 3.11 and pip: set-up included.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.PHONY: demo test check bench faults fuzz docs install browser nats-server fault-tools clean

UV := .uv/bin/uv
PY := .venv/bin/python
SOURCES := pyproject.toml uv.lock hatch_build.py $(shell find web -path web/node_modules -prune -o -type f -print 2>/dev/null)

demo: install
	.venv/bin/jointwatch demo

# One process waits for the rows of the fault catalogue, while the others run all else.
test: install browser nats-server fault-tools
	$(PY) -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(AGAIN)

# needs no compiled kernel, so that CI runs it while they are compiled
check: .venv/synced
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	$(PY) -m pytest -q tests/test_rooms.py

# run by benchmarks/tracking.py, so that its table says it all
PARTS_OF_TRACKING := consistency two_owners doubts estimates ascents published full_sky false_plots

# some peers are under other licences, and are installed for this only
bench: install
	$(UV) sync --locked --quiet --group bench
	@for script in $(sort $(filter-out $(PARTS_OF_TRACKING:%=benchmarks/%.py),$(wildcard benchmarks/*.py))); do \
	  echo "== $$script"; $(PY) $$script || exit 1; \
	done

docs: install
	$(PY) -m jointwatch.cli.reference docs/reference

install: .venv/installed

# uv needs no venv package and no ensurepip, so this works where Debian's python3-venv is missing.
$(UV):
	python3 -m pip install --quiet --disable-pip-version-check --target .uv 'uv==0.13.9'

.venv/installed: .venv/synced
	$(PY) -m jointwatch.cli.warm
	@touch $@

.venv/synced: $(UV) $(SOURCES)
	$(UV) sync --locked --quiet --compile-bytecode
	$(PY) -m compileall -q src
	@touch $@

# Chromium for the test that opens the page as a person would.
browser:
	@command -v chromium >/dev/null && fc-list 2>/dev/null | grep -q DejaVu || { \
	  sudo=$$([ "$$(id -u)" = 0 ] || command -v sudo); \
	  echo "installing Chromium for the page's test (apt-get)"; \
	  $$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core fontconfig >/dev/null; \
	} || echo "Chromium could not be installed; the tests that need it will fail and say so"

# NATS for the tests of what fans out: Debian's package, unpacked here only. Installed, it would start a server that is
# open to all on the network.
nats-server:
	@command -v nats-server >/dev/null || test -x .nats/usr/sbin/nats-server || { \
	  mkdir -p .nats && cd .nats && echo "unpacking nats-server into .nats/ (apt-get download)" && \
	  { apt-get download -qq nats-server || { sudo=$$([ "$$(id -u)" = 0 ] || command -v sudo); \
	    $$sudo apt-get update -qq && apt-get download -qq nats-server; }; } 2>/dev/null && \
	  dpkg-deb -x nats-server_*.deb . && rm nats-server_*.deb; \
	} || echo "nats-server could not be had; the tests that need it will fail and say so"

# seconds for each target; an input that breaks a law stays in build/fuzz
FUZZ_S ?= 120
fuzz: install
	$(PY) -m tests.fuzz.campaign --seconds $(FUZZ_S)

# All rows of the fault catalogue at full length; `make test` runs them scaled.
faults: install fault-tools
	$(PY) -m tests.faults.run --full

# A clock that jumps, packets that are dropped, a disk that can be snapshotted. Rows that lack them say so.
FAULT_TOOLS := btrfs-progs libfaketime
fault-tools:
	@dpkg-query -W $(FAULT_TOOLS) >/dev/null 2>&1 || { \
	  sudo=$$([ "$$(id -u)" = 0 ] || command -v sudo); \
	  echo "installing $(FAULT_TOOLS) for the fault catalogue (apt-get)"; \
	  $$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends $(FAULT_TOOLS) >/dev/null; \
	} || echo "$(FAULT_TOOLS) could not be installed; the rows that need them will say so"

clean:
	rm -rf .venv .uv .nats web/node_modules src/jointwatch/display/static .mypy_cache .ruff_cache .pytest_cache
