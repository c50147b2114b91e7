import { appendFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { classify } from "../../jobs/classify.js";
import { filesOf } from "../../src/classify/hour-files.js";
import { processPlace } from "../../src/classify/spool-folder.js";
import type { Manifest } from "../../src/classify/manifest.js";
import { readManifest } from "../../src/classify/read-manifest.js";
import {
  AccessError,
  DataRefusedError,
  NotReadyError,
  ServiceError,
} from "../../src/errors.js";
import type { ObjectStore, PutOptions } from "../../src/ports/object-store.js";
import {
  classifyPlace,
  describeStage,
  hour,
  listSpool,
  makeCatalog,
  makePlace,
  makeType,
  prefix,
  readSetAside,
  readStage,
  readType,
  removePlaces,
  type Place,
} from "./fixtures.js";
import { MemoryObjectStore } from "./memory-object-store.js";
import { aroundCalls } from "./shards-fixtures.js";

const view = '{"log_type":"view","n":12345678901234567890}';
const pay = '{"log_type":"pay"}';

function orphansOf(stage: unknown): unknown {
  return (stage as { orphans: unknown }).orphans;
}

describe("classifyHour", () => {
  let place: Place;
  beforeEach(async () => {
    place = await makePlace();
  });
  after(removePlaces);

  const putSource = (name: string, ...lines: string[]) =>
    place.source.put(
      prefix + name,
      Buffer.from(lines.map((line) => `${line}\n`).join("")),
    );
  const errorOf = async (work: Promise<unknown>): Promise<Error> => {
    const error: unknown = await work.then(
      () => null,
      (reason: unknown) => reason,
    );
    return error instanceof Error ? error : expect.fail("expected an error");
  };

  it("refuses an hour before its end and five minutes, and takes it then", async () => {
    await putSource("a", view);
    const error = await errorOf(
      classifyPlace(place, { now: () => new Date("2026-11-21T04:04:59.999Z") }),
    );
    expect(error).to.be.instanceOf(NotReadyError);
    expect(error.message).to.include("2026-11-21T04:05:00.000Z");
    const { manifest } = await classifyPlace(place, {
      now: () => new Date("2026-11-21T04:05:00Z"),
    });
    expect(manifest.lines).to.equal(1);
  });

  it("takes no folder marker of a console for a source object, nor for an empty hour", async () => {
    const source = new MemoryObjectStore();
    const place = { ...(await makePlace()), source };
    await source.put(prefix, Buffer.alloc(0));
    await source.put(`${prefix}sub/`, Buffer.alloc(0));
    expect(await errorOf(classifyPlace(place))).to.be.instanceOf(NotReadyError);
    await source.put(`${prefix}a/`, Buffer.from('{"log_type":"pay"}\n'));
    await source.put(`${prefix}empty`, Buffer.alloc(0));
    const { manifest } = await classifyPlace(place);
    expect(manifest.inputs.map(({ key }) => key)).to.deep.equal([
      `${prefix}a/`,
      `${prefix}empty`,
    ]);
    expect(manifest.lines).to.equal(1);
  });

  it("is not ready without source objects, unless the catalog lets an hour be empty", async () => {
    await place.source.put("2026/11/21/030/a", Buffer.from(`${view}\n`));
    expect(await errorOf(classifyPlace(place))).to.be.instanceOf(NotReadyError);
    expect((await readStage(place)).size).to.equal(0);
    const { manifest } = await classifyPlace(place, {
      catalog: makeCatalog({ allowEmpty: true }),
    });
    expect([manifest.lines, manifest.inputs.length]).to.deep.equal([0, 0]);
    expect(manifest.types["view"]).to.deep.equal({
      rows: 0,
      catalogued: true,
      wrapped: [],
      files: [],
    });
  });

  it("writes the manifest that the contract describes", async () => {
    await putSource(
      "a.ndjson",
      view,
      "",
      "broken",
      pay,
      '{"log_type":"novel"}',
      view,
    );
    const { manifest } = await classifyPlace(place, { newRunId: () => "r1" });
    const listed = [];
    for await (const { key, etag, sizeBytes } of place.source.list("")) {
      listed.push({ key, etag, size: sizeBytes });
    }
    const novel = manifest.types["novel"]?.files[0];
    expect(manifest).to.deep.include({
      version: 1,
      hour,
      seq: 1,
      run: "r1",
      catalog: "sha256:1",
      finished_at: "2026-11-21T04:06:10.000Z",
      inputs: listed,
      lines: 6,
      blank: 1,
      set_aside: {
        rows: 1,
        reasons: { not_json: 1 },
        files: ["_set_aside/2026/11/21/03/r1.ndjson"],
      },
    });
    expect(Object.keys(manifest.types)).to.deep.equal([
      "view",
      "pay",
      "idle",
      "novel",
    ]);
    expect(manifest.types["novel"]).to.deep.equal({
      rows: 1,
      catalogued: false,
      wrapped: [],
      files: [
        {
          key: "novel/2026/11/21/03/r1-00000.ndjson",
          rows: 1,
          bytes: 21,
          crc32c: novel?.crc32c,
        },
      ],
    });
    expect((await readManifest(place.stage, hour))?.manifest).to.deep.equal(
      manifest,
    );
    expect(await readSetAside(place, manifest)).to.deep.equal([
      {
        reason: "not_json",
        source: `${prefix}a.ndjson`,
        line: 3,
        offset: view.length + 2,
        length: 6,
        text: "broken",
      },
    ]);
  });

  it("reads objects in the order of their keys, whatever arrives first", async () => {
    for (let index = 9; index >= 0; index -= 1) {
      await putSource(`${index}`, `{"log_type":"view","n":${index}}`);
    }
    const { manifest } = await classifyPlace(place, { concurrency: 3 });
    const numbers = String(await readType(place, manifest, "view")).match(
      /\d+/g,
    );
    expect(numbers?.join("")).to.equal("0123456789");
  });

  it("sets a line over the limit aside, and goes on behind it", async () => {
    const long = `{"log_type":"view","x":"${"é".repeat(50_000)}"}`;
    await putSource("a", view, long, pay);
    const { manifest } = await classifyPlace(place, { maxLineBytes: 1_000 });
    const [record] = await readSetAside(place, manifest);
    expect(manifest.set_aside.reasons).to.deep.equal({ too_long: 1 });
    expect([record?.line, record?.offset, record?.length]).to.deep.equal([
      2,
      view.length + 1,
      Buffer.byteLength(long),
    ]);
    expect(record?.text?.length).to.be.greaterThan(30_000);
    expect(long.startsWith(record?.text ?? "none")).to.equal(true);
    expect(manifest.types["pay"]?.rows).to.equal(1);
  });

  it("records which columns it wrapped", async () => {
    await putSource("a", '{"log_type":"view","body":{"a":1.0}}');
    const catalog = makeCatalog({
      types: new Map([["view", makeType("view", ["body"])]]),
    });
    const { manifest } = await classifyPlace(place, { catalog });
    expect(manifest.types["view"]?.wrapped).to.deep.equal(["body"]);
    expect(String(await readType(place, manifest, "view"))).to.equal(
      '{"log_type":"view","body":"{\\"a\\":1.0}"}\n',
    );
  });

  it("refuses a damaged object by name, and leaves nothing", async () => {
    await putSource("a", view);
    const whole = gzipSync(`${view}\n`.repeat(1_000));
    await place.source.put(
      `${prefix}b.gz`,
      whole.subarray(0, whole.length - 5),
    );
    await putSource("c", view);
    const error = await errorOf(classifyPlace(place));
    expect(error).to.be.instanceOf(DataRefusedError);
    expect(error.message).to.include(`${prefix}b.gz: the gzip data is damaged`);
    expect((await readStage(place)).size).to.equal(0);
    expect(await listSpool(place)).to.deep.equal([]);
  });

  it("refuses more set aside than the catalog allows, and removes what it staged", async () => {
    await putSource("a", view, view, view, "x", "");
    const limited = (maxSetAside: number) =>
      classifyPlace(place, {
        catalog: makeCatalog({ maxSetAside }),
        partSizeBytes: 1,
      });
    const error = await errorOf(limited(0.24));
    expect(error).to.be.instanceOf(DataRefusedError);
    expect(error.message).to.include(
      "1 of 4 lines would be set aside (not_json 1)",
    );
    expect((await readStage(place)).size).to.equal(0);
    expect((await limited(0.25)).manifest.set_aside.rows).to.equal(1);
  });

  it("refuses more than ten thousand unknown types", async () => {
    const lines = Array.from(
      { length: 10_001 },
      (_, index) => `{"log_type":"t${index}"}`,
    );
    await putSource("a", ...lines);
    const error = await errorOf(classifyPlace(place));
    expect(error).to.be.instanceOf(DataRefusedError);
    expect(error.message).to.include("more than 10000 types");
    expect((await readStage(place)).size).to.equal(0);
  });

  it("replaces the hour on a rerun, with the next seq, and deletes what the old one named", async () => {
    await putSource("a", view, "bad", '{"log_type":"gone"}');
    await classifyPlace(place);
    await place.source.delete(`${prefix}a`);
    await putSource("b", pay);
    const { manifest } = await classifyPlace(place);
    expect(manifest.seq).to.equal(2);
    expect(Object.keys(manifest.types)).to.deep.equal(["view", "pay", "idle"]);
    expect([...(await readStage(place)).keys()]).to.deep.equal([
      "_manifests/2026/11/21/03.json",
      manifest.types["pay"]?.files[0]?.key,
    ]);
  });

  it("sweeps what killed runs left at the stage and in the spool folder, of this hour alone", async () => {
    await putSource("a", view);
    await place.stage.put(
      "view/2026/11/21/03/dead-00000.ndjson",
      Buffer.from("{}\n"),
    );
    await place.stage.put(
      "_set_aside/2026/11/21/03/dead.ndjson",
      Buffer.from("{}\n"),
    );
    await place.stage.put(
      "view/2026/11/21/04/other-00000.ndjson",
      Buffer.from("{}\n"),
    );
    const dead = `classify-999999999-x@${processPlace}`;
    const alive = `classify-${process.ppid}-x@${processPlace}`;
    for (const name of [dead, alive, "mine"]) {
      await mkdir(join(place.spoolDir, name), { recursive: true });
      await writeFile(join(place.spoolDir, name, "0"), "x");
    }
    const { manifest } = await classifyPlace(place);
    expect(orphansOf(await describeStage(place, manifest))).to.deep.equal([
      "view/2026/11/21/04/other-00000.ndjson",
    ]);
    expect((await readdir(place.spoolDir)).sort()).to.deep.equal(
      [alive, "mine"].sort(),
    );
  });

  it("stands, and says what is left, where its sweep fails", async () => {
    await putSource("a", view, pay, "bad");
    const before = await classifyPlace(place);
    const old = filesOf(before.manifest);
    expect(old.length).to.equal(3);
    const stuck = old[1] ?? "";
    const stage = aroundCalls(place.stage, (call, make) =>
      call.method === "delete" && call.key === stuck
        ? Promise.reject(new ServiceError(`${stuck} can't be deleted`))
        : make(),
    );
    const warned: unknown[] = [];
    const { manifest, adopted, attempts } = await classifyPlace(
      { ...place, stage },
      {
        log: {
          info: () => undefined,
          warn: (fields, message) => warned.push([fields, message]),
        },
      },
    );
    expect([manifest.seq, adopted, attempts]).to.deep.equal([2, false, 1]);
    expect((await readManifest(place.stage, hour))?.manifest.run).to.equal(
      manifest.run,
    );
    expect(warned).to.deep.equal([
      [
        {
          run: manifest.run,
          hour,
          type: null,
          left: 1,
          key: stuck,
          reason: `${stuck} can't be deleted`,
        },
        `${hour} is committed, but 1 objects that its manifest does not name could not be deleted, ${stuck} among them; sluice reconcile --run over a range that has ${hour} deletes them once they are a day old`,
      ],
    ]);
    expect(orphansOf(await describeStage(place, manifest))).to.deep.equal([
      stuck,
    ]);
    const { manifest: next } = await classifyPlace(place);
    expect(orphansOf(await describeStage(place, next))).to.deep.equal([]);
  });

  it("gives up its sweep where the stage refuses every delete, and counts all that is left", async () => {
    const lines = Array.from(
      { length: 60 },
      (_, index) => `{"log_type":"t${index}"}`,
    );
    await putSource("a", ...lines);
    const before = await classifyPlace(place);
    const old = filesOf(before.manifest);
    expect(old.length).to.equal(60);
    let deletes = 0;
    const stage = aroundCalls(place.stage, (call, make) => {
      if (call.method !== "delete") return make();
      deletes += 1;
      return Promise.reject(new AccessError("no delete"));
    });
    const warned: object[] = [];
    await classifyPlace(
      { ...place, stage },
      {
        log: {
          info: () => undefined,
          warn: (fields) => warned.push(fields),
        },
      },
    );
    expect(warned).to.have.length(1);
    expect(warned[0]).to.include({ left: old.length, reason: "no delete" });
    expect(deletes).to.be.lessThan(old.length);
  });

  it("starts over where a source object grows while the hour is read", async () => {
    await putSource("a", view);
    await putSource("b", pay);
    const source = beforeGet(place.source, async (turn) => {
      if (turn === 2)
        await appendFile(join(place.root, "source", prefix, "b"), `${pay}\n`);
    });
    const result = await classifyPlace({
      ...place,
      source,
    });
    expect([result.attempts, result.manifest.lines]).to.deep.equal([2, 3]);
    expect(
      orphansOf(await describeStage(place, result.manifest)),
    ).to.deep.equal([]);
  });

  it("adopts the manifest of a run that did the same work meanwhile", async () => {
    await putSource("a", view);
    let other: Manifest | null = null;
    const stage = beforeCommit(place.stage, async () => {
      other = (await classifyPlace(place)).manifest;
    });
    const result = await classifyPlace({ ...place, stage });
    expect(result.adopted).to.equal(true);
    expect(result.manifest).to.deep.equal(other);
    expect(
      orphansOf(await describeStage(place, result.manifest)),
    ).to.deep.equal([]);
  });

  it("lets no older work win: it starts over where another run saw more of the source", async () => {
    await putSource("a", view);
    const stage = beforeCommit(place.stage, async () => {
      await putSource("late", pay);
      await classifyPlace(place);
    });
    const result = await classifyPlace({ ...place, stage });
    expect([
      result.adopted,
      result.attempts,
      result.manifest.seq,
    ]).to.deep.equal([false, 2, 2]);
    expect(result.manifest.lines).to.equal(2);
    expect(
      orphansOf(await describeStage(place, result.manifest)),
    ).to.deep.equal([]);
  });

  it("starts over where another run used another catalog", async () => {
    await putSource("a", view);
    const stage = beforeCommit(place.stage, async () => {
      await classifyPlace(place, {
        catalog: makeCatalog({ hash: "sha256:2" }),
      });
    });
    const result = await classifyPlace({ ...place, stage });
    expect([
      result.adopted,
      result.manifest.seq,
      result.manifest.catalog,
    ]).to.deep.equal([false, 2, "sha256:1"]);
  });

  it("knows its own commit where the answer was lost", async () => {
    await putSource("a", view);
    const stage = wrapStore(place.stage, {
      async put(key, body, options) {
        const result = await place.stage.put(key, body, options);
        return key.startsWith("_manifests/")
          ? place.stage.put(key, body, options)
          : result;
      },
    });
    const result = await classifyPlace({ ...place, stage });
    expect([
      result.adopted,
      result.attempts,
      result.manifest.seq,
    ]).to.deep.equal([false, 1, 1]);
    expect(
      orphansOf(await describeStage(place, result.manifest)),
    ).to.deep.equal([]);
  });

  it("keeps the hour as it was where the stage fails", async () => {
    await putSource("a", view);
    const { manifest } = await classifyPlace(place);
    const before = await readStage(place);
    for (const failing of ["view/", "_manifests/"]) {
      const stage = wrapStore(place.stage, {
        put(key, body, options) {
          if (key.startsWith(failing))
            throw new ServiceError("the stage is down");
          return place.stage.put(key, body, options);
        },
      });
      const error = await errorOf(classifyPlace({ ...place, stage }));
      expect(error.message).to.equal("the stage is down");
      for (const [key, bytes] of before) {
        expect((await readStage(place)).get(key)).to.deep.equal(bytes);
      }
    }
    const again = await classifyPlace(place);
    expect(again.manifest.seq).to.equal(manifest.seq + 1);
    expect(orphansOf(await describeStage(place, again.manifest))).to.deep.equal(
      [],
    );
  });

  for (const [name, change, words] of [
    ["no JSON", () => "{", "JSON"],
    [
      "another version",
      (text: string) => text.replace('"version": 1', '"version": 2'),
      "/version",
    ],
    [
      "another hour",
      (text: string) => text.replaceAll("T03", "T04"),
      "it tells of 2026-11-21T04",
    ],
    [
      "a count that does not add up",
      (text: string) => text.replace('"lines": 1', '"lines": 2'),
      "2 lines were read, 1 are accounted for",
    ],
    [
      "a missing part",
      (text: string) => text.replace('"types"', '"typos"'),
      "types",
    ],
  ] as const) {
    it(`refuses a manifest with ${name}`, async () => {
      await putSource("a", view);
      await classifyPlace(place);
      const key = "_manifests/2026/11/21/03.json";
      const text = String((await readStage(place)).get(key));
      expect(change(text)).to.not.equal(text);
      await place.stage.put(key, Buffer.from(change(text)));
      const error = await errorOf(readManifest(place.stage, hour));
      expect(error).to.be.instanceOf(DataRefusedError);
      expect(error.message).to.include(words);
    });
  }

  it("has no type that it did not name, those of Object included", async () => {
    await putSource(
      "a",
      '{"log_type":"constructor"}',
      '{"log_type":"toString"}',
    );
    await classifyPlace(place);
    const standing = await readManifest(place.stage, hour);
    expect(standing?.manifest.types["constructor"]?.rows).to.equal(1);
    expect("hasOwnProperty" in (standing?.manifest.types ?? {})).to.equal(
      false,
    );
  });

  it("reports what it did, as the classify job's result", async () => {
    await putSource("a", view, "bad", '{"log_type":"novel"}', " ");
    const warnings: string[] = [];
    const result = await classify(
      {
        catalog: makeCatalog(),
        hour,
        now: () => new Date("2026-11-21T05:00:00Z"),
        spoolDir: place.spoolDir,
        newRunId: () => "r1",
        log: {
          info: () => undefined,
          warn: (_, message) => warnings.push(message),
        },
      },
      place,
    );
    expect(result.peak_rss_bytes).to.be.greaterThan(10_000_000);
    expect({ ...result, peak_rss_bytes: 0 }).to.deep.equal({
      hour,
      seq: 1,
      run: "r1",
      lines: 4,
      blank: 1,
      set_aside: { rows: 1, reasons: { not_json: 1 } },
      types: { view: 1, pay: 0, idle: 0, novel: 1 },
      unknown_types: ["novel"],
      adopted: false,
      attempts: 1,
      objects: 1,
      bytes_read: view.length + 28,
      duration_ms: 0,
      peak_rss_bytes: 0,
      workers: 1,
      splitter: "scanner",
    });
    expect(warnings.length).to.equal(2);
  });
});

function wrapStore(
  store: Place["stage"],
  changes: Partial<ObjectStore>,
): Place["stage"] {
  const wrapped: ObjectStore = {
    url: store.url,
    uri: (key) => store.uri(key),
    list: (prefix) => store.list(prefix),
    listTopFolders: () => store.listTopFolders(),
    get: (key, options) => store.get(key, options),
    put: (key, body, options) => store.put(key, body, options),
    putFile: (key, path, options) => store.putFile(key, path, options),
    delete: (key) => store.delete(key),
    ...changes,
  };
  return wrapped;
}

/** Runs `work` once, right before the first put of a manifest. */
function beforeCommit(
  store: Place["stage"],
  work: () => Promise<void>,
): Place["stage"] {
  let done = false;
  return wrapStore(store, {
    async put(
      key: string,
      body: Uint8Array | AsyncIterable<Uint8Array>,
      options?: PutOptions,
    ) {
      if (key.startsWith("_manifests/") && !done) {
        done = true;
        await work();
      }
      return store.put(key, body, options);
    },
  });
}

function beforeGet(
  store: Place["source"],
  work: (turn: number) => Promise<void>,
): Place["source"] {
  let turn = 0;
  return wrapStore(store, {
    async get(key, options) {
      turn += 1;
      await work(turn);
      return store.get(key, options);
    },
  });
}
