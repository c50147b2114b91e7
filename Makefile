# Every target installs what it needs, and nothing twice.
.PHONY: demo test check airflow airflow-2 airflow-3 servers campaign image kubernetes bench fmt clean

MODULES := node_modules/.package-lock.json
BUILT := dist/.built
SOURCES := $(shell find src jobs scripts -name '*.ts' -o -path 'src/page/browser/*') schemas/catalog.schema.json tsconfig.json

# No scripts: ours would build here, and the next rule again; of the packages none needs its own.
$(MODULES): package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

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

# Every DAG in real Airflow 2 and 3: the shop's, those of a catalog of hostile texts, and those of one with every setting.
# Then runs of them, whose pods are processes of this machine.
airflow: $(BUILT)
	test/airflow/install
	rm -rf .sluice/test-dags
	npm run --silent test-dags
	$(MAKE) --no-print-directory --keep-going airflow-2 airflow-3

# May go side by side (-j2) where the machine is quick: on two cores, waits that are long enough for one are not for both.
airflow-2 airflow-3: airflow-%:
	@bash -o pipefail -c '{ test/airflow/import-dags $* generated-dags .sluice/test-dags/hostile .sluice/test-dags/every-setting && \
	  test/airflow/play-runs $*; } 2>&1 | sed -u "s/^/Airflow $*: /"'

# The servers that stand in for S3, GCS and BigQuery in the tests; without them, the suites that need them say so and are skipped.
servers:
	test/servers/install

# The main job while services fail, jobs are killed and run at once: make campaign SEED=1 ROUNDS=300
campaign: $(BUILT) servers
	npm run --silent campaign -- --rounds $(or $(ROUNDS),20) $(if $(SEED),--seed $(SEED))

# The Dockerfile by hadolint; where root and Debian's buildah are, the image too: what is in it, and how large it is.
image:
	"$$(test/image/install-hadolint)" --config .hadolint.yaml Dockerfile
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  test/kubernetes/install && test/kubernetes/base-image && test/kubernetes/image . sluice:lab && \
	  test/image/check-image localhost/sluice:lab docker.io/library/node:24-bookworm-slim; \
	else echo "SKIPPED: the image itself: building it without a registry needs root on Debian" >&2; fi

# The image in a real cluster, alone and below both Airflows; test/kubernetes/run says what it skips, and why.
kubernetes: $(BUILT)
	test/servers/install
	test/airflow/install
	test/kubernetes/run

bench: $(BUILT)
	npm run --silent bench

fmt: $(MODULES)
	npx prettier --write --log-level warn .

clean:
	rm -rf dist .sluice
