import { gzipSync } from "node:zlib";
import { expect } from "chai";
import fc from "fast-check";
import {
  classifyPlace,
  listSpool,
  makeCatalog,
  makePlace,
  prefix,
  readSetAside,
  readType,
  removePlaces,
} from "./fixtures.js";
import { anyLine, expectedBytes, judgeLine } from "./line-oracle.js";

interface SourceObject {
  readonly lines: readonly Buffer[];
  readonly newline: string;
  readonly hasLastNewline: boolean;
  /** Sizes at which the plain bytes are cut into gzip members; null: plain. */
  readonly members: readonly number[] | null;
}

function encode(object: SourceObject): Buffer {
  const plain = Buffer.concat(
    object.lines.flatMap((line, index) =>
      index === object.lines.length - 1 && !object.hasLastNewline
        ? [line]
        : [line, Buffer.from(object.newline)],
    ),
  );
  if (object.members === null) return plain;
  const members: Buffer[] = [];
  let start = 0;
  for (const size of [...object.members, plain.length]) {
    members.push(gzipSync(plain.subarray(start, start + size)));
    start += size;
  }
  return Buffer.concat(members);
}

/** The lines of the object as it was written: an empty line at the end without its newline is none. */
function linesOf(object: SourceObject): Buffer[] {
  const carriage = object.newline === "\r\n" ? "\r" : "";
  const lines = object.lines.map((line, index) =>
    index === object.lines.length - 1 && !object.hasLastNewline
      ? line
      : Buffer.concat([line, Buffer.from(carriage)]),
  );
  return object.hasLastNewline || lines.at(-1)?.length !== 0
    ? lines
    : lines.slice(0, -1);
}

describe("classifyHour, for any mix of lines over any objects", () => {
  after(removePlaces);

  for (const typeKey of [["log_type"], ["event", "dataset"]]) {
    it(`accounts for every line, each type's in order, by ${typeKey.join(".")}`, async () => {
      const object: fc.Arbitrary<SourceObject> = fc.record({
        lines: fc.array(
          anyLine(typeKey).map((line) =>
            Buffer.from(line.filter((byte) => byte !== 10)),
          ),
          { maxLength: 15 },
        ),
        newline: fc.constantFrom("\n", "\r\n"),
        hasLastNewline: fc.boolean(),
        members: fc.option(fc.array(fc.nat({ max: 200 }), { maxLength: 3 })),
      });
      const options = fc.record({
        compression: fc.constantFrom("none" as const, "gzip" as const),
        concurrency: fc.integer({ min: 1, max: 3 }),
        partSizeBytes: fc.constantFrom(1, 100, 1024 ** 3),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(object, { minLength: 1, maxLength: 4 }),
          options,
          async (objects, { compression, ...settings }) => {
            const place = await makePlace();
            for (const [index, each] of objects.entries()) {
              await place.source.put(`${prefix}${index}.log`, encode(each));
            }
            const catalog = makeCatalog({ typeKey, compression });
            const { manifest } = await classifyPlace(place, {
              catalog,
              ...settings,
            });

            const types = new Map<string, Buffer[]>();
            const setAside: string[] = [];
            let lines = 0;
            let blank = 0;
            for (const [index, each] of objects.entries()) {
              let offset = 0;
              for (const [at, line] of linesOf(each).entries()) {
                const outcome = judgeLine(line, typeKey);
                lines += 1;
                if (outcome === "blank") blank += 1;
                else if ("reason" in outcome) {
                  setAside.push(
                    `${outcome.reason} ${prefix}${index}.log ${at + 1} ${offset} ${line.toString("hex")}`,
                  );
                } else {
                  types.set(outcome.type, [
                    ...(types.get(outcome.type) ?? []),
                    expectedBytes(line),
                  ]);
                }
                offset += line.length + 1;
              }
            }
            expect([
              manifest.lines,
              manifest.blank,
              manifest.set_aside.rows,
            ]).to.deep.equal([lines, blank, setAside.length]);
            const found = (await readSetAside(place, manifest)).map(
              (record) => {
                const bytes =
                  record.base64 === undefined
                    ? Buffer.from(record.text ?? "")
                    : Buffer.from(record.base64, "base64");
                expect(record.length).to.equal(bytes.length);
                return `${record.reason} ${record.source} ${record.line} ${record.offset} ${bytes.toString("hex")}`;
              },
            );
            expect(found).to.deep.equal(setAside);
            expect(Object.keys(manifest.types).sort()).to.deep.equal(
              [...new Set([...types.keys(), ...catalog.types.keys()])].sort(),
            );
            for (const [type, { rows, files }] of Object.entries(
              manifest.types,
            )) {
              const expected = types.get(type) ?? [];
              expect(rows).to.equal(expected.length);
              expect(files.reduce((sum, file) => sum + file.rows, 0)).to.equal(
                rows,
              );
              expect(
                (await readType(place, manifest, type)).toString("hex"),
              ).to.equal(Buffer.concat(expected).toString("hex"));
            }
            expect(await listSpool(place)).to.deep.equal([]);
            await removePlaces();
          },
        ),
        { numRuns: 40 },
      );
    }).timeout(60_000);
  }
});
