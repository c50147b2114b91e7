import { expect } from "chai";
import { eachRowOfType } from "../../src/add/each-row-of-type.js";
import { eachSampleRow } from "../../src/add/each-sample-row.js";
import type { SampleRow } from "../../src/schema/value-shape.js";
import { rejection } from "./rejection.js";

function sample(bytes: Uint8Array | string, blockBytes: number) {
  const whole = Buffer.from(bytes as Uint8Array);
  async function* blocks(): AsyncGenerator<Uint8Array> {
    const reused = Buffer.alloc(blockBytes);
    for (let at = 0; at < whole.length; at += blockBytes) {
      const size = whole.copy(reused, 0, at, at + blockBytes);
      yield await Promise.resolve(reused.subarray(0, size));
    }
  }
  return { name: "a", open: () => Promise.resolve(blocks()) };
}

async function read(bytes: Uint8Array | string, blockBytes: number) {
  const rows: SampleRow[] = [];
  await eachSampleRow([sample(bytes, blockBytes)], (row) => rows.push(row));
  return rows.map(({ text, line }) => [line, text]);
}

describe("the rows of samples", () => {
  for (const blockBytes of [1, 2, 3, 5, 1000]) {
    it(`are whole lines with their numbers, in blocks of ${blockBytes} bytes that are used again`, async () => {
      const rows = await read(
        '{"a":"é😀"}\n\n \t\r\n{"b":1}\r\n{"c":2}',
        blockBytes,
      );
      expect(rows).to.deep.equal([
        [1, '{"a":"é😀"}'],
        [4, '{"b":1}\r'],
        [5, '{"c":2}'],
      ]);
    });

    it(`are refused by their line where they are not UTF-8, in blocks of ${blockBytes} bytes`, async () => {
      const bytes = Buffer.concat([
        Buffer.from('{"a":1}\n{"b":"'),
        Buffer.from([0xff]),
        Buffer.from('"}\n{}\n'),
      ]);
      const error = await rejection(read(bytes, blockBytes));
      expect(error.message).to.include("a:2: is not UTF-8");
    });
  }

  it("are those of one type, or of none, with wrapped columns as texts", async () => {
    const rows: string[] = [];
    const lines = [
      '{"k":"t","w":{"a": 1}}',
      '{"k":"u"}',
      '{"k":1}',
      "broken",
      '{"k":"t","w":null}',
    ];
    const skipped = await eachRowOfType(
      [sample(lines.join("\n"), 1000)],
      { name: "t", typeKey: ["k"], wrapped: ["w"] },
      ({ text }) => rows.push(text),
    );
    expect(skipped).to.equal(1);
    expect(rows).to.deep.equal([
      '{"k":"t","w":"{\\"a\\": 1}"}',
      '{"k":1}',
      "broken",
      '{"k":"t","w":null}',
    ]);
  });
});
