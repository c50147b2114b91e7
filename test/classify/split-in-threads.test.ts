import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { splitInThreads } from "../../src/classify/split-in-threads.js";
import {
  splitObjects,
  type ObjectsSplit,
} from "../../src/classify/split-objects.js";
import { createSplitTask } from "../../src/classify/split-task.js";
import type { SplitThreadData } from "../../src/classify/split-thread.js";
import { createSpool, type SpooledPart } from "../../src/classify/spool.js";
import {
  AccessError,
  DataRefusedError,
  MemoryLimitError,
  ObjectChangedError,
  PreconditionFailedError,
  ServiceError,
  SluiceError,
  UsageError,
} from "../../src/errors.js";
import type { ObjectInfo } from "../../src/ports/object-store.js";
import { startSplitThread } from "../../src/wiring.js";
import {
  classifyPlace,
  describeStage,
  listSpool,
  makeCatalog,
  makePlace,
  makeType,
  prefix,
  readStage,
  readType,
  removePlaces,
  type Place,
} from "./fixtures.js";
import { fuzzBlocks } from "./scanner/find-scan-fault.js";

const seed = Date.now() % 2 ** 31;
const catalog = makeCatalog({
  types: new Map([["pay", makeType("pay", ["a", "b"])]]),
});
const limits = { partSizeBytes: 20_000, bufferBytes: 30_000 };

interface Recorded {
  readonly counts: unknown;
  /** By name: rows, and the lines, sorted. */
  readonly lines: unknown;
}

/** Takes parts as the uploads do. */
function recordParts() {
  const parts: { name: string; rows: number; bytes: Promise<Buffer> }[] = [];
  return {
    take({ name, rows, content }: SpooledPart): Promise<void> {
      const bytes =
        "path" in content
          ? readFile(content.path)
          : Promise.resolve(Buffer.from(content.bytes));
      parts.push({ name, rows, bytes });
      return bytes.then(() => undefined);
    },
    async finish({ counts }: ObjectsSplit): Promise<Recorded> {
      const byName = new Map<string, { rows: number; texts: string[] }>();
      for (const { name, rows, bytes } of parts) {
        const all = byName.get(name) ?? { rows: 0, texts: [] };
        byName.set(name, all);
        all.rows += rows;
        all.texts.push(
          ...(await bytes).toString("latin1").split("\n").slice(0, -1),
        );
      }
      const sorted = [...byName].map(([name, { rows, texts }]) => {
        expect(rows).to.equal(texts.length);
        return [name, rows, texts.sort()] as const;
      });
      return {
        counts: {
          ...counts,
          rows: [...counts.rows].sort(([one], [other]) =>
            one < other ? -1 : 1,
          ),
          reasons: Object.entries(counts.reasons).sort(),
        },
        lines: sorted.sort(([one], [other]) => (one < other ? -1 : 1)),
      };
    },
  };
}

describe("splitInThreads", function () {
  this.timeout(60_000);
  let place: Place;
  let inputs: ObjectInfo[];
  let folders: number;
  beforeEach(async () => {
    place = await makePlace();
    inputs = [];
    folders = 0;
  });
  after(removePlaces);

  const makeSpoolFolder = async (): Promise<string> => {
    folders += 1;
    const folder = join(place.root, `spool-${folders}`);
    await mkdir(folder);
    return folder;
  };
  const listInputs = async () => {
    inputs = [];
    for await (const info of place.source.list("")) inputs.push(info);
  };
  const nextInput = () => {
    const rest = [...inputs];
    return () => Promise.resolve(rest.shift() ?? null);
  };
  const inThreads = async (
    workers: number,
    startThread = startSplitThread,
    folder?: string,
  ): Promise<Recorded> => {
    const spoolFolder = folder ?? (await makeSpoolFolder());
    const parts = recordParts();
    const split = await splitInThreads(
      {
        task: createSplitTask(catalog, limits, workers),
        source: place.source,
        spoolFolder,
        workers,
      },
      startThread,
      inputs,
      { upload: (part) => parts.take(part), backlog: () => null },
    );
    expect(split.splitter).to.equal("scanner");
    return parts.finish(split);
  };
  const inOne = async (): Promise<Recorded> => {
    const parts = recordParts();
    const task = createSplitTask(catalog, limits, 1);
    const folder = await makeSpoolFolder();
    const split = await splitObjects(
      task,
      place.source,
      nextInput(),
      createSpool({ folder, ...task }, (part) => {
        void parts.take(part);
      }),
      () => null,
    );
    return parts.finish(split);
  };
  const errorOf = (work: Promise<unknown>): Promise<Error> =>
    work.then(
      () => expect.fail("expected an error"),
      (error: unknown) =>
        error instanceof Error ? error : expect.fail(String(error)),
    );
  const putFuzz = async (objects: number) => {
    let index = 0;
    for (const block of fuzzBlocks(["log_type"], seed, 400 * objects)) {
      const bytes = index % 3 === 0 ? gzipSync(block) : Buffer.from(block);
      await place.source.put(`${index}`, bytes);
      index += 1;
    }
    await listInputs();
  };

  it(`two, or more than there are objects, make of them what one makes (seed ${seed})`, async () => {
    await putFuzz(20);
    const expected = await inOne();
    expect(await inThreads(2)).to.deep.equal(expected);
    inputs = inputs.slice(0, 2);
    expect(await inThreads(4)).to.deep.equal(await inOne());
  });

  it("ends with the error that one thread ends with", async () => {
    await putFuzz(3);
    await place.source.put("damaged", gzipSync("{}\n").subarray(0, 15));
    await listInputs();
    const damaged = await errorOf(inThreads(2));
    expect(damaged).to.be.instanceOf(DataRefusedError);
    expect(damaged.message).to.equal((await errorOf(inOne())).message);

    await place.source.delete("damaged");
    inputs = inputs.map((info) =>
      info.key === "0" ? { ...info, etag: "another" } : info,
    );
    const changed = await errorOf(inThreads(2));
    expect(changed).to.be.instanceOf(ObjectChangedError);
    expect(changed.message).to.equal((await errorOf(inOne())).message);
  });

  it("ends with a bug as a bug, its stack in its words", async () => {
    await putFuzz(1);
    const error = await errorOf(
      inThreads(2, (data: SplitThreadData) =>
        startSplitThread({
          ...data,
          task: { ...data.task, typeKey: null as never },
        }),
      ),
    );
    expect(error).to.not.be.instanceOf(SluiceError);
    expect(error.message).to.match(/^TypeError: .*\n +at /s);
  });

  it("ends where a later thread can't be started", async () => {
    await putFuzz(3);
    const reason = Object.assign(new Error("no more threads"), {
      code: "ERR_WORKER_INIT_FAILED",
    });
    let started = 0;
    const error = await errorOf(
      inThreads(3, (data: SplitThreadData) => {
        started += 1;
        if (started === 2) throw reason;
        return startSplitThread(data);
      }),
    );
    expect(error).to.equal(reason);
  });

  for (const [code, expected] of [
    ["USAGE", UsageError],
    ["DATA_REFUSED", DataRefusedError],
    ["SERVICE", ServiceError],
    ["ACCESS", AccessError],
    ["PRECONDITION_FAILED", PreconditionFailedError],
    ["OBJECT_CHANGED", ObjectChangedError],
    ["MEMORY_LIMIT", MemoryLimitError],
  ] as const)
    it(`ends with ${code} where a thread does`, async () => {
      await putFuzz(1);
      const error = await errorOf(
        inThreads(
          2,
          () =>
            new Worker(
              `require("node:worker_threads").parentPort.postMessage({ kind: "failed", code: "${code}", message: "so" })`,
              { eval: true, execArgv: [] },
            ),
        ),
      );
      expect(error.constructor).to.equal(expected);
      expect(error).to.include({ code, message: "so" });
    });

  it("says what to do where the spool folder can't be used", async () => {
    await putFuzz(1);
    const error = await errorOf(
      inThreads(2, startSplitThread, join(place.root, "none")),
    );
    expect(error).to.be.instanceOf(ServiceError);
    expect(error.message).to.include("SLUICE_SPOOL");
  });

  for (const [name, code, words] of [
    ["ends", "process.exit(7)", "a thread ended with code 7"],
    ["throws", "throw new Error('out of order')", "out of order"],
  ] as const)
    it(`ends with an error where a thread ${name} before it has said anything`, async () => {
      await putFuzz(1);
      const error = await errorOf(
        inThreads(2, (data: SplitThreadData) =>
          data.name === "thread-1"
            ? new Worker(code, { eval: true, execArgv: [] })
            : startSplitThread(data),
        ),
      );
      expect(error.message).to.include(words);
    });
});

describe("classifyHour with threads", function () {
  this.timeout(60_000);
  after(removePlaces);

  const makeHour = async (): Promise<Place> => {
    const place = await makePlace();
    const line = (index: number) =>
      `{"log_type":"${index % 3 === 0 ? "view" : "pay"}","n":${index},"pad":"${"x".repeat(300)}"}`;
    for (let object = 0; object < 3; object += 1) {
      const lines = Array.from({ length: 26_000 }, (_, index) =>
        index % 1000 === 0 ? "bad" : line(object * 100_000 + index),
      );
      await place.source.put(
        `${prefix}${object}`,
        Buffer.from(lines.join("\n")),
      );
    }
    return place;
  };
  const threaded = (
    place: Place,
    startThread: typeof startSplitThread,
    workers = 2,
  ) => {
    const ports = { ...place, startSplitThread: startThread };
    return classifyPlace(ports, { workers, partSizeBytes: 500_000 });
  };

  it("stages the same lines, by two threads as by one", async () => {
    const place = await makeHour();
    const two = await threaded(place, startSplitThread);
    expect([two.workers, two.splitter]).to.deep.equal([2, "scanner"]);
    const sortedLines = async (type: string) =>
      String(await readType(place, two.manifest, type))
        .split("\n")
        .sort();
    const lines = [await sortedLines("view"), await sortedLines("pay")];
    const { contents, counts } = (await describeStage(place, two.manifest)) as {
      contents: unknown;
      counts: unknown;
    };
    expect(contents).to.have.property("idle", "");
    const other = await makeHour();
    const one = await threaded(other, startSplitThread, 1);
    expect(one.workers).to.equal(1);
    const whole = (await describeStage(other, one.manifest)) as {
      counts: unknown;
    };
    expect(counts).to.deep.equal(whole.counts);
    for (const [index, type] of ["view", "pay"].entries())
      expect(lines[index]).to.deep.equal(
        String(await readType(other, one.manifest, type))
          .split("\n")
          .sort(),
      );
  });

  it("leaves nothing where a thread dies in the middle of its work", async () => {
    const place = await makeHour();
    let parts = 0;
    const error = await threaded(place, (data) => {
      const worker = startSplitThread(data);
      worker.on("message", ({ kind }: { kind: string }) => {
        if (kind === "part") parts += 1;
        if (parts === 6) void worker.terminate();
      });
      return worker;
    }).then(
      () => expect.fail("expected an error"),
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(ServiceError);
    expect(String(error)).to.include("a thread ended with code 1 in its work");
    expect(parts).to.be.at.least(6);
    expect([...(await readStage(place)).keys()]).to.deep.equal([]);
    expect(await listSpool(place)).to.deep.equal([]);
  });
});
