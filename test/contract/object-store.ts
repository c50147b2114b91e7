import { existsSync } from "node:fs";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import {
  ObjectChangedError,
  PreconditionFailedError,
  ServiceError,
} from "../../src/errors.js";
import type {
  ListedObject,
  ObjectInfo,
  ObjectStore,
} from "../../src/ports/object-store.js";

/** CRC32C of "123456789", the check value of the CRC catalogue (0xe3069283). */
const digits = { bytes: Buffer.from("123456789"), crc32c: "4waSgw==" };

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

async function listAll(
  store: ObjectStore,
  prefix: string,
): Promise<ListedObject[]> {
  return collect(store.list(prefix));
}

async function keysOf(store: ObjectStore, prefix: string): Promise<string[]> {
  return (await listAll(store, prefix)).map((info) => info.key);
}

export async function readObject(
  store: ObjectStore,
  key: string,
): Promise<Buffer | null> {
  const object = await store.get(key);
  return object && Buffer.concat(await collect(object.body));
}

async function rejection(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.fail("expected an error"),
    (error: unknown) => error,
  );
}

function byUtf8(a: string, b: string): number {
  return Buffer.from(a).compare(Buffer.from(b));
}

/** Folders of this machine, on two file systems where there are two. */
async function localFolders(): Promise<string[]> {
  const folders = [tmpdir()];
  const memory = "/dev/shm";
  if (
    existsSync(memory) &&
    (await stat(memory)).dev !== (await stat(tmpdir())).dev
  )
    folders.push(memory);
  return folders;
}

/** More than any store sends in one piece. */
const largeBytes = 12 * 1024 * 1024;

function largeObject(fill: string): Buffer {
  return Buffer.alloc(largeBytes, `${fill}0123456789`);
}

async function* inBlocks(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100_000)
    yield await Promise.resolve(bytes.subarray(at, at + 100_000));
}

async function* blocksOf(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

export interface ObjectStoreTraits {
  /** Whether an object has another etag after the same bytes were written again; S3's is mostly their hash. */
  readonly etagTellsRewrites?: boolean;
  /** Whether putFile compares the file's bytes with their crc32c; a file that is only moved is not read. */
  readonly checksFiles?: boolean;
}

/** What every object store promises. `makeStore` gives a new, empty one. */
export function describeObjectStore(
  name: string,
  makeStore: () => Promise<ObjectStore>,
  { etagTellsRewrites = true, checksFiles = true }: ObjectStoreTraits = {},
): void {
  describe(`${name} as an object store`, () => {
    let store: ObjectStore;
    beforeEach(async () => {
      store = await makeStore();
    });

    it("lists nothing where nothing was put", async () => {
      expect(await keysOf(store, "")).to.deep.equal([]);
      expect(await keysOf(store, "2026/11/21/03/")).to.deep.equal([]);
    });

    it("lists in the order of the whole key's UTF-8 bytes", async () => {
      const keys = [
        "a/b",
        "a-b",
        "a0",
        "a.b",
        "B",
        "a/b-c/d",
        "a/b.d",
        "é",
        "z",
        "\u{1f600}",
        "\uff5e",
      ];
      for (const key of keys.filter((key) => key !== "a/b"))
        await store.put(key, digits.bytes);
      expect(await keysOf(store, "")).to.deep.equal(
        keys.filter((key) => key !== "a/b").sort(byUtf8),
      );
    });

    it("lists any set of keys in order, and those of a prefix alone", async () => {
      const segment = fc.constantFrom(
        "a",
        "a-",
        "a.b",
        "a0",
        "b",
        "é",
        "\u{1f600}",
        "\uff5e",
        " x",
      );
      const folder = fc.constantFrom("d", "d-", "d.b", "d0", "e", "ö");
      const key = fc
        .tuple(fc.array(folder, { maxLength: 2 }), segment)
        .map(([folders, last]) => [...folders, last].join("/"));
      const prefixes = ["", "d", "d/", "d-", "d/d", "d/a", "e/x", "a"];
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(key, { maxLength: 12 }),
          fc.constantFrom(...prefixes),
          async (keys, prefix) => {
            const fresh = await makeStore();
            for (const each of keys) await fresh.put(each, digits.bytes);
            expect(await keysOf(fresh, prefix)).to.deep.equal(
              keys.filter((each) => each.startsWith(prefix)).sort(byUtf8),
            );
          },
        ),
        { numRuns: 25 },
      );
    });

    it("lists the hour 03, and not 030 or 04", async () => {
      for (const folder of ["03", "030", "04", "02"]) {
        await store.put(`2026/11/21/${folder}/a.ndjson`, digits.bytes);
      }
      expect(await keysOf(store, "2026/11/21/03/")).to.deep.equal([
        "2026/11/21/03/a.ndjson",
      ]);
      expect(await keysOf(store, "2026/11/21/03")).to.deep.equal([
        "2026/11/21/03/a.ndjson",
        "2026/11/21/030/a.ndjson",
      ]);
    });

    it("lists more than a thousand objects, with size and etag as get tells them", async () => {
      const keys = Array.from({ length: 1_050 }, (_, index) => `many/${index}`);
      for (let at = 0; at < keys.length; at += 50) {
        await Promise.all(
          keys
            .slice(at, at + 50)
            .map((key) => store.put(key, Buffer.from(key))),
        );
      }
      const listed = await listAll(store, "many/");
      expect(listed.map((info) => info.key)).to.deep.equal(keys.sort(byUtf8));
      for (const info of listed.slice(0, 3)) {
        const object = await store.get(info.key);
        const { modifiedAt, ...rest } = info;
        expect(rest).to.deep.equal({
          key: info.key,
          sizeBytes: info.key.length,
          etag: object?.etag,
        });
        expect(modifiedAt.getTime()).to.be.closeTo(Date.now(), 600_000);
      }
    }).timeout(60_000);

    it("names the folders at the top, each once, and no objects there", async () => {
      expect(await store.listTopFolders()).to.deep.equal([]);
      const keys = ["b", "a/b/c", "a/d", "a-b/c", "_x/y", "z.1/é"];
      for (const key of keys) await store.put(key, digits.bytes);
      expect(await store.listTopFolders()).to.deep.equal(
        ["a", "a-b", "_x", "z.1"].sort(byUtf8),
      );
      await store.delete("a-b/c");
      expect(await store.listTopFolders()).to.not.include("a-b");
    });

    it("gives null for an object that is not there, and for a folder of objects", async () => {
      await store.put("a/b", digits.bytes);
      expect(await store.get("none")).to.equal(null);
      expect(await store.get("a")).to.equal(null);
      expect(await store.get("a/b/c")).to.equal(null);
    });

    it("stores bytes, and tells their size, etag and crc32c", async () => {
      const put = await store.put("a/b.ndjson", digits.bytes);
      const object = await store.get("a/b.ndjson");
      expect(put).to.deep.equal({
        key: "a/b.ndjson",
        sizeBytes: 9,
        etag: object?.etag,
        crc32c: digits.crc32c,
      });
      expect(await readObject(store, "a/b.ndjson")).to.deep.equal(digits.bytes);
    });

    it("stores a stream of blocks, the empty ones included", async () => {
      const put = await store.put("streamed", blocksOf("1234", "", "56789"));
      expect(put.crc32c).to.equal(digits.crc32c);
      expect(await readObject(store, "streamed")).to.deep.equal(digits.bytes);
    });

    it("stores zero bytes", async () => {
      for (const body of [Buffer.alloc(0), blocksOf()]) {
        const put = await store.put("empty", body);
        expect([put.sizeBytes, put.crc32c]).to.deep.equal([0, "AAAAAA=="]);
        expect(await readObject(store, "empty")).to.deep.equal(Buffer.alloc(0));
      }
    });

    it("stores 24 MiB of stream, and gives the same back in bounded blocks", async () => {
      const block = Buffer.from(
        Array.from({ length: 65_537 }, (_, index) => index % 251),
      );
      const blocks = 384;
      const put = await store.put(
        "big",
        (async function* () {
          for (let index = 0; index < blocks; index += 1)
            yield await Promise.resolve(block);
        })(),
      );
      expect(put.sizeBytes).to.equal(blocks * block.length);
      let position = 0;
      for await (const part of (await store.get("big"))!.body) {
        expect(part.length).to.be.at.most(4 * 1024 * 1024);
        for (let at = 0; at < part.length; at += 997) {
          if (part[at] !== block[(position + at) % block.length])
            expect.fail(`at ${position + at}`);
        }
        position += part.length;
      }
      expect(position).to.equal(put.sizeBytes);
    });

    it("replaces an object, and gives it a new etag", async () => {
      const first = await store.put("key", digits.bytes);
      const second = await store.put("key", Buffer.from("987654321"));
      expect(second.etag).to.not.equal(first.etag);
      expect(String(await readObject(store, "key"))).to.equal("987654321");
    });

    if (etagTellsRewrites)
      it("gives a new etag even for the same bytes", async () => {
        const first = await store.put("key", digits.bytes);
        const second = await store.put("key", digits.bytes);
        expect(second.etag).to.not.equal(first.etag);
      });

    it("leaves the old object, and nothing listed, where a body throws", async () => {
      await store.put("old", digits.bytes);
      for (const key of ["old", "new/one"]) {
        const mishap = new Error("source broke");
        const body = async function* () {
          yield await Promise.resolve(Buffer.from("part"));
          throw mishap;
        };
        expect(await rejection(store.put(key, body()))).to.equal(mishap);
      }
      expect(await keysOf(store, "")).to.deep.equal(["old"]);
      expect(await readObject(store, "old")).to.deep.equal(digits.bytes);
    });

    it("stores a large object from a stream, from bytes and under a condition alike", async () => {
      const bytes = largeObject("a");
      const streamed = await store.put("key", inBlocks(bytes));
      expect(streamed.sizeBytes).to.equal(largeBytes);
      const other = largeObject("b");
      const put = await store.put("key", other, { ifMatch: streamed.etag });
      expect(put.crc32c).to.not.equal(streamed.crc32c);
      const again = await store.put("key", inBlocks(bytes), {
        ifMatch: put.etag,
        crc32c: streamed.crc32c,
      });
      for (const ifMatch of [null, put.etag]) {
        const error = await rejection(
          store.put("key", inBlocks(other), { ifMatch }),
        );
        expect(error).to.be.instanceOf(PreconditionFailedError);
      }
      expect((await store.get("key"))?.etag).to.equal(again.etag);
      expect(bytes.equals((await readObject(store, "key"))!)).to.equal(true);
    });

    it("leaves nothing of a large stream that throws, or whose crc32c is another", async () => {
      const mishap = new Error("source broke");
      const body = async function* () {
        yield* inBlocks(largeObject("a"));
        throw mishap;
      };
      expect(await rejection(store.put("key", body()))).to.equal(mishap);
      const error = await rejection(
        store.put("key", inBlocks(largeObject("a")), { crc32c: "AAAAAA==" }),
      );
      expect(error).to.be.instanceOf(ServiceError);
      expect(await keysOf(store, "")).to.deep.equal([]);
      expect(await store.get("key")).to.equal(null);
    });

    it("stores many objects at once", async () => {
      const bodies = Array.from({ length: 16 }, (_, index) =>
        Buffer.alloc(1_000_000, `${index} `),
      );
      const stored = await Promise.all(
        bodies.map((body, index) =>
          store.put(`many/${index}`, index % 2 === 0 ? body : inBlocks(body)),
        ),
      );
      expect(new Set(stored.map(({ crc32c }) => crc32c)).size).to.equal(16);
      const found = await Promise.all(
        stored.map(({ key }) => readObject(store, key)),
      );
      expect(
        found.map((bytes, index) => bytes?.equals(bodies[index]!)),
      ).to.deep.equal(bodies.map(() => true));
    });

    for (const [how, change] of [
      ["replaced", () => store.put("key", largeObject("b"))],
      ["deleted", () => store.delete("key")],
    ] as const)
      it(`gives an object that is ${how} while it is read as it was, or says that it changed`, async () => {
        const bytes = largeObject("a");
        await store.put("key", bytes);
        const { body, etag } = (await store.get("key"))!;
        let position = 0;
        const reading = (async () => {
          for await (const block of body) {
            if (position === 0) await change();
            const expected = bytes.subarray(position, position + block.length);
            expect(expected.equals(block)).to.equal(true);
            position += block.length;
          }
          expect(position).to.equal(largeBytes);
        })();
        const error = await reading.catch((error: unknown) => error);
        if (error !== undefined)
          expect(error).to.be.instanceOf(ObjectChangedError);
        expect((await store.get("key"))?.etag).to.not.equal(etag);
      });

    it("serves others when bodies are left early", async () => {
      const bytes = largeObject("a");
      await store.put("key", bytes);
      for (let round = 0; round < 40; round += 1) {
        for await (const block of (await store.get("key"))!.body) {
          expect(block.length).to.be.greaterThan(0);
          break;
        }
      }
      expect(bytes.equals((await readObject(store, "key"))!)).to.equal(true);
    });

    it("stores nothing where the crc32c is another", async () => {
      const error = await rejection(
        store.put("key", digits.bytes, { crc32c: "AAAAAA==" }),
      );
      expect(error).to.be.instanceOf(ServiceError);
      expect(await keysOf(store, "")).to.deep.equal([]);
      await store.put("key", digits.bytes, { crc32c: digits.crc32c });
      expect(await keysOf(store, "")).to.deep.equal(["key"]);
    });

    it("creates only where nothing is, when ifMatch is null", async () => {
      await store.put("key", Buffer.from("1"), { ifMatch: null });
      const error = await rejection(
        store.put("key", Buffer.from("2"), { ifMatch: null }),
      );
      expect(error).to.be.instanceOf(PreconditionFailedError);
      expect(String(await readObject(store, "key"))).to.equal("1");
    });

    it("replaces only the named etag, when ifMatch has one", async () => {
      const missing = await rejection(
        store.put("key", digits.bytes, { ifMatch: "1" }),
      );
      expect(missing).to.be.instanceOf(PreconditionFailedError);
      const first = await store.put("key", Buffer.from("1"));
      await store.put("key", Buffer.from("2"), { ifMatch: first.etag });
      const error = await rejection(
        store.put("key", Buffer.from("3"), { ifMatch: first.etag }),
      );
      expect(error).to.be.instanceOf(PreconditionFailedError);
      expect(String(await readObject(store, "key"))).to.equal("2");
    });

    it("lets exactly one of racing conditional writers win", async () => {
      let etag: string | null = null;
      for (let round = 0; round < 5; round += 1) {
        const writers = Array.from(
          { length: 6 },
          (_, index) => `${round}-${index}`,
        );
        const expected: string | null = etag;
        const results: PromiseSettledResult<ObjectInfo>[] =
          await Promise.allSettled(
            writers.map((text) =>
              store.put("key", Buffer.from(text), { ifMatch: expected }),
            ),
          );
        const won = results.filter((result) => result.status === "fulfilled");
        const lost = results.filter((result) => result.status === "rejected");
        expect(won.length).to.equal(1);
        for (const { reason } of lost)
          expect(reason).to.be.instanceOf(PreconditionFailedError);
        const winner =
          writers[results.findIndex((result) => result.status === "fulfilled")];
        expect(String(await readObject(store, "key"))).to.equal(winner);
        etag = won[0]?.value.etag ?? null;
      }
    });

    describe("putFile", () => {
      const made: string[] = [];
      const makeFile = async (folder: string, text: string) => {
        const own = await mkdtemp(join(folder, "sluice-put-file-"));
        made.push(own);
        await writeFile(join(own, "part"), text);
        return join(own, "part");
      };
      afterEach(async () => {
        for (const folder of made.splice(0))
          await rm(folder, { recursive: true, force: true });
      });
      const { crc32c } = digits;

      it("stores a local file as put stores its bytes, from any file system", async () => {
        for (const folder of await localFolders()) {
          const file = await makeFile(folder, "123456789");
          const stored = await store.putFile("a/b c", file, { crc32c });
          const object = await store.get("a/b c");
          expect(stored).to.deep.equal({
            key: "a/b c",
            sizeBytes: 9,
            etag: object?.etag,
            crc32c,
          });
          expect(await readObject(store, "a/b c")).to.deep.equal(digits.bytes);
          expect(await keysOf(store, "")).to.deep.equal(["a/b c"]);
          await store.put("a/b c", Buffer.from("other"));
        }
      });

      if (etagTellsRewrites)
        it("gives a new etag, even for the same bytes", async () => {
          const [folder = ""] = await localFolders();
          const [first, second] = [
            await store.putFile("key", await makeFile(folder, "123456789"), {
              crc32c,
            }),
            await store.putFile("key", await makeFile(folder, "123456789"), {
              crc32c,
            }),
          ];
          expect(second.etag).to.not.equal(first.etag);
        });

      it("stores only where ifMatch lets it", async () => {
        for (const folder of await localFolders()) {
          const { etag } = await store.put("key", Buffer.from("old"));
          for (const ifMatch of [null, `${etag}x`]) {
            const file = await makeFile(folder, "123456789");
            const error = await rejection(
              store.putFile("key", file, { crc32c, ifMatch }),
            );
            expect(error).to.be.instanceOf(PreconditionFailedError);
          }
          expect(String(await readObject(store, "key"))).to.equal("old");
          await store.putFile("key", await makeFile(folder, "123456789"), {
            crc32c,
            ifMatch: etag,
          });
          await store.putFile("new", await makeFile(folder, "123456789"), {
            crc32c,
            ifMatch: null,
          });
          expect(await readObject(store, "new")).to.deep.equal(digits.bytes);
          expect(await keysOf(store, "")).to.deep.equal(["key", "new"]);
          await store.delete("new");
        }
      });

      it("stores a large file, and nothing where its crc32c is another", async () => {
        const [folder = ""] = await localFolders();
        const bytes = largeObject("a");
        const { crc32c } = await store.put("other", bytes);
        const make = () => makeFile(folder, bytes.toString("latin1"));
        const put = await store.putFile("key", await make(), { crc32c });
        expect([put.sizeBytes, put.crc32c]).to.deep.equal([largeBytes, crc32c]);
        expect(bytes.equals((await readObject(store, "key"))!)).to.equal(true);
        if (checksFiles) {
          const error = await rejection(
            store.putFile("new", await make(), { crc32c: "AAAAAA==" }),
          );
          expect(error).to.be.instanceOf(ServiceError);
        }
        expect(await keysOf(store, "")).to.deep.equal(["key", "other"]);
      });

      it("leaves nothing where there is no such file", async () => {
        const [folder = ""] = await localFolders();
        const file = `${await makeFile(folder, "")}-gone`;
        const error = await rejection(store.putFile("key", file, { crc32c }));
        expect(error).to.be.instanceOf(ServiceError);
        expect(await keysOf(store, "")).to.deep.equal([]);
      });
    });

    it("refuses to read another etag than the named one", async () => {
      const first = await store.put("key", Buffer.from("1"));
      expect((await store.get("key", { ifMatch: first.etag }))?.etag).to.equal(
        first.etag,
      );
      await store.put("key", Buffer.from("2"));
      const error = await rejection(store.get("key", { ifMatch: first.etag }));
      expect(error).to.be.instanceOf(ObjectChangedError);
      expect(await store.get("none", { ifMatch: first.etag })).to.equal(null);
    });

    it("deletes an object, and again what is gone", async () => {
      await store.put("a/b", digits.bytes);
      await store.put("a/c", digits.bytes);
      await store.delete("a/b");
      await store.delete("a/b");
      await store.delete("never/was");
      expect(await keysOf(store, "")).to.deep.equal(["a/c"]);
    });

    for (const key of [
      "with space/and more.ndjson",
      ".dot/.file",
      "한글/로그 é.ndjson",
      "%2e%2e/%00",
      "a+b=c&d?e#f",
      "'quotes\"{{ }}",
      "-rf",
      "..a/b..",
      "x.tmp",
      "a'; DROP TABLE x",
      "line\nbreak",
      "x".repeat(200),
    ]) {
      it(`keeps an object under the key ${JSON.stringify(key).slice(0, 60)}`, async () => {
        await store.put(key, digits.bytes);
        expect(await keysOf(store, "")).to.deep.equal([key]);
        expect(await readObject(store, key)).to.deep.equal(digits.bytes);
        expect(store.uri(key)).to.be.a("string");
        await store.delete(key);
        expect(await keysOf(store, "")).to.deep.equal([]);
      });
    }
  });
}
