import { gzipSync } from "node:zlib";
import { expect } from "chai";
import fc from "fast-check";
import {
  classifyPlace,
  listSpool,
  makeCatalog,
  makeType,
  prefix,
  removePlaces,
} from "./fixtures.js";
import { anyLine } from "./line-oracle.js";
import {
  classifyInShards,
  describeHour,
  makeMemoryPlace,
} from "./shards-fixtures.js";

describe("an hour in shards, for any objects and any number of shards", () => {
  after(removePlaces);

  it("has the counts, the lines and the lines set aside that one classification gives", async () => {
    const object = fc.record({
      lines: fc.array(
        anyLine(["log_type"]).map((line) =>
          Buffer.from(line.filter((byte) => byte !== 10)),
        ),
        { maxLength: 15 },
      ),
      isGzip: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(object, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom("none" as const, "gzip" as const),
        fc.constantFrom([], ["body"]),
        async (objects, shards, compression, wrapped) => {
          const place = await makeMemoryPlace();
          for (const [index, { lines, isGzip }] of objects.entries()) {
            const text = Buffer.concat(
              lines.flatMap((line) => [line, Buffer.from("\n")]),
            );
            await place.source.put(
              `${prefix}${index}.log`,
              isGzip ? gzipSync(text) : text,
            );
          }
          const types = ["view", "pay", "idle"].map((name) =>
            makeType(name, wrapped),
          );
          const catalog = makeCatalog({
            compression,
            types: new Map(types.map((type) => [type.name, type])),
          });
          await classifyPlace(place, { catalog });
          const whole = await describeHour(place);
          expect(whole?.seq).to.equal(1);
          await classifyInShards(place, shards, catalog);
          expect(await describeHour(place)).to.deep.equal({ ...whole, seq: 2 });
          expect(await listSpool(place)).to.deep.equal([]);
          await removePlaces();
        },
      ),
      { numRuns: 60 },
    );
  }).timeout(120_000);
});
