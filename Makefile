# Ce que l’on fait avec ce dépôt. « make help » en donne la liste.
# Il suffit de Python 3.11 et de make ; uv accélère l’installation s’il est là.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTANCE_DEMO := $(or $(SURVEYAPP_INSTANCE),instance-demo)
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo run test check format bench lock clean

help: ## Affiche cette liste
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/.stamp ## Prépare l’environnement Python de l’application

install-dev: $(VENV)/.stamp-dev ## Prépare aussi les outils de développement

demo: $(VENV)/.stamp ## Sert une CPTS fictive avec ses données, affiche l’adresse et le compte
	@SURVEYAPP_INSTANCE="$(INSTANCE_DEMO)" $(BIN)/surveyapp demo --serve

run: $(VENV)/.stamp ## Sert une installation vide (ou la vôtre), affiche le lien du premier compte
	@$(BIN)/surveyapp run

test: $(VENV)/.stamp-dev ## Lance les tests
	$(BIN)/pytest -n $(JOBS) $(ARGS)

check: $(VENV)/.stamp-dev ## Vérifie style, types, architecture, gabarits et questionnaires
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint surveyapp/templates --lint --quiet
	$(BIN)/surveyapp form check forms/

format: $(VENV)/.stamp-dev ## Met le code en forme
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.stamp-dev ## Mesure les performances, écrit bench.json
	$(BIN)/python -m tests.bench

lock: ## Refait requirements*.txt depuis pyproject.toml (demande uv)
	uv pip compile pyproject.toml --generate-hashes --universal --no-header --quiet \
	    --python-version 3.11 --no-emit-index-url --no-emit-find-links -o requirements.txt
	uv pip compile pyproject.toml --extra dev --generate-hashes --universal --no-header --quiet \
	    --python-version 3.11 --no-emit-index-url --no-emit-find-links -o requirements-dev.txt

clean: ## Supprime l’environnement et ce qui a été produit (jamais instance/)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	rm -rf build dist *.egg-info instance-demo bench.json screenshots
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +

# uv quand il est là, sinon pip ; les empreintes de requirements*.txt sont vérifiées.
# Compiler le code d’avance fait gagner une seconde à chaque démarrage.
define INSTALL
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "Python 3.11 ou plus récent est nécessaire ; donnez-le avec PYTHON=…" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@if command -v uv >/dev/null 2>&1 \
	    && uv pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r $(1); \
	then :; \
	else $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes \
	    -r $(1) || exit 1; \
	fi
	@pwd > "$$($(BIN)/python -c 'import site; print(site.getsitepackages()[0])')/surveyapp-checkout.pth"
	@printf '#!/bin/sh\nexec "$$(dirname "$$0")/python" -m surveyapp.cli "$$@"\n' > $(BIN)/surveyapp
	@chmod +x $(BIN)/surveyapp
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m compileall -q surveyapp wsgi.py || true
endef

$(VENV)/.stamp: requirements.txt
	@echo "Installation de l’environnement (une minute environ)…"
	$(call INSTALL,requirements.txt)
	@touch $@

$(VENV)/.stamp-dev: requirements-dev.txt $(VENV)/.stamp
	$(call INSTALL,requirements-dev.txt)
	@touch $@
