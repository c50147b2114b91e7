# Every target installs what it needs, and nothing twice.
.PHONY: demo test check bench airflow fmt clean

MODULES := node_modules/.package-lock.json
BUILT := dist/.built
SOURCES := $(shell find src jobs -name '*.ts') tsconfig.json tsconfig.build.json

$(MODULES): package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

# npm ci builds as well; this is for sources that changed since.
$(BUILT): $(MODULES) $(SOURCES)
	rm -rf dist
	npm run --silent build
	@touch $@

demo: $(BUILT)
	@npx sluice demo

test: $(BUILT)
	npx mocha

check: $(BUILT)
	npx tsc --noEmit -p tsconfig.json
	npx eslint --max-warnings 0 .
	npx prettier --check --log-level warn .
	npx depcruise --config .dependency-cruiser.js src jobs
	npx knip
	npx sluice check
	npx sluice generate --check

airflow: $(BUILT)
	test/airflow/install
	test/airflow/import-dags 2 generated-dags
	test/airflow/import-dags 3 generated-dags

bench: $(BUILT)
	npx tsx bench/generate/main.ts

fmt: $(MODULES)
	npx prettier --write --log-level warn .

clean:
	rm -rf dist .sluice
