# Two commands for a newcomer: `make render` and `make test`. Each sets up `.venv/` first. `make help` lists the others.
.DEFAULT_GOAL := render
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
PEER := .cache/peer
BROWSER := .cache/browser
DOCS := .cache/docs
AZURE := .cache/azure
PROCESSES ?= auto
EXTRAS := cluster seal verify watch  # official has an environment of its own, the peer's

# What a test needs beyond Python and git is a marker of it; pyproject.toml lists them.
BEYOND := cluster or peer or browser or node or go or mount or pythons or installed or azure or full

.PHONY: help render test test-all lint types check lock clean kubernetes-schemas cluster cluster-down programs test-cluster test-gitops node node-down test-node peer test-peer proto wire lock-peer browser test-browser lock-browser azure test-azure lock-azure bench dist test-installed docs lock-docs

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1 /p' $(MAKEFILE_LIST) | while read -r name text; do printf '%-20s %s\n' "$$name" "$$text"; done

render: $(STAMP)  ## render every environment
	$(BIN)/gen render --all

test: $(STAMP)  ## run the tests that need only Python and git, in minutes; says at its end what it left out
	$(BIN)/pytest -m "not ($(BEYOND))"

test-all: $(STAMP) $(PEER)/.ready $(BROWSER)/.ready $(AZURE)/.ready  ## run all tests, each with its whole budget; builds what they need (Go, TensorFlow)
	GEN_TEST_FULL=1 $(BIN)/pytest --numprocesses=$(PROCESSES) --dist=loadfile --no-loadscope-reorder $(if $(SELECT),-m "$(SELECT)")

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(STAMP)
	$(BIN)/mypy

check: lint types test  ## before a commit; .ci/run is what CI runs

$(STAMP): constraints.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "gen needs Python 3.11 or newer; try: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement constraints.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

cluster: $(STAMP)  ## start a real control plane for work by hand (docs/development/cluster.md)
	@$(BIN)/python -m tests.cluster up

cluster-down: $(STAMP)  ## stop it
	@$(BIN)/python -m tests.cluster down

programs: $(STAMP)  ## build all Go programs that the tests run
	@$(BIN)/python -m tests.cluster build

test-cluster: $(STAMP)  ## only the tests that need it, and all of them
	GEN_REQUIRE_CLUSTER=1 $(BIN)/pytest -m cluster

node: $(STAMP) $(PEER)/.ready  ## start a cluster of real machines for work by hand; needs root (docs/development/node.md)
	@$(BIN)/python -m tests.node up

node-down: $(STAMP)  ## stop it
	@$(BIN)/python -m tests.node down

test-node: $(STAMP) $(PEER)/.ready  ## only the tests that need it, and all of them
	GEN_REQUIRE_NODE=1 $(BIN)/pytest -m node

test-gitops: $(STAMP)  ## only the tests with Flux; builds its controllers (docs/development/cluster.md)
	GEN_REQUIRE_CLUSTER=1 $(BIN)/pytest -m cluster tests/gitops

kubernetes-schemas:  ## rewrite generator/openapi/ after a change of the version in tests/cluster/go.mod
	$(PYTHON) tools/kubernetes_schemas.py

peer: $(PEER)/.ready  ## set up the official package and TensorFlow, 2 GB

test-peer: $(STAMP) $(PEER)/.ready  ## run the client's tests against the official package and TensorFlow
	$(BIN)/pytest -m peer tests/serving

$(PEER)/.ready: tests/peer/requirements.txt
	$(PYTHON) -m venv $(PEER)
	$(PEER)/bin/python -m pip install --quiet --require-hashes --requirement tests/peer/requirements.txt
	touch $@

browser: $(BROWSER)/.ready  ## set up Playwright; the browser is Debian's chromium

test-browser: $(STAMP) $(BROWSER)/.ready  ## look at the page of gen review in a real browser
	$(BIN)/pytest -m browser tests/browser

$(BROWSER)/.ready: tests/browser/requirements.txt
	$(PYTHON) -m venv $(BROWSER)
	$(BROWSER)/bin/python -m pip install --quiet --require-hashes --requirement tests/browser/requirements.txt
	touch $@

lock-browser:  ## pin Playwright with its hashes
	$(PYTHON) -m venv .cache/uv
	.cache/uv/bin/python -m pip install --quiet uv
	.cache/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --custom-compile-command 'make lock-browser' --output-file tests/browser/requirements.txt tests/browser/requirements.in

docs: $(DOCS)/.ready  ## build the documentation site into .cache/site; a broken link is an error
	$(DOCS)/bin/python tools/site.py .cache/site-pages
	NO_MKDOCS_2_WARNING=1 $(DOCS)/bin/mkdocs build --quiet --strict

$(DOCS)/.ready: docs/requirements.txt
	$(PYTHON) -m venv $(DOCS)
	$(DOCS)/bin/python -m pip install --quiet --require-hashes --requirement docs/requirements.txt
	touch $@

lock-docs:  ## pin mkdocs with its hashes
	$(PYTHON) -m venv .cache/uv
	.cache/uv/bin/python -m pip install --quiet uv
	.cache/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --group pyproject.toml:docs --custom-compile-command 'make lock-docs' --output-file docs/requirements.txt

dist: $(STAMP)  ## build the sdist, and from it the wheel, into dist/
	$(BIN)/python -m build --no-isolation

test-installed: $(STAMP)  ## install the wheel, bare and with each extra, for every supported Python that is here
	$(BIN)/pytest -m "$(or $(SELECT),installed)" tests/installed

azure: $(AZURE)/.ready  ## set up the real azure-cli, 740 MB

test-azure: $(STAMP) $(AZURE)/.ready  ## let the real az read every line that gen provision makes for it
	$(BIN)/pytest -m azure tests/provision

$(AZURE)/.ready: tests/provision/azure/requirements.txt
	$(PYTHON) -m venv $(AZURE)
	$(AZURE)/bin/python -m pip install --quiet --require-hashes --requirement tests/provision/azure/requirements.txt
	touch $@

lock-azure:  ## pin azure-cli with its hashes
	$(PYTHON) -m venv .cache/uv
	.cache/uv/bin/python -m pip install --quiet uv
	.cache/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --custom-compile-command 'make lock-azure' --output-file tests/provision/azure/requirements.txt \
	  tests/provision/azure/requirements.in

bench: $(STAMP)  ## measure gen beside Helm, kustomize and cdk8s (docs/explanation/benchmarks.md)
	$(BIN)/python -m bench

proto: $(STAMP)  ## compile serving.proto
	$(BIN)/python -m grpc_tools.protoc -I generator/serving --include_imports \
	  --descriptor_set_out=generator/serving/serving.binpb serving.proto

wire: $(PEER)/.ready  ## record the official package's bytes again
	$(PEER)/bin/python -m tests.peer.record_wire > tests/serving/wire.json

lock-peer:  ## pin gen's extra `official`, which brings TensorFlow, with all hashes
	$(PYTHON) -m venv .cache/uv
	.cache/uv/bin/python -m pip install --quiet uv
	.cache/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --extra official --group peer --custom-compile-command 'make lock-peer' \
	  --output-file tests/peer/requirements.txt pyproject.toml

lock:  ## pin every package but those of `official` with its hashes, for every platform and Python version
	$(PYTHON) -m venv .cache/uv
	.cache/uv/bin/python -m pip install --quiet uv
	.cache/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-package pip \
	  $(addprefix --extra ,$(EXTRAS)) --group dev --custom-compile-command 'make lock' --output-file constraints.txt pyproject.toml

clean:
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache
