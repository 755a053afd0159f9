# Two commands matter: `make demo` and `make test`. Everything installs into .venv.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo test check screenshots lock clean

help:
	@echo "make demo         the whole thing on this machine: vendor stand-in, Slack stand-in, bot"
	@echo "make test         every check and test"
	@echo "make screenshots  the pictures in docs/, taken from the running demo"
	@echo "make lock         pin the dependencies again"
	@echo "make clean        remove .venv and the demo's state"

.venv/pyvenv.cfg:
	$(PYTHON) -m venv .venv

# requirements-dev.txt holds everything requirements.txt does, so a test set-up also runs the demo.
.venv/.run: requirements.txt pyproject.toml | .venv/pyvenv.cfg
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -c "import pathlib, sysconfig; pathlib.Path(sysconfig.get_path('purelib'), 'giftcard_bot.pth').write_text('$(CURDIR)\n')"
	printf '#!/bin/sh\nexec "$(CURDIR)/.venv/bin/python" -m bot "$$@"\n' > $(BIN)/giftcard && chmod +x $(BIN)/giftcard
	touch $@

.venv/.dev: requirements-dev.txt .venv/.run
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

demo: .venv/.run
	@$(BIN)/giftcard demo

test: .venv/.dev
	@./.ci/test

screenshots: .venv/.dev
	@./.ci/ensure-chromium
	$(BIN)/python -m tests.screenshots

lock: .venv/.dev
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt

clean:
	rm -rf .venv demo-state
