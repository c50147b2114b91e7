# Every target installs what it needs, and nothing twice.
.PHONY: demo test check airflow bench fmt clean

MODULES := node_modules/.package-lock.json
BUILT := dist/.built
SOURCES := $(shell find src jobs scripts -name '*.ts') schemas/catalog.schema.json tsconfig.json

$(MODULES): package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

# npm ci builds as well; this is for sources that changed since.
$(BUILT): $(MODULES) $(SOURCES)
	npm run --silent build
	@touch $@

demo: $(BUILT)
	@npx sluice demo

test: $(BUILT)
	npx mocha

check: $(BUILT)
	npm run --silent types
	npm run --silent lint
	npm run --silent format
	npm run --silent architecture
	npm run --silent unused
	npx sluice check
	npx sluice generate --check

# Every DAG in real Airflow 2 and 3: the shop's, and those of a catalog of hostile texts.
airflow: $(BUILT)
	test/airflow/install
	rm -rf .sluice/hostile-dags
	npm run --silent hostile-dags
	for version in 2 3; do \
	  test/airflow/import-dags $$version generated-dags && \
	  test/airflow/import-dags $$version .sluice/hostile-dags || exit 1; \
	done

bench: $(BUILT)
	npm run --silent bench

fmt: $(MODULES)
	npx prettier --write --log-level warn .

clean:
	rm -rf dist .sluice
