import { expect } from "chai";
import fc from "fast-check";
import { wrapLines } from "../../src/classify/wrap-columns.js";

describe("wrapLines", () => {
  const wrap = (line: string) =>
    String(wrapLines(Buffer.from(`${line}\n`), new Set(["b"])));
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
    ["a boolean", '{"b":true,"t":"a"}', '{"b":"true","t":"a"}'],
    ["an empty array", '{"b" : [],"t":"a"}', '{"b" : "[]","t":"a"}'],
    [
      "each of a repeated column",
      '{"b":1,"t":"a","\\u0062":[2],"b":"s"}',
      '{"b":"1","t":"a","\\u0062":"[2]","b":"s"}',
    ],
  ] as const) {
    it(`wraps ${name}`, () => {
      expect(wrap(line)).to.equal(`${expected}\n`);
    });
  }

  for (const [name, line] of [
    ["a string", '{"t":"a","b":"\\u0041 \\/"}'],
    ["null", '{"t":"a","b": null}'],
    ["a namesake further down", '{"t":"a","c":{"b":1}}'],
    ["a line that lacks the column", '{"t":"a","n":1e5}'],
  ] as const) {
    it(`leaves ${name} as it came`, () => {
      expect(wrap(line)).to.equal(`${line}\n`);
    });
  }

  it("wraps any value so that its text parses back", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const wrapped = JSON.parse(wrap(`{"t":"a","b":${text}}`)) as {
          b: unknown;
        };
        const value: unknown = JSON.parse(text);
        expect(wrapped.b).to.equal(
          value === null || typeof value === "string" ? value : text,
        );
      }),
    );
  });

  it("wraps some lines of many, and gives the very bytes back where there is nothing to wrap", () => {
    const some = '{"b":1}\n{"c":1}\n{"b":"s","b":[]}\n';
    expect(String(wrapLines(Buffer.from(some), new Set(["b", "x"])))).to.equal(
      '{"b":"1"}\n{"c":1}\n{"b":"s","b":"[]"}\n',
    );
    const none = Buffer.from('{"c":1}\n{"c":"2"}\n');
    expect(wrapLines(none, new Set(["b"]))).to.equal(none);
  });
});
