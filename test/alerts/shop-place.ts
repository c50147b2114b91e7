import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { DuckDbWarehouse } from "../../src/adapters/duckdb-warehouse.js";
import { FileObjectStore } from "../../src/adapters/file-object-store.js";
import type { Catalog, LogType } from "../../src/catalog/catalog.js";
import { readCatalog } from "../../src/catalog/read-catalog.js";
import { manifestKey, type Manifest } from "../../src/classify/manifest.js";
import { readManifest } from "../../src/classify/read-manifest.js";
import {
  addHours,
  parseFolderHour,
  startOf,
  type FolderHour,
} from "../../src/folder-hour.js";
import { findPackageRoot } from "../../src/package-root.js";
import type { ObjectStore } from "../../src/ports/object-store.js";
import type { Warehouse } from "../../src/ports/warehouse.js";
import { runHours } from "../../src/run/run-hours.js";
import { writeSample } from "../../src/sample/write-sample.js";
import {
  ListedWarehouse,
  recordHour,
  stageHour,
  usualHour,
  type MadeHour,
} from "./watch-place.js";

/** The last hour of `sluice demo`. */
export const demoHour = parseFolderHour("2026-01-15T02");
const seed = 1;
const silent = { info: () => undefined, warn: () => undefined };

/** The shop of `sluice demo`, with weeks before it that a warehouse would know. */
export interface ShopPlace {
  readonly catalog: Catalog;
  readonly source: ObjectStore;
  readonly stage: ObjectStore;
  /** What is loaded, after the weeks before. */
  readonly warehouse: Pick<Warehouse, "readLedger" | "readHours">;
  readonly history: ListedWarehouse;
  /** Classifies the hours and loads them, or some of the types. */
  run(
    hours: readonly FolderHour[],
    types?: (type: LogType) => boolean,
  ): Promise<void>;
  close(): Promise<void>;
}

export async function makeShopPlace(): Promise<ShopPlace> {
  const root = await mkdtemp(join(tmpdir(), "sluice-shop-"));
  const catalog = await readCatalog(join(findPackageRoot(), "catalog.yaml"), {
    source: `file:${root}/source`,
    stage: `file:${root}/stage`,
    warehouse: `duckdb:${root}/w.duckdb`,
  });
  const source = new FileObjectStore(join(root, "source"));
  const stage = new FileObjectStore(join(root, "stage"));
  const loaded = new DuckDbWarehouse(join(root, "w.duckdb"));
  const history = new ListedWarehouse();
  return {
    ...{ catalog, source, stage, history },
    warehouse: {
      readLedger: async (from, to) => [
        ...(await history.readLedger(from, to)),
        ...(await loaded.readLedger(from, to)),
      ],
      readHours: async (from, to) => [
        ...(await history.readHours(from, to)),
        ...(await loaded.readHours(from, to)),
      ],
    },
    run: async (hours, isLoaded = () => true) => {
      for (const hour of hours) {
        const { failures } = await runHours(
          {
            catalog,
            hours: [hour],
            types: [...catalog.types.values()].filter(isLoaded),
            spoolDirectory: join(root, "spool"),
            onStep: () => undefined,
          },
          {
            ...{ source, stage, warehouse: loaded, log: silent },
            clock: () => new Date(startOf(hour).getTime() + 68 * 60_000),
          },
        );
        if (failures.length > 0) throw new Error(JSON.stringify(failures));
      }
    },
    close: async () => {
      await loaded.close();
      await rm(root, { recursive: true });
    },
  };
}

/** The demo's logs of one hour, as `sluice sample` writes them. */
export async function writeShopHour(
  place: Pick<ShopPlace, "catalog" | "source">,
  hour: FolderHour,
  rows: number,
): Promise<void> {
  await writeSample(
    { catalog: place.catalog, hours: [hour], rows, seed },
    place.source,
  );
}

/** Changes each line of the hour's objects, which become plain; null: the object is lost. */
export async function changeLines(
  { source }: Pick<ShopPlace, "source">,
  prefix: string,
  change: (line: string, object: number) => string | null,
): Promise<void> {
  let object = 0;
  const keys: string[] = [];
  for await (const { key } of source.list(prefix)) keys.push(key);
  for (const key of keys) {
    const opened = await source.get(key);
    if (opened === null) throw new Error(`${key} is gone`);
    const chunks: Uint8Array[] = [];
    for await (const chunk of opened.body) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const text = (key.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString(
      "latin1",
    );
    const lines = text.split("\n").map((line) => change(line, object));
    if (lines.includes(null)) await source.delete(key);
    else await source.put(key, Buffer.from(lines.join("\n"), "latin1"));
    object += 1;
  }
}

export interface RecordedHours {
  /** Whose rows the hours have, more or less. */
  readonly like: Manifest;
  readonly hours: readonly FolderHour[];
  /** From here on they have a manifest too. */
  readonly stagedFrom?: FolderHour;
  /** How large an hour is beside the others. */
  readonly shapeOf?: (hour: FolderHour) => number;
  readonly changeHour?: (hour: FolderHour, made: MadeHour) => MadeHour;
}

/** Hours as the ledger knows them, with some noise that is the same each time. */
export async function recordDays(
  { history, catalog, source, stage }: ShopPlace,
  {
    like,
    hours,
    stagedFrom,
    shapeOf = () => 1,
    changeHour = (_hour, made) => made,
  }: RecordedHours,
): Promise<void> {
  for (const hour of hours) {
    const index = startOf(hour).getTime() / 3_600_000;
    const vary = (salt: number) =>
      (((index + salt * 17) * 7919) % 101) / 1000 - 0.05;
    const grow = (rows: number, salt: number) =>
      Math.round(rows * shapeOf(hour) * (1 + vary(salt)));
    const made = changeHour(hour, {
      ...usualHour(hour),
      rows: Object.fromEntries(
        [...catalog.types.keys()].map((type, salt) => [
          type,
          grow(like.types[type]?.rows ?? 0, salt),
        ]),
      ),
      setAside: grow(like.set_aside.rows, 50),
      unknown: Object.fromEntries(
        Object.entries(like.types)
          .filter(([, { catalogued }]) => !catalogued)
          .map(([type, { rows }]) => [type, grow(rows, 60)]),
      ),
      loadedAfterMin: Object.fromEntries(
        [...catalog.types.values()].map(({ name, load }, at) => [
          name,
          load === "fast" ? 11 : 31 + at,
        ]),
      ),
    });
    recordHour({ warehouse: history }, hour, made);
    if (stagedFrom !== undefined && hour >= stagedFrom)
      await stageHour({ source, stage }, hour, made);
  }
}

/** The manifests of the same time of day before, as if each had been like this one. */
export async function stageDaysBefore(
  { stage }: Pick<ShopPlace, "stage">,
  like: Manifest,
  days: number,
): Promise<void> {
  for (let back = 1; back <= days; back += 1) {
    const hour = addHours(like.hour, -24 * back);
    await stage.put(
      manifestKey(hour),
      Buffer.from(JSON.stringify({ ...like, hour })),
    );
  }
}

export async function requireManifest(
  { stage }: Pick<ShopPlace, "stage">,
  hour: FolderHour,
): Promise<Manifest> {
  const read = await readManifest(stage, hour);
  if (read === null) throw new Error(`${hour} is not classified`);
  return read.manifest;
}
