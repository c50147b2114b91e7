import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { FileObjectStore } from "../../src/adapters/file-object-store.js";
import type { Catalog, LogType } from "../../src/catalog/catalog.js";
import {
  classifyHour,
  type ClassifyHourOptions,
} from "../../src/classify/classify-hour.js";
import type { Manifest } from "../../src/classify/manifest.js";
import type { ObjectStore } from "../../src/ports/object-store.js";
import { parseFolderHour } from "../../src/folder-hour.js";
import { defaultWatchSettings } from "../../src/watch/default-settings.js";

export const hour = parseFolderHour("2026-11-21T03");
export const prefix = "2026/11/21/03/";

export function makeType(
  name: string,
  wrapped: readonly string[] = [],
): LogType {
  return {
    name,
    table: name,
    load: "spread",
    description: null,
    owner: "data",
    tags: [],
    startDate: null,
    partitionBy: "day",
    clusterBy: [],
    expirationDays: null,
    requirePartitionFilter: false,
    onBadRow: "fail",
    maxBad: 0.1,
    mask: [],
    recordShares: false,
    labels: {},
    watch: defaultWatchSettings,
    columns: new Map(),
    wrapped,
    pod: null,
  };
}

export function makeCatalog(changes: Partial<Catalog> = {}): Catalog {
  return {
    file: "catalog.yaml",
    directory: "/",
    hash: "sha256:1",
    source: "file:source",
    stage: "file:stage",
    warehouse: "duckdb:warehouse",
    typeKey: ["log_type"],
    timezone: "UTC",
    settleMinutes: 5,
    allowEmpty: false,
    compression: "none",
    maxSetAside: null,
    mask: [],
    bigquery: { labels: {}, maximumBytesBilled: null },
    retention: {
      stageDays: null,
      manifestsDays: null,
      setAsideDays: null,
      quarantineDays: null,
    },
    watch: { settings: defaultWatchSettings, silences: [] },
    report: { slack: null, mail: null },
    airflow: null,
    types: new Map(
      ["view", "pay", "idle"].map((name) => [name, makeType(name)]),
    ),
    ...changes,
  };
}

export interface Place {
  readonly root: string;
  readonly source: ObjectStore;
  readonly stage: ObjectStore;
  readonly spoolDir: string;
}

const roots: string[] = [];

export async function makePlace(): Promise<Place> {
  const root = await mkdtemp(join(tmpdir(), "sluice-classify-"));
  roots.push(root);
  return openPlace(root);
}

export function openPlace(root: string): Place {
  return {
    root,
    source: new FileObjectStore(join(root, "source")),
    stage: new FileObjectStore(join(root, "stage")),
    spoolDir: join(root, "spool"),
  };
}

export async function removePlaces(): Promise<void> {
  for (const root of roots.splice(0))
    await rm(root, { recursive: true, force: true });
}

export function classifyPlace(
  place: Place,
  options: Partial<ClassifyHourOptions> = {},
) {
  return classifyHour(
    {
      catalog: makeCatalog(),
      hour,
      now: () => new Date("2026-11-21T04:06:10Z"),
      spoolDir: place.spoolDir,
      log: { info: () => undefined, warn: () => undefined },
      ...options,
    },
    place,
  );
}

/** Every object of the stage, by key. */
export async function readStage(place: Place): Promise<Map<string, Buffer>> {
  const objects = new Map<string, Buffer>();
  for await (const { key } of place.stage.list("")) {
    objects.set(key, await readFile(join(place.root, "stage", key)));
  }
  return objects;
}

/** The type's files, decompressed, one behind the other. */
export async function readType(
  place: Place,
  manifest: Manifest,
  type: string,
): Promise<Buffer> {
  const files = manifest.types[type]?.files ?? [];
  const parts = files.map(async ({ key }) => {
    const bytes = await readFile(join(place.root, "stage", key));
    return key.endsWith(".gz") ? gunzipSync(bytes) : bytes;
  });
  return Buffer.concat(await Promise.all(parts));
}

export interface SetAsideRecord {
  readonly reason: string;
  readonly source: string;
  readonly line: number;
  readonly offset: number;
  readonly length: number;
  readonly text?: string;
  readonly base64?: string;
}

export async function readSetAside(
  place: Place,
  manifest: Manifest,
): Promise<SetAsideRecord[]> {
  const texts = await Promise.all(
    manifest.set_aside.files.map((key) =>
      readFile(join(place.root, "stage", key), "utf8"),
    ),
  );
  return texts
    .flatMap((text) => text.split("\n").slice(0, -1))
    .map((line) => JSON.parse(line) as SetAsideRecord);
}

/** What a reader sees of the hour, whichever run made it: each named file's bytes, and the stage's files that are not named. */
export async function describeStage(
  place: Place,
  manifest: Manifest,
): Promise<unknown> {
  const named = Object.values(manifest.types).flatMap((type) =>
    type.files.map(({ key }) => key),
  );
  const all = [...(await readStage(place)).keys()];
  const contents: Record<string, string> = {};
  for (const type of Object.keys(manifest.types).sort()) {
    contents[type] = (await readType(place, manifest, type)).toString("base64");
  }
  return {
    contents,
    setAside: await readSetAside(place, manifest),
    counts: [
      manifest.lines,
      manifest.blank,
      manifest.set_aside.rows,
      manifest.set_aside.reasons,
    ],
    inputs: manifest.inputs,
    orphans: all.filter(
      (key) =>
        !named.includes(key) &&
        !manifest.set_aside.files.includes(key) &&
        key !== "_manifests/2026/11/21/03.json",
    ),
  };
}

export async function listSpool(place: Place): Promise<string[]> {
  return readdir(place.spoolDir);
}
