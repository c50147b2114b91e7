import { expect } from "chai";
import { CatalogError, UsageError } from "../../src/errors.js";
import { readCatalog } from "../../src/catalog/read-catalog.js";

const good = "test/fixtures/catalog/good";

async function failure(file: string, overrides = {}): Promise<unknown> {
  return readCatalog(file, overrides).then(
    () => null,
    (error: unknown) => error,
  );
}

const dedicated = {
  key: "dedicated",
  operator: "Equal",
  value: "batch",
  effect: "NoExecute",
  tolerationSeconds: 60,
};
const everyTaint = {
  key: null,
  operator: "Exists",
  value: null,
  effect: null,
  tolerationSeconds: null,
};

describe("reading the catalog", () => {
  it("fills in every default", async () => {
    const catalog = await readCatalog(`${good}/smallest.yaml`);

    expect(catalog).to.include({
      source: "file:logs",
      stage: "file:stage",
      warehouse: "duckdb:logs.duckdb",
      timezone: "UTC",
      settleMinutes: 5,
      allowEmpty: false,
      compression: "none",
      maxSetAside: null,
      airflow: null,
    });
    expect(catalog.bigquery).to.deep.equal({
      labels: {},
      maximumBytesBilled: null,
    });
    expect(catalog.mask).to.deep.equal([]);
    expect(catalog.retention).to.deep.equal({
      stageDays: null,
      manifestsDays: null,
      setAsideDays: null,
      quarantineDays: null,
    });
    expect(catalog.report).to.deep.equal({ slack: null, mail: null });
    expect(catalog.types.get("page_view")).to.deep.include({
      clusterBy: [],
      expirationDays: null,
      requirePartitionFilter: false,
      onBadRow: "fail",
      maxBad: 0.1,
      mask: [],
      recordShares: false,
      labels: {},
      table: "page_view",
      load: "spread",
      partitionBy: "day",
      owner: "sluice",
      startDate: null,
      pod: null,
      wrapped: [],
    });
  });

  it("keeps what is written and takes the rest from above", async () => {
    const { airflow, bigquery, report, retention, types } = await readCatalog(
      `${good}/everything.yaml`,
    );

    expect(bigquery).to.deep.equal({
      labels: { team: "data", "kosten-stelle_9": "größe", empty: "" },
      maximumBytesBilled: 100_000_000_000,
    });
    expect(retention).to.deep.equal({
      stageDays: 30,
      manifestsDays: 400,
      setAsideDays: 90,
      quarantineDays: 60,
    });

    expect(report).to.deep.equal({
      slack: { channel: "#데이터" },
      mail: {
        from: "sluice <sluice@acme.example>",
        to: ["data@acme.example", "ops@acme.example"],
      },
    });
    expect(airflow?.classify).to.deep.equal({
      minute: 4,
      resources: { cpu: "1.5", memory: "2Gi" },
      retries: 0,
      pool: "classify",
      priority: 10,
      shards: 8,
      maxActiveRuns: 2,
      spool: "100Gi",
      nodeSelector: { disk: "ssd" },
      tolerations: [dedicated],
    });
    expect(airflow?.pools).to.deep.equal(
      new Map([
        ["classify", 2],
        ["load", 16],
        ["fast", null],
      ]),
    );
    expect(airflow?.env).to.deep.equal(
      new Map([["SLUICE_STAGE", "gs://other"]]),
    );
    const view = types.get("page_view");
    expect(view).to.deep.include({
      table: "views",
      partitionBy: "hour",
      clusterBy: ["shown_at", "url", "size", "folder_hour"],
      expirationDays: 415,
      requirePartitionFilter: false,
      onBadRow: "fail",
      maxBad: 0,
      mask: ["url", "device.os"],
      recordShares: false,
      labels: {
        team: "web",
        "kosten-stelle_9": "größe",
        empty: "",
        tier: "gold",
      },
    });
    expect(view?.tags).to.deep.equal(["logs", "web"]);
    expect(view?.wrapped).to.deep.equal(["url"]);
    expect(view?.pod).to.deep.equal({
      resources: { cpu: "250m", memory: "512Mi" },
      retries: 1,
      pool: "fast",
      priority: 9,
      skipEmpty: false,
      nodeSelector: {},
      tolerations: [{ ...dedicated, ...everyTaint }],
    });
    expect(view?.columns.get("event_time")).to.include({
      to: "datetime",
      rename: "shown_at",
    });
    expect(view?.columns.get("at")).to.include({
      from: "iso8601",
      to: "timestamp",
    });
    expect(types.get("inventory.adjusted")).to.deep.include({
      requirePartitionFilter: true,
      table: "inventory_adjusted",
      pod: {
        resources: { cpu: "1", memory: "512Mi" },
        retries: 3,
        pool: "load",
        priority: 5,
        skipEmpty: true,
        nodeSelector: { "kubernetes.io/arch": "amd64" },
        tolerations: [dedicated],
      },
    });
  });

  it("gives fast types a priority above the others', and the classifier one above all", async () => {
    const { airflow, types } = await readCatalog("catalog.yaml");
    const prioritiesOf = (load: string) =>
      new Set(
        [...types.values()]
          .filter((type) => type.load === load)
          .map((type) => type.pod?.priority),
      );

    expect(prioritiesOf("spread")).to.deep.equal(new Set([1]));
    expect(prioritiesOf("fast")).to.deep.equal(new Set([10]));
    expect(airflow?.classify.priority).to.equal(100);
    expect(airflow).to.include({
      catchup: true,
      onFailure: null,
      onFinish: "delete_succeeded_pod",
      startupTimeoutSeconds: 600,
      executionTimeoutSeconds: 21_600,
      deferrable: false,
      xcom: false,
      outlets: null,
    });
    expect(airflow?.reconcile).to.deep.equal({ minute: 20, hours: 48 });
  });

  it("asks for no partition filter where there are no partitions", async () => {
    const { types } = await readCatalog(`${good}/bigquery-layouts.yaml`);

    expect(
      [...types.values()].map((type) => [
        type.partitionBy,
        type.requirePartitionFilter,
      ]),
    ).to.deep.equal([
      ["day", true],
      ["month", true],
      ["none", false],
    ]);
  });

  it("puts URLs from outside before the catalog's, missing or wrong ones included", async () => {
    const overrides = {
      source: "s3://logs/",
      stage: "gs://stage",
      warehouse: "duckdb:x.duckdb",
    };
    const error = await failure(
      "test/fixtures/catalog/bad/several-at-once.yaml",
      overrides,
    );

    expect(error).to.be.instanceOf(CatalogError);
    expect(
      (error as CatalogError).problems.map(({ path }) => path),
    ).not.to.include.members(["source"]);
    const catalog = await readCatalog(`${good}/smallest.yaml`, overrides);
    expect(catalog).to.include({ source: "s3://logs", stage: "gs://stage" });
  });

  it("names every option whose URL is wrong", async () => {
    const error = await failure(`${good}/smallest.yaml`, {
      source: "s3://",
      warehouse: "x",
    });

    expect(error).to.be.instanceOf(UsageError);
    expect((error as UsageError).message.split("\n")).to.deep.equal([
      '--source (SLUICE_SOURCE): "s3://" names no bucket: expected s3://bucket/prefix',
      '--warehouse (SLUICE_WAREHOUSE): "x" is not one of bigquery://project/dataset?location=REGION or duckdb:FILE',
    ]);
  });

  it("of a file that is not there asks for --catalog", async () => {
    const error = await failure("nowhere.yaml");

    expect(error).to.be.instanceOf(UsageError);
    expect((error as UsageError).message).to.equal(
      "nowhere.yaml: there is no such file; name the catalog with --catalog FILE",
    );
  });
});

describe("the shop's own catalog", () => {
  it("is sound and shows each kind of type", async () => {
    const catalog = await readCatalog("catalog.yaml");
    const types = [...catalog.types.values()];
    const rules = types.flatMap((type) => [...type.columns.values()]);

    expect(types.length).to.be.at.least(26);
    expect(types.filter((type) => type.load === "fast")).to.have.length.above(
      2,
    );
    expect(
      types.filter((type) => type.wrapped.length > 0),
    ).to.have.length.above(1);
    expect(new Set(rules.map((rule) => rule.from))).to.have.length(5);
  });
});
