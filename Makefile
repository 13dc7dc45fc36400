# Every recipe sets up what it needs; `make site` and `make test` are all a fresh machine has to know.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup site test fix serve clean

setup: .venv/.ready

.venv/.ready: pyproject.toml requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else "Python 3.11, 3.12 or 3.13 is needed; set it with: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	touch $@

site: setup
	$(BIN)/transferbuch build --data modellregion
	@echo 'Open _build/site/index.html, or run `make serve` (the search needs a server).'

test: setup
	$(BIN)/ruff check src tests benchmarks data/modellregion
	$(BIN)/ruff format --check src tests benchmarks data/modellregion
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

fix: setup
	$(BIN)/ruff check --fix src tests benchmarks data/modellregion
	$(BIN)/ruff format src tests benchmarks data/modellregion

serve: setup
	$(BIN)/transferbuch serve

clean:
	rm -rf _build
