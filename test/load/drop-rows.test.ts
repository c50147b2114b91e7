import { expect } from "chai";
import fc from "fast-check";
import { createRowMarks, dropRows, markRow } from "../../src/load/drop-rows.js";

async function* inBlocks(
  bytes: Uint8Array,
  size: number,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size)
    yield await Promise.resolve(bytes.subarray(at, at + size));
}

describe("dropping rows of a stream", () => {
  it("leaves the other rows byte for byte, however the blocks are cut", async () => {
    const row = fc.record({
      text: fc.stringMatching(/^[a-zé\u{1F600}]{1,5}$/u),
      drops: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 40 }),
        fc.integer({ min: 1, max: 20 }),
        fc.boolean(),
        async (rows, size, endsWithNewline) => {
          const marks = createRowMarks(rows.length);
          for (const [index, { drops }] of rows.entries())
            if (drops) markRow(marks, index);
          const text = rows.map((each) => `${each.text}\n`).join("");
          const whole = endsWithNewline ? text : text.slice(0, -1);
          const kept = rows
            .filter(({ drops }) => !drops)
            .map((each) => `${each.text}\n`)
            .join("");
          const blocks: Uint8Array[] = [];
          for await (const block of dropRows(
            inBlocks(Buffer.from(whole), size),
            marks,
          ))
            blocks.push(block);
          const isLastKept = rows.at(-1)?.drops === false;
          expect(Buffer.concat(blocks).toString()).to.equal(
            !endsWithNewline && isLastKept ? kept.slice(0, -1) : kept,
          );
        },
      ),
    );
  });
});
