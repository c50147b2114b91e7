import { gunzipSync } from "node:zlib";
import type { Catalog } from "../../src/catalog/catalog.js";
import {
  classifyShard,
  type ClassifyShardOptions,
} from "../../src/classify/classify-shard.js";
import { commitPlan } from "../../src/classify/commit-plan.js";
import { planHour } from "../../src/classify/plan-hour.js";
import type { Plan, PlanId } from "../../src/classify/plan.js";
import { readManifest } from "../../src/classify/read-manifest.js";
import type { Log } from "../../src/log.js";
import type { ObjectStore } from "../../src/ports/object-store.js";
import { collect, readObject } from "../contract/object-store.js";
import {
  hour,
  makeCatalog,
  makePlace,
  makeType,
  prefix,
  type Place,
} from "./fixtures.js";
import { MemoryObjectStore } from "./memory-object-store.js";

const now = () => new Date("2026-11-21T04:06:10Z");
const silent = { info: () => undefined, warn: () => undefined };

export function planPlace(
  place: Place,
  shards: number,
  options: { readonly catalog?: Catalog; readonly now?: () => Date } = {},
): Promise<Plan> {
  return planHour(
    { catalog: makeCatalog(), hour, shards, now, ...options },
    place,
  );
}

export function shardPlace(
  place: Place,
  plan: PlanId,
  index: number,
  of: number,
  options: Partial<ClassifyShardOptions> = {},
) {
  return classifyShard(
    {
      catalog: makeCatalog(),
      plan,
      shard: { index, of },
      spoolDir: place.spoolDir,
      log: silent,
      ...options,
    },
    place,
  );
}

export function commitPlace(
  place: Place,
  plan: PlanId,
  catalog: Catalog = makeCatalog(),
  log: Pick<Log, "warn"> = silent,
) {
  return commitPlan({ catalog, plan, now, log }, place.stage);
}

/** Plans the hour, classifies every shard, and commits. */
export async function classifyInShards(
  place: Place,
  shards: number,
  catalog = makeCatalog(),
) {
  const plan = await planPlace(place, shards, { catalog });
  for (let index = 1; index <= shards; index += 1)
    await shardPlace(place, plan, index, shards, { catalog });
  return commitPlace(place, plan, catalog);
}

/** Three objects: rows of two types that the catalog knows and one that it lacks, lines set aside, a blank line. */
export async function writeHour(place: Place): Promise<void> {
  for (let object = 0; object < 3; object += 1) {
    const lines = [
      `{"log_type":"view","n":${object}}`,
      `{"log_type":"pay","n":${object}}`,
      `{"log_type":"novel","n":${object}}`,
      `broken ${object}`,
      "",
    ];
    await place.source.put(
      `${prefix}${object}.log`,
      Buffer.from(
        lines
          .map((line) => `${line}\n`)
          .join("")
          .repeat(object + 1),
      ),
    );
  }
}

/** The same, without a disk but for the spool folder. */
export async function makeMemoryPlace(): Promise<Place> {
  return {
    ...(await makePlace()),
    source: new MemoryObjectStore(),
    stage: new MemoryObjectStore(),
  };
}

async function readText(store: ObjectStore, key: string): Promise<string> {
  const bytes = await readObject(store, key);
  if (bytes === null) throw new Error(`${key} is named, but missing`);
  return (key.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("latin1");
}

/**
 * What readers see of the hour, in an order that does not tell how it was dealt; null where it is not classified.
 * `orphans` are the stage's other objects, of any hour.
 */
export async function describeHour({ stage }: Pick<Place, "stage">) {
  const standing = await readManifest(stage, hour);
  if (standing === null) return null;
  const { seq, inputs, lines, blank, set_aside, types } = standing.manifest;
  const linesOf = async (keys: readonly string[]): Promise<string[]> => {
    const texts = await Promise.all(keys.map((key) => readText(stage, key)));
    return texts.flatMap((text) => text.split("\n").slice(0, -1)).sort();
  };
  const keysOf = (type: string): string[] =>
    (types[type]?.files ?? []).map(({ key }) => key);
  const named = new Set([
    "_manifests/2026/11/21/03.json",
    ...set_aside.files,
    ...Object.keys(types).flatMap(keysOf),
  ]);
  const byType = await Promise.all(
    Object.keys(types).map(async (type): Promise<[string, string[]]> => [
      type,
      await linesOf(keysOf(type)),
    ]),
  );
  return {
    seq,
    inputs,
    counts: { lines, blank, reasons: set_aside.reasons },
    rows: Object.fromEntries(
      Object.entries(types).map(([type, { rows }]) => [type, rows]),
    ),
    lines: Object.fromEntries(byType),
    setAside: await linesOf(set_aside.files),
    orphans: (await collect(stage.list("")))
      .map(({ key }) => key)
      .filter((key) => !named.has(key)),
  };
}

/** Of a catalog that wraps a column of `view`. */
export function wrappingCatalog(): Catalog {
  return makeCatalog({
    hash: "sha256:2",
    types: new Map(
      [makeType("view", ["body"]), makeType("pay"), makeType("idle")].map(
        (type) => [type.name, type],
      ),
    ),
  });
}

/** One call to a store that is about to be made, or was made. */
export interface StoreCall {
  readonly method: "list" | "get" | "put" | "delete";
  readonly key: string;
}

/** The store, with `around` about each of its calls; a listing is one call. */
export function aroundCalls(
  store: ObjectStore,
  around: <T>(call: StoreCall, make: () => Promise<T>) => Promise<T>,
): ObjectStore {
  return {
    url: store.url,
    uri: (key) => store.uri(key),
    async *list(keyPrefix) {
      yield* await around({ method: "list", key: keyPrefix }, async () => {
        const infos = [];
        for await (const info of store.list(keyPrefix)) infos.push(info);
        return infos;
      });
    },
    listTopFolders: () =>
      around({ method: "list", key: "" }, () => store.listTopFolders()),
    get: (key, options) =>
      around({ method: "get", key }, () => store.get(key, options)),
    put: (key, body, options) =>
      around({ method: "put", key }, () => store.put(key, body, options)),
    putFile: (key, path, options) =>
      around({ method: "put", key }, () => store.putFile(key, path, options)),
    delete: (key) => around({ method: "delete", key }, () => store.delete(key)),
  };
}

/** Something to wait for, until it is opened. */
export function createGate() {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, passed };
}
