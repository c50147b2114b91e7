import { expect } from "chai";
import fc from "fast-check";
import {
  readPlacedLines,
  type PlacedLine,
} from "../../src/adapters/read-placed-lines.js";
import { readLines } from "../../src/json/read-lines.js";

async function* inBlocks(
  text: string,
  blockBytes: number,
): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += blockBytes)
    yield await Promise.resolve(bytes.subarray(at, at + blockBytes));
}

async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe("the lines of a stream with their places", () => {
  it("are those of every other reader, and lie where their places say", () =>
    fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom("a", "é", "\n", "\r") }),
        fc.integer({ min: 1, max: 9 }),
        async (text, blockBytes) => {
          const lines = await collect(
            readPlacedLines(inBlocks(text, blockBytes), () => true),
          );
          expect(lines.map((line) => line.text)).to.deep.equal(
            await collect(readLines(inBlocks(text, blockBytes))),
          );
          const bytes = Buffer.from(text);
          for (const [index, { line, start, end, text }] of lines.entries()) {
            expect(line).to.equal(index + 1);
            expect(bytes.subarray(start, end - 1).toString()).to.equal(text);
          }
        },
      ),
    ));

  it("are not decoded where nobody wants them", async () => {
    async function* body(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from("ab\n\xff\n", "latin1"));
      yield Buffer.from("c");
      yield Buffer.from("d");
    }
    const read = (unwanted: number): Promise<readonly PlacedLine[]> =>
      collect(readPlacedLines(body(), ({ line }) => line !== unwanted));
    expect(await read(2)).to.deep.equal([
      { line: 1, start: 0, end: 3, text: "ab" },
      { line: 3, start: 5, end: 8, text: "cd" },
    ]);
    const error: unknown = await read(1).catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(TypeError);
  });
});
