# Needs GNU make, git and a python3 (3.11 to 3.14) with venv; all else it fetches.
# Everything is written inside this folder, caches included, but Meltano's logs (~/.local/state/meltano).

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory --no-builtin-rules
SHELL := /bin/sh

PYTHON ?= python3
# Half of what tests do is waiting for processes and servers of theirs: more workers than cores.
WORKERS ?= $(shell echo $$((2 * $$(nproc 2>/dev/null || echo 2))))
PAYLOADS ?= 200000
SEED ?= 1
SOAK_SECONDS ?= 1800
MUTANTS ?= 400
TENANTS ?= 50
CANDIDATES ?= 2000

BIN := .venv/bin
export UV_CACHE_DIR ?= $(CURDIR)/.cache/uv
export UV_PYTHON_INSTALL_DIR ?= $(CURDIR)/.cache/python
export PIP_CACHE_DIR ?= $(CURDIR)/.cache/pip
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# A process that compiles all that it imports starts in three times the time.
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE
export UV_COMPILE_BYTECODE ?= 1
# uv does not read pip's variables: an index of one's own is meant for both.
ifdef PIP_INDEX_URL
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
endif

RUN := PATH="$(CURDIR)/$(BIN):$$PATH"
SYNC := $(BIN)/uv pip sync --quiet --require-hashes
COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --upgrade --universal \
	--python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate
SOURCES = $(shell find tap_compleetpersy -name '*.py')

.PHONY: help
help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1@/p' $(MAKEFILE_LIST) | awk -F@ '{printf "  make %-12s %s\n", $$1, $$2}'

# --- Environments: .venv to develop, .venv-meltano for Meltano, .meltano for plugins ---
# What audits has one of its own: it brings a checker that doubles the start of whatever
# imports jsonschema beside it, the tap included.

READY := .venv/.done .venv-audit/.done .meltano/.done
PLATFORM := .venv-dagster/.done .meltano/dbt/manifest.json

.PHONY: setup
setup: $(READY) chromium stores ## Make the environments (the others do it when needed)
	@echo "Ready: .venv to develop, .meltano for the plugins. Try: make demo"

.venv/.bootstrap: requirements/bootstrap.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null || { \
		echo "Python 3.11 to 3.14 is needed; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.13" >&2; exit 1; }
	@echo "Making .venv ..."
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/bootstrap.txt
	@touch $@

.venv/.done: .venv/.bootstrap requirements/dev.txt pyproject.toml
	@echo "Installing what is needed to develop ..."
	@$(SYNC) requirements/dev.txt --python $(BIN)/python
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable . --python $(BIN)/python
	@touch $@

.venv-audit/.done: .venv/.bootstrap requirements/audit.txt
	@$(BIN)/uv venv --quiet --clear .venv-audit --python $(BIN)/python
	@$(SYNC) requirements/audit.txt --python .venv-audit/bin/python
	@touch $@

.venv-dagster/.done: .venv/.bootstrap requirements/dagster.txt deploy/dagster/pyproject.toml
	@echo "Installing Dagster ..."
	@$(BIN)/uv venv --quiet --clear .venv-dagster --python $(BIN)/python
	@$(SYNC) requirements/dagster.txt --python .venv-dagster/bin/python
	@$(BIN)/uv pip install --quiet --no-deps --editable deploy/dagster --python .venv-dagster/bin/python
	@touch $@

.venv-mutation/.done: .venv/.bootstrap requirements/dev.txt requirements/mutation.txt pyproject.toml
	@$(BIN)/uv venv --quiet --clear .venv-mutation --python $(BIN)/python
	@$(SYNC) requirements/dev.txt requirements/mutation.txt --python .venv-mutation/bin/python
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable . --python .venv-mutation/bin/python
	@touch $@

# Plugins get Meltano's Python. The duckdb that target-duckdb needs has no wheels for
# 3.14; there, uv finds or fetches 3.13 for Meltano.
.venv-meltano/.done: .venv/.bootstrap requirements/meltano.txt
	@echo "Installing Meltano ..."
	@$(BIN)/uv venv --quiet --clear .venv-meltano --python \
		"$$($(BIN)/python -c 'import sys; print(sys.executable if sys.version_info < (3, 14) else "3.13")')"
	@$(SYNC) requirements/meltano.txt --python .venv-meltano/bin/python
	@ln -sf ../../.venv-meltano/bin/meltano $(BIN)/meltano
	@touch $@

.meltano/.done: .venv/.done .venv-meltano/.done meltano.yml $(SOURCES)
	@echo "Installing the tap, the targets and dbt as Meltano plugins ..."
	@mkdir -p .meltano
	@MELTANO_CLI_LOG_LEVEL=warning $(RUN) meltano install >.meltano/install.log 2>&1 || { cat .meltano/install.log >&2; exit 1; }
	@touch $@

# What the models are made of, for Dagster.
.meltano/dbt/manifest.json: .meltano/.done $(shell find dbt -type f)
	@MELTANO_CLI_LOG_LEVEL=warning $(RUN) meltano invoke dbt-duckdb:parse >.meltano/parse.log 2>&1 || { cat .meltano/parse.log >&2; exit 1; }
	@touch $@

# A browser that is there, or Debian's; `make test CHROMIUM=…` names another.
FIND_CHROMIUM := [ -x "$$CHROMIUM" ] || command -v chromium || command -v chromium-browser || command -v google-chrome
APT_CHROMIUM := export DEBIAN_FRONTEND=noninteractive; apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium

.PHONY: chromium
chromium: ## Install a Chromium for the tests of a page, unless one is there
	@{ $(FIND_CHROMIUM); } >/dev/null && exit; \
	mkdir -p .cache; echo "Installing Chromium ..."; \
	if [ "$$(id -u)" = 0 ]; then { $(APT_CHROMIUM); } >.cache/chromium.log 2>&1; \
	else sudo -n sh -c '$(APT_CHROMIUM)' >.cache/chromium.log 2>&1; fi; \
	{ $(FIND_CHROMIUM); } >/dev/null || { tail -3 .cache/chromium.log >&2; \
		echo "The tests of a page need Chromium and will fail. Install it (Debian: apt-get install chromium), or set CHROMIUM to its path." >&2; }

# Servers that store documents: those that are no Python. Azurite comes from npm, with its own lock.
STORE_PROGRAMS := sshd smbd smbpasswd rclone npm
MISSING_STORES := for name in $(STORE_PROGRAMS); do PATH="$$PATH:/usr/sbin" command -v $$name >/dev/null || echo $$name; done
APT_STORES := export DEBIAN_FRONTEND=noninteractive; apt-get update -qq && apt-get install -y -qq --no-install-recommends \
	openssh-server samba rclone && { command -v npm >/dev/null || apt-get install -y -qq --no-install-recommends npm; }

.PHONY: stores
stores: tests/stores/node_modules/.done ## Install the servers that tests store documents on, unless they are there
	@[ -z "$$($(MISSING_STORES))" ] || { echo "Tests of stores need: $$($(MISSING_STORES)), and will fail." >&2; }

tests/stores/node_modules/.done: tests/stores/package-lock.json
	@mkdir -p .cache
	@[ -z "$$($(MISSING_STORES))" ] || { echo "Installing OpenSSH, Samba and rclone ..."; \
		if [ "$$(id -u)" = 0 ]; then { $(APT_STORES); } >.cache/stores.log 2>&1; \
		else sudo -n sh -c '$(APT_STORES)' >.cache/stores.log 2>&1; fi || tail -3 .cache/stores.log >&2; }
	@echo "Installing Azurite ..."
	@cd tests/stores && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >$(CURDIR)/.cache/azurite.log 2>&1 || { tail -3 $(CURDIR)/.cache/azurite.log >&2; exit 1; }
	@touch $@

# --- Work ---

.PHONY: test
test: $(READY) chromium stores ## Run all tests, but those marked as long
	@$(RUN) pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

.PHONY: test-full
test-full: $(READY) $(PLATFORM) chromium stores ## Run all tests, long ones included
	@$(RUN) pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder -m 'full or not full' --hypothesis-profile full

.PHONY: targets
targets: .venv/.done ## Load with all real targets: docs/targets.md; needs MariaDB, Python 3.8 and 3.9, too
	@$(RUN) pytest --numprocesses $(WORKERS) -m 'full or not full' tests/targets

# Not in CI: what nobody has released yet must not hold back anybody. A failure names what moved.
.PHONY: test-newest
test-newest: .venv/.done ## Run the tests of what we stand on with its newest releases, the SDK's pre-release included
	@$(BIN)/uv venv --quiet --clear .venv-newest --python $(BIN)/python
	@$(BIN)/uv pip install --quiet --require-hashes --no-deps --requirement requirements/dev.txt --python .venv-newest/bin/python
	@$(BIN)/uv pip install --quiet --upgrade msgspec requests urllib3 pendulum --python .venv-newest/bin/python
	@$(BIN)/uv pip install --quiet --upgrade --prerelease allow singer-sdk --python .venv-newest/bin/python
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable . --python .venv-newest/bin/python
	@$(BIN)/uv pip list --python .venv-newest/bin/python 2>/dev/null | grep -E '^(singer-sdk|msgspec|requests|urllib3|pendulum) '
	@.venv-newest/bin/pytest --numprocesses $(WORKERS) --dist loadfile tests/test_sdk.py tests/tap tests/sync tests/api

# The tools of the tests stay as they are locked; the anyio that singer-sdk then gets knows an older pytest.
.PHONY: test-lowest
test-lowest: .venv/.done ## Run the tests of what we stand on with the lowest versions that pyproject.toml allows
	@$(BIN)/uv venv --quiet --clear .venv-lowest --python $(BIN)/python
	@$(BIN)/uv pip install --quiet --require-hashes --no-deps --requirement requirements/dev.txt --python .venv-lowest/bin/python
	@$(BIN)/uv pip compile --quiet --resolution lowest-direct --all-extras --python-version 3.11 pyproject.toml >.venv-lowest/lowest.txt
	@$(BIN)/uv pip install --quiet --requirement .venv-lowest/lowest.txt --python .venv-lowest/bin/python
	@$(BIN)/uv pip install --quiet --upgrade typing-extensions --python .venv-lowest/bin/python
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable . --python .venv-lowest/bin/python
	@PATH="$(CURDIR)/.venv-lowest/bin:$$PATH" pytest --numprocesses $(WORKERS) -p no:anyio --dist loadfile \
		tests/test_sdk.py tests/test_settings.py tests/test_cli.py tests/tap tests/sync tests/api tests/model tests/sandbox tests/extra

.PHONY: platform
platform: $(READY) $(PLATFORM) ## Install what many tenants on Dagster need: docs/dagster.md
	@echo "Ready: .venv-dagster/bin/dagster. Go on with docs/dagster.md"

.PHONY: simulation
simulation: $(READY) $(PLATFORM) ## Sync 50 tenants on Dagster, and compute what 5,000 need; TENANTS=5 for less
	@$(RUN) python -m tests.tenants.simulation --tenants $(TENANTS) --candidates $(CANDIDATES) --seed $(SEED) --write

.PHONY: dagster-picture
dagster-picture: $(READY) $(PLATFORM) chromium ## Take the picture of docs/dagster.md: a run in Dagster's web page
	@$(RUN) python -m scripts.render_dagster
	@echo "Written: docs/dagster-assets.png"

.PHONY: fuzz
fuzz: .venv/.done ## Read 200,000 generated payloads; SEED=2 for others; ONLY=--ways: compare both ways
	@$(BIN)/python -m tests.fuzz --payloads $(PAYLOADS) --seed $(SEED) --workers $(WORKERS) $(ONLY)

# Real converters: PHP and its libraries are Debian's; the others have locks of their own.
PHP_PACKAGES := php-cli php-xml php-sqlite3 php-symfony-serializer php-illuminate-http php-illuminate-pagination php-nesbot-carbon
# Debian's npm goes with Debian's Node only: where another one is, it has brought its own.
APT_PHP := export DEBIAN_FRONTEND=noninteractive; apt-get update -qq && apt-get install -y -qq --no-install-recommends $(PHP_PACKAGES) $$(command -v npm >/dev/null || echo npm)

tests/wire/node_modules/.done: tests/wire/package-lock.json
	@mkdir -p .cache
	@{ command -v php && command -v npm && [ -d /usr/share/php/Illuminate/Http ]; } >/dev/null || { echo "Installing PHP ..."; \
		if [ "$$(id -u)" = 0 ]; then { $(APT_PHP); } >.cache/php.log 2>&1; \
		else sudo -n sh -c '$(APT_PHP)' >.cache/php.log 2>&1; fi || tail -3 .cache/php.log >&2; }
	@cd tests/wire && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >$(CURDIR)/.cache/wire.log 2>&1 || { tail -3 $(CURDIR)/.cache/wire.log >&2; exit 1; }
	@touch $@

.venv-wire/.done: .venv/.bootstrap tests/wire/requirements.txt
	@$(BIN)/uv venv --quiet --clear .venv-wire --python $(BIN)/python
	@$(SYNC) tests/wire/requirements.txt --python .venv-wire/bin/python
	@touch $@

.PHONY: wire
wire: .venv/.done .venv-wire/.done tests/wire/node_modules/.done ## Read what PHP, npm and PyPI make of people: docs/profiles.md; EVERY=--all pairs all
	@$(RUN) python -m tests.wire $(EVERY)

.PHONY: wire-lock
wire-lock: .venv/.bootstrap ## Renew the lock files of make wire's converters
	@UV_CUSTOM_COMPILE_COMMAND="make wire-lock" $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-annotate tests/wire/requirements.in --output-file tests/wire/requirements.txt >/dev/null
	@cd tests/wire && npm install --package-lock-only --ignore-scripts --no-audit --no-fund --loglevel=error
	@echo "Renewed: tests/wire/requirements.txt, tests/wire/package-lock.json"

.PHONY: soak
soak: $(READY) ## Sync a restless, failing tenant for half an hour; SOAK_SECONDS=60 for less
	@$(RUN) python -m tests.soak --seconds $(SOAK_SECONDS) --seed $(SEED)

.PHONY: lint
lint: .venv/.done ## Check style, types, dependencies and generated files
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/deptry .
	@$(BIN)/zizmor --offline --quiet --no-progress .github
	@$(BIN)/python scripts/render_settings.py --check
	@$(BIN)/python -m scripts.render_faults --check
	@$(BIN)/python -m scripts.render_privacy --check
	@$(BIN)/python -m tests.targets.page --check

.PHONY: audit
audit: .venv-audit/.done ## Look for known vulnerabilities in what is locked; needs the network
	@for lock in requirements/*.txt; do \
		.venv-audit/bin/pip-audit --strict --require-hashes --disable-pip --progress-spinner off --requirement $$lock || { \
			echo "$$lock is not clean. Without a finding above, the service that knows could not be asked: this needs the network." >&2; exit 1; }; \
	done

.PHONY: sbom
sbom: .venv-audit/.done ## Write what the tap runs with into dist/sbom.json (CycloneDX)
	@mkdir -p dist
	@.venv-audit/bin/python -W ignore -m cyclonedx_py requirements requirements/runtime.txt --pyproject pyproject.toml \
		--output-reproducible --output-file dist/sbom.json
	@echo "Written: dist/sbom.json"

.PHONY: mutate
mutate: .venv-mutation/.done ## Change model/ and sync/ a little, and count which tests notice; MUTANTS=0 for all
	@PATH="$(CURDIR)/.venv-mutation/bin:$$PATH" python -m scripts.mutate --mutants $(MUTANTS) --seed $(SEED) --workers $(WORKERS)

.PHONY: format
format: .venv/.done ## Format and mend what can be mended
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

.PHONY: docs
docs: $(READY) chromium ## Write again what is generated from settings and measured
	@$(BIN)/python scripts/render_settings.py
	@$(BIN)/python -m scripts.render_profiles
	@$(BIN)/python -m scripts.render_checks
	@$(BIN)/python -m scripts.render_explorer
	@$(BIN)/python -m scripts.render_funnel
	@$(BIN)/python -m scripts.render_faults
	@$(BIN)/python -m scripts.render_privacy
	@$(BIN)/python -m tests.targets.page

.PHONY: bench
bench: .venv/.done ## Measure speed and memory beside other tools (half an hour)
	@$(BIN)/python -m benchmarks --scenario all --write
	@echo "Written: benchmarks/RESULTS.md, docs/performance.svg"

.PHONY: bench-quick
bench-quick: .venv/.done ## The same with short lists; only prints
	@$(BIN)/python -m benchmarks --scenario all --quick

BENCH_LOCK := UV_CUSTOM_COMPILE_COMMAND="make bench-lock" $(BIN)/uv pip compile --quiet --upgrade --universal \
	--python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate

# What the tap uses too has the tap's version.
.PHONY: bench-lock
bench-lock: .venv/.bootstrap ## Renew the contestants' lock files
	@for name in bare usual; do $(BENCH_LOCK) benchmarks/requirements/$$name.in \
		--constraint requirements/dev.txt --output-file benchmarks/requirements/$$name.txt >/dev/null || exit 1; done
	@for name in dlt msdk plot; do $(BENCH_LOCK) benchmarks/requirements/$$name.in \
		--output-file benchmarks/requirements/$$name.txt >/dev/null || exit 1; done
	@echo "Renewed: benchmarks/requirements/*.txt"

.PHONY: lock
lock: .venv/.bootstrap ## Renew the lock files
	@$(COMPILE) --all-extras --group dev pyproject.toml --output-file requirements/dev.txt >/dev/null
	@$(COMPILE) pyproject.toml --constraint requirements/dev.txt --output-file requirements/runtime.txt >/dev/null
	@$(COMPILE) --group pyproject.toml:mutation --constraint requirements/dev.txt --output-file requirements/mutation.txt >/dev/null
	@$(COMPILE) --group pyproject.toml:audit --output-file requirements/audit.txt >/dev/null
	@$(COMPILE) --all-extras deploy/dagster/pyproject.toml --output-file requirements/dagster.txt >/dev/null
	@$(COMPILE) --group pyproject.toml:meltano --output-file requirements/meltano.txt >/dev/null
	@$(COMPILE) --group pyproject.toml:bootstrap --constraint requirements/dev.txt --output-file requirements/bootstrap.txt >/dev/null
	@echo "Renewed: requirements/*.txt"

.PHONY: demo
demo: $(READY) ## A local Persy into DuckDB; again: only what changed
	@$(RUN) python -m demo

.PHONY: demo-reset
demo-reset: ## Forget the demo: the next one starts from nothing
	@rm -rf demo/output
	@echo "Removed demo/output."

.PHONY: build
build: .venv/.done ## Build wheel and sdist into dist/
	@$(BIN)/uv build --quiet --clear --no-build-isolation --python $(BIN)/python
	@ls dist

.PHONY: clean
clean: demo-reset ## Remove environments, caches and builds
	@rm -rf .venv .venv-audit .venv-dagster .venv-meltano .venv-mutation .venv-newest .venv-lowest .venv-wire mutants .meltano .cache tests/stores/node_modules tests/wire/node_modules .hypothesis .mypy_cache .pytest_cache .ruff_cache dist
	@find tap_compleetpersy tests demo scripts benchmarks -name __pycache__ -prune -exec rm -rf {} +
