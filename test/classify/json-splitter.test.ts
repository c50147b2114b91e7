import { expect } from "chai";
import fc from "fast-check";
import { createJsonSplitter } from "../../src/classify/json-splitter.js";
import {
  anyLine,
  byteLines,
  expectedBytes,
  judgeLine,
  tokenLines,
} from "./line-oracle.js";

function expectSplitLikeOracle(
  lines: readonly Buffer[],
  typeKey: readonly string[],
): void {
  const block = Buffer.concat(
    lines.flatMap((line) => [line, Buffer.from("\n")]),
  );
  const split = createJsonSplitter(typeKey, new Map()).split(block);
  const types = new Map<string, { rows: number; pieces: Buffer[] }>();
  const refused: {
    reason: string;
    line: number;
    offset: number;
    bytes: Buffer;
  }[] = [];
  let blank = 0;
  let offset = 0;
  for (const [line, bytes] of lines.entries()) {
    const outcome = judgeLine(bytes, typeKey);
    if (outcome === "blank") blank += 1;
    else if ("reason" in outcome)
      refused.push({ ...outcome, line, offset, bytes });
    else {
      const type = types.get(outcome.type) ?? { rows: 0, pieces: [] };
      types.set(outcome.type, type);
      type.rows += 1;
      type.pieces.push(expectedBytes(bytes));
    }
    offset += bytes.length + 1;
  }
  expect([split.lines, split.blank]).to.deep.equal([lines.length, blank]);
  expect(
    split.refused.map((line) => ({ ...line, bytes: hex(line.bytes) })),
  ).to.deep.equal(refused.map((line) => ({ ...line, bytes: hex(line.bytes) })));
  expect(
    split.slices.map((slice) => [slice.type, slice.rows, hex(slice.bytes)]),
  ).to.deep.equal(
    [...types].map(([type, { rows, pieces }]) => [
      type,
      rows,
      hex(Buffer.concat(pieces)),
    ]),
  );
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function* batches(lines: Iterable<Buffer>, size: number): Generator<Buffer[]> {
  let batch: Buffer[] = [];
  for (const line of lines) {
    if (batch.push(line) < size) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

describe("createJsonSplitter", () => {
  for (const typeKey of [["log_type"], ["event", "dataset"]]) {
    it(`routes any lines by ${typeKey.join(".")} as JSON.parse does`, () => {
      fc.assert(
        fc.property(fc.array(anyLine(typeKey), { maxLength: 20 }), (lines) => {
          expectSplitLikeOracle(
            lines.map((line) =>
              Buffer.from(line.filter((byte) => byte !== 10)),
            ),
            typeKey,
          );
        }),
        { numRuns: 400 },
      );
    });
  }

  it("accepts exactly what JSON.parse accepts, of every short string of tokens", () => {
    for (const lines of batches(tokenLines(["log_type"], 4), 500)) {
      expectSplitLikeOracle(lines, ["log_type"]);
    }
  });

  it("tells UTF-8 from what is not, for every short sequence of bytes", () => {
    for (const lines of batches(byteLines(["log_type"]), 50)) {
      expectSplitLikeOracle(lines, ["log_type"]);
    }
  }).timeout(60_000);

  const wrap = (line: string, columns: string[]) => {
    const splitter = createJsonSplitter(
      ["t"],
      new Map([["a", new Set(columns)]]),
    );
    const [slice] = splitter.split(Buffer.from(`${line}\n`)).slices;
    return String(slice?.bytes);
  };
  for (const [name, line, expected] of [
    [
      "an object, spelled as it came",
      '{"t":"a","b":{ "x":1.0,"y":[1 ]} }',
      '{"t":"a","b":"{ \\"x\\":1.0,\\"y\\":[1 ]}" }',
    ],
    [
      "a number, to its last digit",
      '{"t":"a","b":12345678901234567890.10}',
      '{"t":"a","b":"12345678901234567890.10"}',
    ],
    ["a boolean", '{"b":true,"t":"a"}\r', '{"b":"true","t":"a"}'],
    ["an empty array", '{"b" : [],"t":"a"}', '{"b" : "[]","t":"a"}'],
    [
      "each of a repeated column",
      '{"b":1,"t":"a","\\u0062":[2],"b":"s"}',
      '{"b":"1","t":"a","\\u0062":"[2]","b":"s"}',
    ],
  ] as const) {
    it(`wraps ${name}`, () => {
      expect(wrap(line, ["b"])).to.equal(`${expected}\n`);
    });
  }

  for (const [name, line] of [
    ["a string", '{"t":"a","b":"\\u0041 \\/"}'],
    ["null", '{"t":"a","b": null}'],
    ["a namesake further down", '{"t":"a","c":{"b":1}}'],
    ["a line that lacks the column", '{"t":"a","n":1e5}'],
    ["another type's column", '{"t":"z","b":1}'],
  ] as const) {
    it(`leaves ${name} as it came`, () => {
      expect(wrap(line, ["b"])).to.equal(`${line}\n`);
    });
  }

  it("wraps any value so that its text parses back", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const wrapped = JSON.parse(wrap(`{"t":"a","b":${text}}`, ["b"])) as {
          b: unknown;
        };
        const value: unknown = JSON.parse(text);
        expect(wrapped.b).to.equal(
          value === null || typeof value === "string" ? value : text,
        );
      }),
    );
  });
});
