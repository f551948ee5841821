# Twenty Minutes. `make run` is all a learner needs; the rest is for whoever changes it. `make help` lists everything.
# Each installation is stamped with a hash of what it was made from, so a second run does nothing.

PYTHON ?= python3
BIN := .venv/bin
key = $(shell cat $(1) | $(PYTHON) -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest()[:16])')
RUNTIME := .venv/.runtime-$(call key,pyproject.toml requirements.lock)
DEV := .venv/.dev-$(call key,pyproject.toml requirements-dev.lock)
TRAIN := .venv-train/.ready-$(call key,requirements-train.lock)
CASSETTES := .venv-cassettes/.ready-$(call key,requirements-cassettes.lock)
VENDOR := web/static/vendor/.ready-$(call key,package.json package-lock.json web/vendor.py)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export UV_NO_PROGRESS := 1

.DEFAULT_GOAL := help
.PHONY: help run vendor test check format bench faults pictures schemas examples lock cassettes train calibrate validity system clean

help:  ## list what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: $(RUNTIME) vendor  ## install what is missing and start the application (HOST=, PORT=)
	@$(BIN)/sim serve $(if $(HOST),--host $(HOST)) $(if $(PORT),--port $(PORT))

vendor: $(VENDOR)  ## fetch the one script library the pages use; they work without it too

test: $(DEV) system vendor  ## run every test (ARGS= goes to pytest)
	@$(BIN)/python -m pytest $(ARGS)

check: $(DEV)  ## lint, format and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(DEV)  ## rewrite the files as `check` wants them
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

bench: $(DEV)  ## measure, and write the table into docs/performance.md
	@$(BIN)/python -m bench

faults: $(DEV)  ## break a model's endpoint in every way, and write the table into docs/model.md
	@$(BIN)/python -m bench.faults

pictures: $(DEV)  ## make the pictures of the studio and of workshops in docs/images anew; needs Chromium
	@$(BIN)/python -m bench.pictures

schemas: $(DEV)  ## write docs/schemas/ anew
	@$(BIN)/python -m sim.schemas docs/schemas

examples: $(DEV)  ## write the worked examples of the shipped contacts anew
	@$(BIN)/python -m sim.commands.examples

calibrate: $(DEV)  ## compare the marks with labelled sessions (FOLDER=)
	@$(BIN)/sim calibrate $(FOLDER)

validity: $(DEV)  ## measure the marks, and write the tables into docs/validity.md (FOLDER=)
	@mkdir -p build && $(BIN)/sim calibrate $(FOLDER) --json build/figures.json
	@$(BIN)/python -m sim.calibrate.document build/figures.json docs/validity.md

cassettes: $(DEV) $(CASSETTES)  ## record the tests' cassettes anew from a small local model; many minutes, needs a C++ compiler
	@$(BIN)/python cassettes/record.py

train: $(TRAIN)  ## train the act reader anew; about an hour of one core
	@.venv-train/bin/python -m sim.understanding.training.train $(ARGS)

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-header pyproject.toml
lock: $(DEV)  ## resolve the dependencies anew (UPGRADE=1 takes the newest that fit)
	@$(LOCK) $(if $(UPGRADE),--upgrade) --generate-hashes --extra postgres --group build -o requirements.lock
	@$(LOCK) $(if $(UPGRADE),--upgrade) --generate-hashes --extra postgres --group build --group dev -c requirements.lock -o requirements-dev.lock

system:
	@.ci/system

clean:  ## remove everything that was installed or built here; learners' data stays
	rm -rf .venv .venv-train .venv-cassettes node_modules web/static/vendor build dist

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Twenty Minutes needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V). Install one and say make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2; exit 1; }

# By uv, in seconds: the machine's own, or the one that the lock pins, fetched first. By pip, in most of a minute, where uv cannot be had.
# Either checks every hash.
define install
	@echo "installing $(1) ..."
	@uv=$$(command -v uv || echo $(BIN)/uv); \
	if [ ! -x "$$uv" ]; then \
		awk '/^[^ ]/ {ours = /^uv==/} ours' requirements-dev.lock > .venv/uv.lock; \
		$(BIN)/python -m pip install -qq --require-hashes -r .venv/uv.lock || echo "no uv for this machine; pip it is, which takes longer"; \
	fi; \
	if [ -x "$$uv" ]; then add="$$uv pip install --quiet --python $(BIN)/python"; compile=--compile-bytecode; \
	else add="$(BIN)/python -m pip install -qq"; compile=; fi; \
	$$add $$compile --require-hashes -r $(1) && $$add --no-deps --no-build-isolation -e .
	@rm -f .venv/.$(2)-* && touch $@
endef

$(RUNTIME): | .venv/bin/python
	$(call install,requirements.lock,runtime)

$(DEV): | .venv/bin/python
	$(call install,requirements-dev.lock,dev)

# Fails softly: `web.vendor` says what is missing and that the pages work by plain forms.
$(VENDOR):
	@$(PYTHON) -m web.vendor && { [ ! -d web/static/vendor ] || { rm -f web/static/vendor/.ready-*; touch $@; }; }

# By pip, as the CPU build of PyTorch is what machines without an accelerator keep at hand for it; pins, no hashes, for that reason.
$(TRAIN):
	@test -x .venv-train/bin/python || $(PYTHON) -m venv .venv-train
	@echo "installing requirements-train.lock (PyTorch is large) ..."
	@.venv-train/bin/python -m pip install -qq -r requirements-train.lock
	@rm -f .venv-train/.ready-* && touch $@

# By pip and by version: the server is compiled here, so there is no wheel whose hash could be held.
$(CASSETTES):
	@test -x .venv-cassettes/bin/python || $(PYTHON) -m venv .venv-cassettes
	@echo "installing requirements-cassettes.lock (llama.cpp is compiled, which takes ten minutes or more) ..."
	@.venv-cassettes/bin/python -m pip install -qq -r requirements-cassettes.lock
	@rm -f .venv-cassettes/.ready-* && touch $@
