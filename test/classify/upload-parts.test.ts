import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { FileObjectStore } from "../../src/adapters/file-object-store.js";
import { createUploads } from "../../src/classify/upload-parts.js";
import { AccessError, ServiceError } from "../../src/errors.js";
import type { ObjectStore } from "../../src/ports/object-store.js";
import type { SpooledPart } from "../../src/classify/spool.js";
import { makePlace, removePlaces } from "./fixtures.js";

const part = (name: string): SpooledPart => ({
  name,
  rows: 1,
  sizeBytes: 2,
  crc32c: "EeNzMA==",
  content: { bytes: Buffer.from("x\n") },
});

describe("createUploads", () => {
  let stage: ObjectStore;
  let puts: number;
  const failing = (): ObjectStore =>
    Object.assign(new FileObjectStore("/nowhere"), {
      put: async () => {
        puts += 1;
        await Promise.resolve();
        throw new ServiceError("the stage is away");
      },
    });

  beforeEach(async () => {
    ({ stage } = await makePlace());
    puts = 0;
  });
  after(removePlaces);

  it("gives the files in the order of the parts", async () => {
    const uploads = createUploads(stage, 3);
    const crc = (await stage.put("probe", Buffer.from("x\n"))).crc32c;
    for (const name of ["a", "b", "c", "d"])
      void uploads.add({ ...part(name), crc32c: crc }, `${name}/file`, false);
    const files = await uploads.finish();
    expect(files.map(({ name, key }) => [name, key])).to.deep.equal(
      ["a", "b", "c", "d"].map((name) => [name, `${name}/file`]),
    );
  });

  it("begins no upload after one has failed, and says so to whoever makes more", async () => {
    const uploads = createUploads(failing(), 2);
    const ends = Array.from({ length: 50 }, (_, index) =>
      uploads.add(part(`t${index}`), `t${index}/file`, false),
    );
    const outcomes = await Promise.allSettled(ends);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(
      Array<string>(50).fill("rejected"),
    );
    expect(puts).to.equal(2);
    expect(await uploads.settle()).to.deep.equal(["t0/file", "t1/file"]);
    for (const work of [uploads.backlog(), uploads.finish()]) {
      const error: unknown = await work?.then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(ServiceError);
    }
  });

  const losing = (losses: number): ObjectStore =>
    Object.assign(new FileObjectStore("/nowhere"), {
      put: async (key: string, body: AsyncIterable<Uint8Array>) => {
        puts += 1;
        for await (const block of body)
          if (puts <= losses && block.length > 0)
            throw new ServiceError("the upload was lost");
        return stage.put(key, gzipSync("x\n"));
      },
    });

  for (const kind of ["in memory", "in a file"])
    it(`compresses a part ${kind} again where its upload was lost`, async () => {
      const path = join((await makePlace()).root, "part");
      await writeFile(path, "x\n");
      const uploads = createUploads(losing(2), 1);
      const lost = part("a");
      await uploads.add(
        kind === "in memory" ? lost : { ...lost, content: { path } },
        "a/file.gz",
        true,
      );
      expect(puts).to.equal(3);
      expect(await uploads.finish()).to.have.length(1);
    });

  it("compresses no part again that is refused, or that is no longer wanted", async () => {
    const refusing = Object.assign(new FileObjectStore("/nowhere"), {
      put: async () => {
        puts += 1;
        await Promise.resolve();
        throw new AccessError("no right");
      },
    });
    for (const [store, stopped] of [
      [refusing, false],
      [losing(9), true],
    ] as const) {
      puts = 0;
      const uploads = createUploads(store, 1);
      const end = uploads.add(part("a"), "a/file.gz", true);
      if (stopped)
        setImmediate(() => {
          uploads.stop();
        });
      const [outcome] = await Promise.allSettled([end]);
      expect(outcome.status).to.equal("rejected");
      expect(puts).to.equal(1);
    }
  });

  it("begins none after it was stopped", async () => {
    const uploads = createUploads(stage, 1);
    uploads.stop();
    const outcomes = await Promise.allSettled([
      uploads.add(part("a"), "a/file", false),
    ]);
    expect(outcomes[0].status).to.equal("rejected");
    expect(await uploads.settle()).to.deep.equal([]);
  });
});
