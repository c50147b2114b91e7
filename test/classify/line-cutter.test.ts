import { expect } from "chai";
import fc from "fast-check";
import {
  createLineCutter,
  type LineBlock,
} from "../../src/classify/line-cutter.js";
import { keptHeadBytes } from "../../src/classify/splitter.js";

describe("createLineCutter", () => {
  it("gives every line once, whole or as too long, wherever its blocks are cut", () => {
    const line = fc.string({
      unit: fc.constantFrom("a", "\r", "\u2028", "é"),
      maxLength: 20,
    });
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 12 }),
        fc.boolean(),
        fc.array(fc.nat({ max: 40 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 60 }),
        (lines, hasLastNewline, sizes, maxBytes) => {
          const text = lines.join("\n") + (hasLastNewline ? "\n" : "");
          const expected = text.split("\n");
          if (expected.at(-1) === "") expected.pop();
          const found: string[] = [];
          let offset = 0;
          const cutter = createLineCutter(maxBytes, (block) => {
            expect(block.offset).to.equal(offset);
            if (block.kind === "too_long") {
              expect(block.lengthBytes).to.be.greaterThan(maxBytes);
              expect(block.head.length).to.equal(block.lengthBytes);
              found.push(block.head.toString());
              offset += block.lengthBytes + 1;
              return;
            }
            expect(block.bytes.at(-1)).to.equal(10);
            const whole = block.bytes.toString().split("\n").slice(0, -1);
            for (const each of whole)
              expect(Buffer.byteLength(each)).to.be.at.most(maxBytes);
            found.push(...whole);
            offset += block.bytes.length;
          });
          const bytes = Buffer.from(text);
          let start = 0;
          for (const size of [...sizes, bytes.length]) {
            cutter.push(bytes.subarray(start, start + size));
            start += size;
          }
          expect(cutter.end()).to.equal(offset);
          expect(found).to.deep.equal(expected);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("keeps 64 KiB of a line of a gigabyte, counts the rest, and goes on", () => {
    const piece = Buffer.alloc(1 << 20, "x");
    const blocks: LineBlock[] = [];
    const cutter = createLineCutter(2_000_000, (block) => {
      blocks.push(block);
    });
    for (let index = 0; index < 1024; index += 1) cutter.push(piece);
    cutter.push(Buffer.from("\nnext"));
    expect(cutter.end()).to.equal(2 ** 30 + 6);
    const [long, next] = blocks;
    if (long?.kind !== "too_long")
      return expect.fail("expected a line that is too long");
    expect([long.offset, long.lengthBytes, long.head.length]).to.deep.equal([
      0,
      2 ** 30,
      keptHeadBytes,
    ]);
    expect(next).to.deep.equal({
      kind: "lines",
      offset: 2 ** 30 + 1,
      bytes: Buffer.from("next\n"),
    });
  });
});
