# Two commands do everything on a machine with Python 3.11 and make: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
JOBS ?= 2

.PHONY: demo test lint soak bench lowest wheel clean

demo: $(READY)  ## simulate a day at sea, run it through the product, print the alerts, write map.html
	$(BIN)/voi demo

test: $(READY)  ## the whole suite, under five minutes on two cores
	$(BIN)/python -m pytest -n $(JOBS) -m "not soak"

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

soak: $(READY)  ## the long forms: many kills, big fuzz
	$(BIN)/python -m pytest -n $(JOBS) -m soak --timeout 3600
	$(BIN)/python -m pytest -n $(JOBS) tests/vessels --hypothesis-profile=soak --timeout 3600

bench: $(READY)  ## speed beside the peers, in one run, as ratios
	$(BIN)/python -m pip install -q -r tests/benchmarks/peers.txt
	$(BIN)/python -m tests.benchmarks

lowest:  ## the suite on the oldest versions that pyproject.toml admits
	$(PYTHON) -m venv $(VENV)-lowest
	$(VENV)-lowest/bin/python -m pip install -q -c tests/lowest.txt -e '.[test]'
	$(VENV)-lowest/bin/python -m pytest -n $(JOBS) -m "not soak"

wheel: $(READY)
	$(BIN)/python -m pip wheel -q --no-deps -w dist .

clean:
	rm -rf $(VENV) $(VENV)-lowest dist voi-demo voi-store map.html

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q -c constraints.txt -e '.[test]'
	touch $@
