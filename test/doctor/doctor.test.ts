import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { doctor, type DoctorPorts } from "../../jobs/doctor.js";
import { DuckDbWarehouse } from "../../src/adapters/duckdb-warehouse.js";
import { FileObjectStore } from "../../src/adapters/file-object-store.js";
import type { CheckRow } from "../../src/doctor/check-row.js";
import { formatChecks } from "../../src/doctor/format-checks.js";
import { AccessError, PreconditionFailedError } from "../../src/errors.js";
import type { ObjectStore } from "../../src/ports/object-store.js";
import type { Warehouse } from "../../src/ports/warehouse.js";

const probeName = "0123456789abcdef";
const stageChecks = [
  "create",
  "list",
  "read",
  "refuse to create twice",
  "overwrite",
  "refuse to overwrite what changed",
  "refuse to read what changed",
  "delete",
];
const warehouseChecks = [
  "find the dataset",
  "create a table",
  "load rows",
  "describe a table",
  "add a column",
  "replace an hour",
  "read the ledger",
  "drop a table",
];

describe("doctor", () => {
  let directory: string;
  let source: ObjectStore;
  let stage: ObjectStore;
  let warehouse: DuckDbWarehouse;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "sluice-doctor-"));
    source = new FileObjectStore(join(directory, "source"));
    stage = new FileObjectStore(join(directory, "stage"));
    warehouse = new DuckDbWarehouse(join(directory, "w.duckdb"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  async function run(ports: Partial<DoctorPorts> = {}): Promise<CheckRow[]> {
    const catalog = {
      source: source.url,
      stage: stage.url,
      warehouse: warehouse.url,
      bigquery: { labels: {}, maximumBytesBilled: null },
    };
    const { rows, failed } = await doctor(
      { catalog, probeName },
      {
        openSource: () => Promise.resolve(source),
        openStage: () => Promise.resolve(stage),
        openWarehouse: () => Promise.resolve(warehouse),
        clock: () => new Date("2026-11-21T04:05:00Z"),
        ...ports,
      },
    );
    expect(failed).to.equal(
      rows.filter(({ result }) => result === "failed").length,
    );
    return [...rows];
  }

  async function listKeys(store: ObjectStore): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of store.list("")) keys.push(key);
    return keys;
  }

  it("finds all in order on file: and duckdb:, and leaves no object, no table and no row of the ledger", async () => {
    await source.put("2026/11/21/03/a.ndjson", Buffer.from("{}\n"));
    const rows = await run();

    expect(
      rows.map(({ service, check, result }) => [service, check, result]),
    ).to.deep.equal([
      ["source", "list", "ok"],
      ["source", "read", "ok"],
      ["source", "write", "not_tried"],
      ...stageChecks.map((check) => ["stage", check, "ok"]),
      ...warehouseChecks.map((check) => ["warehouse", check, "ok"]),
    ]);
    expect(await listKeys(source)).to.deep.equal(["2026/11/21/03/a.ndjson"]);
    expect(await listKeys(stage)).to.deep.equal([]);
    const again = new DuckDbWarehouse(join(directory, "w.duckdb"));
    try {
      expect(
        await again.readLedger("0001-01-01T00", "9999-12-31T23"),
      ).to.deep.equal([]);
      expect(await again.describeTable(`_sluice_doctor_${probeName}`)).to.equal(
        null,
      );
      expect(
        await again.describeTable(
          `_sluice_doctor_${probeName}_TEMP_2000010100_${probeName}`,
        ),
      ).to.equal(null);
    } finally {
      await again.close();
    }
  });

  it("tells that it did not try to read where the source holds nothing", async () => {
    const rows = await run();

    expect(row(rows, "source", "read")).to.include({
      result: "not_tried",
      detail: "there is no object here to read",
    });
  });

  it("fails the listing of a source whose folder is not there", async () => {
    source = new FileObjectStore(join(directory, "source"), {
      mustExist: true,
    });
    const rows = await run();

    const listed = row(rows, "source", "list");
    expect(listed).to.include({ result: "failed" });
    expect(listed.detail).to.include("there is no such folder");
    expect(row(rows, "source", "read")).to.include({ result: "not_tried" });
  });

  describe("with a store that keeps no conditions (a fake over file:)", () => {
    const lies: readonly {
      readonly check: string;
      readonly says: string;
      readonly tell: (store: ObjectStore) => ObjectStore;
    }[] = [
      {
        check: "refuse to create twice",
        says: "two jobs that commit one hour at once would both win",
        tell: (store) =>
          fake(store, {
            put: (key, body, options) =>
              options?.ifMatch === null
                ? store.put(key, body)
                : store.put(key, body, options),
          }),
      },
      {
        check: "refuse to overwrite what changed",
        says: "a slow job could replace the manifest of a newer classification",
        tell: (store) =>
          fake(store, {
            put: (key, body, options) =>
              options?.ifMatch === null
                ? store.put(key, body, options)
                : store.put(key, body),
          }),
      },
      {
        check: "refuse to read what changed",
        says: "would be mixed with its successor",
        tell: (store) => fake(store, { get: (key) => store.get(key) }),
      },
    ];
    for (const { check, says, tell } of lies) {
      it(`fails "${check}" alone, and says what it would break`, async () => {
        const lying = tell(stage);
        const rows = await run({ openStage: () => Promise.resolve(lying) });

        expect(failures(rows)).to.deep.equal([["stage", check]]);
        expect(row(rows, "stage", check)).to.include({
          grant:
            "nothing: this store does not keep what a commit rests on; use another one",
        });
        expect(row(rows, "stage", check).detail).to.include(says);
        expect(await listKeys(stage)).to.deep.equal([]);
      });
    }
  });

  it("knows its own probe where the answer to its writing was lost (a fake over file:)", async () => {
    const losing = fake(stage, {
      put: async (key, body, options) => {
        const put = await stage.put(key, body, options);
        if (options?.ifMatch === undefined) return put;
        throw new PreconditionFailedError("another writer was first");
      },
    });
    const rows = await run({ openStage: () => Promise.resolve(losing) });

    expect(failures(rows)).to.deep.equal([]);
    expect(await listKeys(stage)).to.deep.equal([]);
  });

  it("takes no other bytes for its probe (a fake over file:)", async () => {
    const racing = fake(stage, {
      put: async (key, body, options) => {
        if (options?.ifMatch === null)
          await stage.put(key, Buffer.from("other"));
        return stage.put(key, body, options);
      },
    });
    const rows = await run({ openStage: () => Promise.resolve(racing) });

    expect(failures(rows)).to.deep.equal([["stage", "create"]]);
  });

  describe("with one right refused (a fake over file: and duckdb:)", () => {
    const refuse = () => Promise.reject(new AccessError("403 forbidden"));

    it("goes on after a stage that may not be written, and loads nothing from it", async () => {
      const readOnly = fake(stage, { put: refuse });
      const rows = await run({ openStage: () => Promise.resolve(readOnly) });

      expect(failures(rows)).to.deep.equal([["stage", "create"]]);
      expect(row(rows, "stage", "create")).to.include({
        detail: "403 forbidden",
        grant: "permission to write into the folder (rwx)",
      });
      expect(row(rows, "stage", "list").result).to.equal("ok");
      expect(row(rows, "stage", "delete").result).to.equal("not_tried");
      expect(row(rows, "warehouse", "load rows")).to.include({
        result: "not_tried",
        detail: "no file to load can be written to the stage",
      });
      expect(row(rows, "warehouse", "drop a table").result).to.equal("ok");
    });

    it("names the object that it could not delete", async () => {
      const keeping = fake(stage, { delete: refuse });
      const rows = await run({ openStage: () => Promise.resolve(keeping) });

      expect(failures(rows)).to.deep.equal([["stage", "delete"]]);
      expect(row(rows, "stage", "delete").detail).to.equal(
        `403 forbidden\n${stage.uri(`_doctor/${probeName}`)} is left behind`,
      );
    });

    it("says of a source that can't be listed that its objects are unknown", async () => {
      const closed = fake(source, {
        list: () => {
          throw new AccessError("403 forbidden");
        },
      });
      const rows = await run({ openSource: () => Promise.resolve(closed) });

      expect(failures(rows)).to.deep.equal([["source", "list"]]);
      expect(row(rows, "source", "read").detail).to.equal(
        "no object is known, because the source can't be listed",
      );
    });

    const calls: readonly (readonly [
      call: keyof Warehouse,
      failed: readonly string[],
      notTried: readonly string[],
    ])[] = [
      [
        "ensureTable",
        ["create a table"],
        ["describe a table", "add a column", "replace an hour"],
      ],
      ["createTemp", ["load rows"], ["replace an hour"]],
      ["loadTemp", ["load rows"], ["replace an hour"]],
      ["addColumns", ["add a column"], []],
      ["replaceHour", ["replace an hour"], []],
      ["readLedger", ["read the ledger"], []],
      ["dropTable", ["drop a table"], []],
    ];
    for (const [call, failed, notTried] of calls) {
      it(`tells a refused ${call} apart, and tries the rest`, async () => {
        const refusing = fake<Warehouse>(warehouse, { [call]: refuse });
        const rows = await run({
          openWarehouse: () => Promise.resolve(refusing),
        });

        expect(failures(rows)).to.deep.equal(
          failed.map((check) => ["warehouse", check]),
        );
        expect(
          rows
            .filter(
              ({ service, result }) =>
                service === "warehouse" && result === "not_tried",
            )
            .map(({ check }) => check),
        ).to.deep.equal(notTried);
      });
    }

    it("tries nothing more where the dataset is not found, and names the location", async () => {
      const missing = fake<Warehouse>(warehouse, {
        url: "bigquery://acme/logs",
        describeTable: refuse,
      });
      const rows = await run({ openWarehouse: () => Promise.resolve(missing) });

      expect(failures(rows)).to.deep.equal([["warehouse", "find the dataset"]]);
      expect(row(rows, "warehouse", "find the dataset").grant).to.equal(
        "bigquery.tables.get on the dataset, which must exist, in the location that the catalog names",
      );
      expect(row(rows, "warehouse", "drop a table").result).to.equal(
        "not_tried",
      );
    });
  });

  it("fails where a transaction that must be rolled back was committed (a fake over duckdb:)", async () => {
    const committing = fake<Warehouse>(warehouse, {
      replaceHour: () => Promise.resolve("replaced"),
    });
    const rows = await run({
      openWarehouse: () => Promise.resolve(committing),
    });

    expect(failures(rows)).to.deep.equal([["warehouse", "replace an hour"]]);
    expect(row(rows, "warehouse", "replace an hour").detail).to.include(
      "a transaction that must fail was replaced",
    );
  });

  it("tells a service that can't be opened, and tries the others", async () => {
    const rows = await run({
      openSource: () =>
        Promise.reject(new AccessError("no credentials were found")),
    });

    expect(rows[0]).to.deep.equal({
      service: "source",
      url: source.url,
      check: "open",
      result: "failed",
      detail: "no credentials were found",
      grant: "permission to enter the folder and all above it",
    });
    expect(failures(rows)).to.have.length(1);
    expect(rows).to.have.length(
      1 + stageChecks.length + warehouseChecks.length,
    );
  });

  it("tells a clock that is off once a service, from the service's words", async () => {
    const skewed = fake(source, {
      list: () => {
        throw new AccessError(
          "this machine's clock differs from S3's by more than 15 minutes",
        );
      },
    });
    const rows = await run({ openSource: () => Promise.resolve(skewed) });

    expect(failures(rows)).to.deep.equal([
      ["source", "list"],
      ["source", "clock"],
    ]);
    expect(row(rows, "source", "clock").grant).to.equal(
      "nothing: set this machine's clock, for example by NTP",
    );
  });

  it("suspects no clock where an error only names it among others", async () => {
    const refusing = fake(source, {
      list: () => {
        throw new AccessError(
          "renew the credentials, and set this machine's clock if it is off",
        );
      },
    });
    const rows = await run({ openSource: () => Promise.resolve(refusing) });

    expect(failures(rows)).to.deep.equal([["source", "list"]]);
  });

  it("names a bug as one, prints no stack, and goes on", async () => {
    const broken = fake(source, {
      list: () => {
        throw new TypeError("x is undefined");
      },
    });
    const rows = await run({ openSource: () => Promise.resolve(broken) });

    expect(row(rows, "source", "list").detail).to.equal(
      "this is a bug, please report it: x is undefined",
    );
    expect(row(rows, "warehouse", "drop a table").result).to.equal("ok");
  });
});

describe("doctor's table", () => {
  it("has a block for each service, and tells why and what to grant where something failed", () => {
    const base = { detail: null, grant: null };
    const text = formatChecks([
      {
        ...base,
        service: "source",
        url: "s3://a/b",
        check: "list",
        result: "ok",
      },
      {
        service: "source",
        url: "s3://a/b",
        check: "read",
        result: "failed",
        detail: "AccessDenied\ntwice",
        grant: "s3:GetObject on the objects",
      },
      {
        ...base,
        service: "warehouse",
        url: "duckdb:w",
        check: "drop",
        result: "not_tried",
        detail: "there is no table",
      },
    ]);

    expect(text).to.equal(
      [
        "source  s3://a/b",
        "  ok         list",
        "  FAILED     read",
        "             AccessDenied",
        "             twice",
        "             grant: s3:GetObject on the objects",
        "",
        "warehouse  duckdb:w",
        "  not tried  drop  there is no table",
        "",
        "1 of 2 checks failed",
      ].join("\n"),
    );
  });
});

/** The port, with some of its parts in place of its own. */
function fake<Port extends object>(port: Port, parts: Partial<Port>): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const own: unknown = Reflect.get(parts, name);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function"
        ? (value.bind(target) as unknown)
        : value;
    },
  });
}

function failures(rows: readonly CheckRow[]): string[][] {
  return rows
    .filter(({ result }) => result === "failed")
    .map(({ service, check }) => [service, check]);
}

function row(
  rows: readonly CheckRow[],
  service: string,
  check: string,
): CheckRow {
  const found = rows.find(
    (candidate) => candidate.service === service && candidate.check === check,
  );
  if (found === undefined) throw new Error(`no row ${service} ${check}`);
  return found;
}
