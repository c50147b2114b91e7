import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { findPackageRoot } from "../../src/package-root.js";
import { describeWithServers } from "../servers/shared-servers.js";
import { expectSame, readTables } from "./compare-tables.js";
import { duckDbPlace, openClouds, type Clouds } from "./make-places.js";
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
});
