import { expect } from "chai";
import fc from "fast-check";
import { cutBlocks } from "../../src/classify/cut-blocks.js";
import { collect } from "../contract/object-store.js";

async function* cut(
  bytes: Buffer,
  sizes: readonly number[],
): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (const size of [...sizes, bytes.length]) {
    yield await Promise.resolve(bytes.subarray(start, start + size));
    start += size;
  }
}

describe("cutBlocks", () => {
  it("gives every line once, whole or as too long, wherever its blocks are cut", async () => {
    const line = fc.string({
      unit: fc.constantFrom("a", "\r", "\u2028", "é"),
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 12 }),
        fc.boolean(),
        fc.array(fc.nat({ max: 40 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 60 }),
        async (lines, hasLastNewline, sizes, maxBytes) => {
          const text = lines.join("\n") + (hasLastNewline ? "\n" : "");
          const expected = text.split("\n");
          if (expected.at(-1) === "") expected.pop();
          const found: string[] = [];
          let offset = 0;
          for (const block of await collect(
            cutBlocks(cut(Buffer.from(text), sizes), maxBytes),
          )) {
            expect(block.offset).to.equal(offset);
            if (block.kind === "too_long") {
              expect(block.lengthBytes).to.be.greaterThan(maxBytes);
              const whole = Buffer.from(expected[found.length] ?? "");
              expect(block.lengthBytes).to.equal(whole.length);
              expect(block.head.length).to.be.greaterThan(maxBytes);
              expect(
                whole.subarray(0, block.head.length).equals(block.head),
              ).to.equal(true);
              found.push(whole.toString());
              offset += block.lengthBytes + 1;
              continue;
            }
            expect(block.bytes.at(-1)).to.equal(10);
            const whole = Buffer.from(block.bytes)
              .toString()
              .split("\n")
              .slice(0, -1);
            for (const each of whole)
              expect(Buffer.byteLength(each)).to.be.at.most(maxBytes);
            found.push(...whole);
            offset += block.bytes.length;
          }
          expect(found).to.deep.equal(expected);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("keeps 64 KiB of a line of a gigabyte, and counts the rest", async () => {
    const block = Buffer.alloc(1 << 20, "x");
    const body = async function* () {
      for (let index = 0; index < 1024; index += 1)
        yield await Promise.resolve(block);
      yield Buffer.from("\nnext");
    };
    const [long, next] = await collect(cutBlocks(body(), 2_000_000));
    if (long?.kind !== "too_long")
      return expect.fail("expected a line that is too long");
    expect([long.offset, long.lengthBytes, long.head.length]).to.deep.equal([
      0,
      2 ** 30,
      65_536,
    ]);
    expect(next).to.deep.equal({
      kind: "lines",
      offset: 2 ** 30 + 1,
      bytes: Buffer.from("next\n"),
    });
  });
});
