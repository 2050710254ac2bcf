# The commands of this project. `make help` lists them.

PYTHON ?= python3
VENV   ?= .venv
SAMPLE ?= ./Sample
# ALL=1 takes all 2,624 pictures of the sample, not some hundreds.
ALL    ?=
RUN    := $(VENV)/bin/python -m loader
PIP    := $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo venv install-db load sample export sql status start stop test lint wheel bench screenshots clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

demo: $(VENV)/.demo ## everything, on real images and the embedded database: sample, model, install-db, load, validate
	@$(RUN) sample $(SAMPLE) $(if $(ALL),--all)
	@$(RUN) export --demo
	@$(MAKE) --no-print-directory install-db
	@$(RUN) $(SAMPLE)
	@$(RUN) sql "exec img_classify.validate_loo"
	@echo
	@echo "Four grades are told apart here. What to look at next:"
	@echo "  $(RUN) evaluate --target category1 --method kfold --transform lda   # good or bad alone"
	@echo "  $(RUN) report      # the same as a page, report.html, with its mistakes in pictures"
	@echo "  $(RUN) serve       # pictures and runs in a browser"
	@echo "  $(RUN) suspects    # labels that a person should look at"
	@echo "  docs/notebook.ipynb                    # the same from Python"
	@echo "  README.md, Your pictures               # your own directory in place of the sample"

venv: $(VENV)/.demo ## the virtual environment with all that load and export need

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3.11"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml setup.py constraints.txt | $(VENV)/bin/python
	@echo "Installing the pinned packages into $(VENV): pip downloads about 530 MB (TensorFlow for the export of the"
	@echo "model 274 MB, the sample's pictures 91 MB), and they take about 2 GB on disk"
	$(PIP) -e '.[export,sample,service]'
	@touch $@

$(VENV)/.test: $(VENV)/.demo
	$(PIP) -e '.[export,sample,service,dev]'
	@touch $@

install-db: $(VENV)/.demo ## install or upgrade the tables, views and packages of db/
	@$(RUN) install

load: $(VENV)/.demo ## load SAMPLE (./Sample)
	@$(RUN) $(SAMPLE)

sample: $(VENV)/.demo ## write real images in AI Hub's layout to SAMPLE
	@$(RUN) sample $(SAMPLE) $(if $(ALL),--all)

export: $(VENV)/.demo ## export DenseNet121 to models/ and compare it with Keras
	@$(RUN) export

sql: $(VENV)/.demo ## the SQL client
	@$(RUN) sql

status: $(VENV)/.demo ## what is installed, pending and loaded
	@$(RUN) status

start: $(VENV)/.demo ## keep the embedded server running between commands
	@$(RUN) start

stop: $(VENV)/.demo ## stop the embedded server
	@$(RUN) stop

test: $(VENV)/.test ## the tests, on the embedded database or on the Oracle Database that the environment names
	@$(VENV)/bin/python -m pytest $(ARGS)

lint: $(VENV)/.test ## format, lint and types
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy

screenshots: $(VENV)/.test ## the pictures of docs/, made anew on the sample; needs Chromium
	@$(VENV)/bin/python -m tests.screenshots

$(VENV)/.bench: $(VENV)/.test
	$(PIP) -e '.[export,sample,dev,bench,openvino]'
	@touch $@

wheel: $(VENV)/bin/python ## build the wheel, into dist/
	$(VENV)/bin/python -m pip wheel --quiet --no-deps --wheel-dir dist .

bench: $(VENV)/.bench ## the benchmarks, as ratios against named peers
	@$(VENV)/bin/python -m bench

clean: ## remove the virtual environment, the sample, the models and the embedded database
	-@[ -x $(VENV)/bin/python ] && $(RUN) stop
	rm -rf $(VENV) $(SAMPLE) .embedded .loader build dist models/*.onnx *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
