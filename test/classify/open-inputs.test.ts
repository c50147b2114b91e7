import { expect } from "chai";
import { openInputs } from "../../src/classify/open-inputs.js";
import { ObjectChangedError } from "../../src/errors.js";
import type { ObjectInfo, ObjectStore } from "../../src/ports/object-store.js";
import { makePlace, removePlaces } from "./fixtures.js";

const names = ["a", "b", "c", "d", "e"];

describe("openInputs", () => {
  let source: ObjectStore;
  let infos: ObjectInfo[];
  /** Names of the objects whose bodies are open. */
  let open: Set<string>;
  let mostOpen: number;

  beforeEach(async () => {
    const place = await makePlace();
    for (const name of names)
      await place.source.put(name, Buffer.from(`${name}\n`));
    infos = [];
    for await (const info of place.source.list("")) infos.push(info);
    open = new Set();
    mostOpen = 0;
    source = watchBodies(place.source);
  });
  after(removePlaces);

  const watchBodies = (store: ObjectStore): ObjectStore => ({
    url: store.url,
    uri: (key) => store.uri(key),
    list: (prefix) => store.list(prefix),
    listTopFolders: () => store.listTopFolders(),
    put: (key, body, options) => store.put(key, body, options),
    putFile: (key, path, options) => store.putFile(key, path, options),
    delete: (key) => store.delete(key),
    async get(key, options) {
      const object = await store.get(key, options);
      if (object === null) return null;
      open.add(key);
      mostOpen = Math.max(mostOpen, open.size);
      const blocks = object.body[Symbol.asyncIterator]();
      const close = (): void => {
        open.delete(key);
      };
      const iterator: AsyncIterator<Uint8Array> = {
        async next() {
          const step = await blocks.next();
          if (step.done === true) close();
          return step;
        },
        async return() {
          close();
          await blocks.return?.();
          return { done: true, value: undefined };
        },
      };
      return { ...object, body: { [Symbol.asyncIterator]: () => iterator } };
    },
  });
  const nextOf = (inputs: readonly ObjectInfo[]) => {
    const rest = [...inputs];
    return () => Promise.resolve(rest.shift() ?? null);
  };
  const readAll = async (
    inputs: readonly ObjectInfo[],
    objectsOpen: number,
    stopAt: string | null = null,
  ): Promise<string> => {
    let text = "";
    for await (const { input, body } of openInputs(
      source,
      nextOf(inputs),
      objectsOpen,
    )) {
      for await (const block of body) {
        if (input.key === stopAt) throw new Error("the reader broke");
        text += String(block);
      }
    }
    return text;
  };
  const errorOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => expect.fail("expected an error"),
      (error: unknown) => error,
    );

  for (const objectsOpen of [1, 2, 4, 9])
    it(`reads all in their order, with ${objectsOpen} open at most`, async () => {
      expect(await readAll(infos, objectsOpen)).to.equal("a\nb\nc\nd\ne\n");
      expect(mostOpen).to.equal(Math.min(objectsOpen, names.length));
      expect([...open]).to.deep.equal([]);
    });

  it("closes those opened ahead where the reader breaks", async () => {
    const error = await errorOf(readAll(infos, 3, "b"));
    expect(String(error)).to.include("the reader broke");
    expect(mostOpen).to.equal(3);
    expect([...open]).to.deep.equal([]);
  });

  it("closes those opened ahead where an object changed, at that object's turn", async () => {
    const stale = infos.map((info) =>
      info.key === "c" ? { ...info, etag: "another" } : info,
    );
    const read: string[] = [];
    const error = await errorOf(
      (async () => {
        for await (const { input, body } of openInputs(
          source,
          nextOf(stale),
          4,
        )) {
          read.push(input.key);
          for await (const block of body) expect(block.length).to.equal(2);
        }
      })(),
    );
    expect(error).to.be.instanceOf(ObjectChangedError);
    expect(read).to.deep.equal(["a", "b"]);
    expect([...open]).to.deep.equal([]);
  });

  it("says which object went away", async () => {
    await source.delete("b");
    const error = await errorOf(readAll(infos, 2));
    expect(error).to.be.instanceOf(ObjectChangedError);
    expect(String(error)).to.include("b went away after it was listed");
    expect([...open]).to.deep.equal([]);
  });
});
