import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { findPackageRoot } from "../../src/package-root.js";
import { describeWithServers } from "../servers/shared-servers.js";
import {
  duckDbPlace,
  openClouds,
  type Clouds,
  type TablePlace,
} from "./make-places.js";
import { requireSluice } from "./run-sluice.js";

const hour = "2026-01-15T00";
const types = ["purchase", "payment_webhook", "api_request"];

describeWithServers("every job on every pair of places", function (servers) {
  this.timeout(900_000);
  let clouds: Clouds;
  let root: string;
  beforeEach(async () => {
    clouds = await openClouds(servers);
    root = await mkdtemp(join(tmpdir(), "sluice-pairs-"));
  });
  afterEach(async () => {
    await clouds.close();
    await rm(root, { recursive: true, force: true });
  });

  /** A catalog of a few of the shop's types, with its schema files. */
  const makeCatalog = async (): Promise<string> => {
    const shop = findPackageRoot();
    await mkdir(join(root, "schemas", "tables"), { recursive: true });
    for (const type of types)
      await copyFile(
        join(shop, "schemas", "tables", `${type}.json`),
        join(root, "schemas", "tables", `${type}.json`),
      );
    const file = join(root, "catalog.yaml");
    await writeFile(
      file,
      `source: file:x
stage: file:y
warehouse: duckdb:z
type_key: log_type
timezone: Asia/Seoul
types:
  purchase: {columns: {event_time: {from: epoch_millis, to: datetime}, unit_price: {rename: price}}}
  payment_webhook: {columns: {received_at: {from: epoch_seconds}, payload: {wrap: string}}}
  api_request: {columns: {time_us: {from: epoch_micros, rename: received_at}}}
`,
    );
    return file;
  };

  it("makes the same tables, cell by cell", async () => {
    const catalog = await makeCatalog();
    const stores = (name: string) => [
      `file:${join(root, name)}`,
      clouds.s3(),
      clouds.gs(),
    ];
    let expected: Readonly<Record<string, readonly string[]>> | null = null;
    let pair = 0;
    for (const source of stores("source")) {
      await requireSluice(
        [
          ...["sample", "--from", hour, "--rows", "300"],
          ...["--catalog", catalog, "--source", source],
        ],
        clouds.variables,
      );
      for (const stage of stores(`stage-${pair}`)) {
        pair += 1;
        for (const tables of [
          duckDbPlace(join(root, `${pair}.duckdb`)),
          await clouds.bigQuery(),
        ]) {
          await requireSluice(
            [
              ...["run", "--from", hour, "--to", hour, "--catalog", catalog],
              ...["--source", source, "--stage", stage],
              ...["--warehouse", tables.url],
            ],
            clouds.variables,
          );
          const found = await readTables(tables, types);
          expected ??= found;
          expectSame(found, expected, `${source} ${stage} ${tables.url}`);
        }
      }
    }
    expect(Object.values(expected ?? {}).map((rows) => rows.length)).to.satisfy(
      (counts: number[]) => counts.every((count) => count > 20),
    );
  });

  it("plays the whole demo on S3, Cloud Storage and BigQuery as on folders and DuckDB", async () => {
    const local = duckDbPlace(join(root, "demo", "warehouse.duckdb"));
    const words = ["demo", "--rows", "600", "--dir", join(root, "demo")];
    await requireSluice(words);
    const tables = await clouds.bigQuery();
    await requireSluice(
      [
        ...words.slice(0, -1),
        join(root, "demo-clouds"),
        ...["--source", clouds.s3(), "--stage", clouds.gs()],
        ...["--warehouse", tables.url],
      ],
      clouds.variables,
    );
    const names = (await local.tableNames()).filter(
      (name) => !name.startsWith("_sluice"),
    );
    expect(names.length).to.be.greaterThan(25);
    expect(
      (await tables.tableNames()).filter((name) => !name.startsWith("_sluice")),
    ).to.have.members(names);
    expectSame(
      await readTables(tables, names),
      await readTables(local, names),
      tables.url,
    );
  });
});

async function readTables(
  tables: TablePlace,
  names: readonly string[],
): Promise<Record<string, readonly string[]>> {
  const rows: Record<string, readonly string[]> = {};
  const jsonColumns = await findJsonColumns();
  for (const name of names)
    rows[name] = await tables.readRows(name, jsonColumns);
  return rows;
}

/** The first row that differs says more than all of them. */
function expectSame(
  found: Readonly<Record<string, readonly string[]>>,
  expected: Readonly<Record<string, readonly string[]>>,
  where: string,
): void {
  for (const [table, rows] of Object.entries(expected)) {
    for (const [index, row] of rows.entries())
      expect(found[table]?.[index], `${where} ${table} row ${index}`).to.equal(
        row,
      );
    expect(found[table], `${where} ${table}`).to.have.length(rows.length);
  }
}

/** Names of the shop's columns of the type JSON; no other column has one of them. */
async function findJsonColumns(): Promise<ReadonlySet<string>> {
  const folder = join(findPackageRoot(), "schemas", "tables");
  const names = new Set<string>();
  for (const file of await readdir(folder)) {
    const fields = JSON.parse(await readFile(join(folder, file), "utf8")) as {
      readonly name: string;
      readonly type: string;
    }[];
    for (const { name, type } of fields) if (type === "JSON") names.add(name);
  }
  return names;
}
