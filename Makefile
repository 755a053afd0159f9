# Two commands matter: `make demo` and `make test`. Everything installs into .venv.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check install --require-hashes -r

.DEFAULT_GOAL := help
.PHONY: help bench demo test soak screenshots lock clean

help:
	@echo "make demo         the whole thing on this machine: vendor stand-in, Slack stand-in, bot"
	@echo "make test         every check and test"
	@echo "make soak         random orders, faults and kills; MINUTES=5 SEED=… repeats one"
	@echo "make bench        sync and search of 50,000 products, against a baseline of the same run"
	@echo "make screenshots  the pictures in docs/images, taken from the running demo"
	@echo "make lock         pin the dependencies again"
	@echo "make clean        remove .venv and the demo's state"

demo: .venv/.run
	@exec $(BIN)/giftcard demo

test: .venv/.dev
	@./.ci/test

soak: .venv/.dev
	@$(BIN)/python -m tests.soak $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED))

bench: .venv/.dev
	@$(BIN)/python -m tests.benchmarks.catalogue

screenshots: .venv/.dev
	@./.ci/ensure-chromium
	@$(BIN)/python -m tests.screenshots

.venv/bin/python:
	@PYTHON="$(PYTHON)" ./.ci/make-venv

# requirements-dev.txt holds everything requirements.txt does, so that a test set-up also runs the demo.
.venv/.run: requirements.txt .ci/link-project | .venv/bin/python
	@echo "Installing what the bot needs into .venv (once)"
	@$(PIP) requirements.txt
	@./.ci/link-project
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.run
	@echo "Installing what the tests need into .venv (once)"
	@$(PIP) requirements-dev.txt
	@touch $@

lock: .venv/.dev
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt

clean:
	rm -rf .venv demo-state
