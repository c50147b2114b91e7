import { expect } from "chai";
import fc from "fast-check";
import { parseJson, type JsonNode } from "../../src/json/parse-json.js";

function toValue(node: JsonNode): unknown {
  switch (node.kind) {
    case "object": {
      const object = {};
      for (const { key, value } of node.members) {
        Object.defineProperty(object, key, {
          value: toValue(value),
          enumerable: true,
          configurable: true,
          writable: true,
        });
      }
      return object;
    }
    case "array":
      return node.items.map(toValue);
    case "number":
      return Number(node.text);
    case "null":
      return null;
    case "string":
    case "boolean":
      return node.value;
  }
}

function expectSpansToParse(text: string, node: JsonNode): void {
  expect(JSON.parse(text.slice(node.start, node.end))).to.deep.equal(
    toValue(node),
  );
  const children =
    node.kind === "object"
      ? node.members.map((member) => member.value)
      : node.kind === "array"
        ? node.items
        : [];
  for (const child of children) expectSpansToParse(text, child);
}

function accepts(parse: (text: string) => unknown, text: string): boolean {
  try {
    parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** JSON texts with blanks, escapes and repeated members, which JSON.stringify never writes. */
const jsonText = fc.letrec<{ value: string }>((tie) => {
  const blank = fc.constantFrom("", "", "", " ", "\n", "\t \r");
  const around = (text: fc.Arbitrary<string>) =>
    fc.tuple(blank, text, blank).map((parts) => parts.join(""));
  const string = fc.oneof(
    fc.string({ unit: "grapheme" }).map((text) => JSON.stringify(text)),
    fc.constantFrom(
      '"a"',
      '"\\u0061"',
      '"\\\\"',
      '"\\""',
      '"\\\\\\""',
      '"__proto__"',
      '"\\ud800"',
    ),
  );
  const number = fc.constantFrom(
    "0",
    "-0",
    "1e400",
    "9007199254740993",
    "-1.50E+2",
    "0.1",
  );
  const member = fc
    .tuple(around(string), around(tie("value")))
    .map((pair) => pair.join(":"));
  return {
    value: fc.oneof(
      { maxDepth: 4 },
      string,
      number,
      fc.constantFrom("true", "false", "null"),
      fc
        .array(around(tie("value")), { maxLength: 4 })
        .map((items) => `[${items.join(",")}]`),
      fc
        .array(member, { maxLength: 4 })
        .map((members) => `{${members.join(",")}}`),
    ),
  };
}).value;

describe("parseJson", () => {
  it("holds what JSON.parse gives, and each value's own spelling", () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        const node = parseJson(text);
        expect(toValue(node)).to.deep.equal(JSON.parse(text));
        expectSpansToParse(text, node);
      }),
      { numRuns: 500 },
    );
  });

  it("accepts exactly the texts that JSON.parse accepts", () => {
    const tokens = fc
      .array(
        fc.constantFrom(
          ...'{}[],: "\\0123-+.eEtrufalsn\n\ufeff\u00a0\u0001a/'.split(""),
        ),
        {
          maxLength: 12,
        },
      )
      .map((parts) => parts.join(""));
    const damaged = fc
      .tuple(
        jsonText,
        fc.nat(),
        fc.constantFrom("", "{", "}", "]", ",", ":", '"', "\\", "0", "."),
      )
      .map(([text, at, piece]) => {
        const cut = at % (text.length + 1);
        return text.slice(0, cut) + piece + text.slice(cut + (at % 2));
      });
    fc.assert(
      fc.property(fc.oneof(tokens, damaged), (text) => {
        expect(accepts(parseJson, text), JSON.stringify(text)).to.equal(
          accepts(JSON.parse, text),
        );
      }),
      { numRuns: 5000 },
    );
  });

  it("accepts exactly the short texts of brackets, marks and scalars that JSON.parse accepts", () => {
    const alphabet = ["{", "}", "[", "]", ",", ":", '"a"', "1"];
    const visit = (text: string, depth: number): void => {
      if (accepts(parseJson, text) !== accepts(JSON.parse, text))
        expect.fail(text);
      if (depth > 0)
        for (const token of alphabet) visit(text + token, depth - 1);
    };
    visit("", 5);
  });

  it("keeps repeated members, in their order", () => {
    const node = parseJson('{"a":1,"\\u0061":[2],"a":"3"}');
    if (node.kind !== "object") expect.fail(node.kind);
    expect(
      node.members.map(({ key, value }) => [key, value.kind]),
    ).to.deep.equal([
      ["a", "number"],
      ["a", "array"],
      ["a", "string"],
    ]);
  });

  it("keeps every digit of a number", () => {
    expect(parseJson(" 12345678901234567890.10e+05 ")).to.deep.equal({
      kind: "number",
      start: 1,
      end: 28,
      text: "12345678901234567890.10e+05",
    });
  });

  for (const [name, text] of [
    ["a string of escapes", `"${'\\"'.repeat(5_000_000)}"`],
    ["a string of backslashes", `"${"\\\\".repeat(5_000_000)}"`],
    ["a number of digits", `1${"0".repeat(10_000_000)}`],
    ["blanks", `${" ".repeat(10_000_000)}1`],
  ] as const) {
    it(`reads ten million characters of ${name}`, () => {
      const node = parseJson(text);
      expect(node.end).to.equal(text.length);
    });
  }

  it("reads a nesting of a million arrays", () => {
    const depth = 1_000_000;
    expect(parseJson("[".repeat(depth) + "]".repeat(depth)).end).to.equal(
      2 * depth,
    );
  });
});
