import { expect } from "chai";
import fc from "fast-check";
import { createRowsChecker } from "../../src/schema/check-rows.js";
import { formatRowsCheck } from "../../src/schema/format-rows-check.js";
import { compileRowJudge } from "../../src/schema/judge-row.js";
import { maskRow } from "../../src/schema/mask-row.js";
import { createMisfitCollector } from "../../src/schema/misfit-collector.js";
import type { TableField } from "../../src/schema/table-field.js";

const mask = ["email", "user.card"];

describe("masking a row", () => {
  const rows: readonly (readonly [what: string, row: string, shown: string])[] =
    [
      [
        "leaves all else as it is spelled",
        '{ "n" : 1.50, "email":"a@b.c" ,"t":"\\u0041" }',
        '{ "n" : 1.50, "email":"***" ,"t":"\\u0041" }',
      ],
      [
        "hides values of any kind, and keeps null",
        '{"email":7,"Email":[1,{"a":2}],"EMAIL":{"x":"y"},"eMail":true,"emaiL":null}',
        '{"email":"***","Email":"***","EMAIL":"***","eMail":"***","emaiL":null}',
      ],
      [
        "reaches into objects and arrays of any depth",
        '{"user":[{"card":1,"id":2},[[{"CARD":{"no":3}}]]]}',
        '{"user":[{"card":"***","id":2},[[{"CARD":"***"}]]]}',
      ],
      [
        "hides a text or number that stands in place of the object",
        '{"user":"{\\"card\\":4111}"}',
        '{"user":"***"}',
      ],
      [
        "hides such elements too",
        '{"user":[4111,null]}',
        '{"user":["***",null]}',
      ],
      [
        "reads keys with escapes, and keys that spell the path",
        '{"\\u0065mail":1,"user.card":2,"user.card.no":3,"user.cards":4}',
        '{"\\u0065mail":"***","user.card":"***","user.card.no":"***","user.cards":4}',
      ],
      [
        "leaves the same name elsewhere",
        '{"card":1,"to":{"email":2}}',
        '{"card":1,"to":{"email":2}}',
      ],
      [
        "tells nothing but the length of what is no object",
        '{"email":"a@b.c"',
        "(16 bytes that are no JSON object; not shown, as columns are masked)",
      ],
      [
        "nor of a text or array",
        '["é"]',
        "(6 bytes that are no JSON object; not shown, as columns are masked)",
      ],
    ];
  for (const [what, row, shown] of rows)
    it(what, () => {
      expect(maskRow(row, mask)).to.equal(shown);
    });

  it("changes nothing where nothing is masked", () => {
    expect(maskRow("no json", [])).to.equal("no json");
  });

  it("takes arrays that are nested deeper than a stack is", () => {
    const depth = 200_000;
    const row = `{"user":${"[".repeat(depth)}1${"]".repeat(depth)}}`;
    expect(maskRow(row, mask)).to.equal(row.replace("1", '"***"'));
  });
});

const secret = "s3cr3t";
const names = ["a", "b", "C", "d e", "ä", "_", "__proto__", "a.b"];
const name = fc.constantFrom(...names);
/** A key that only a masked object has holds the secret as a value does. */
const plain = fc.oneof(
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.string({ maxLength: 4 }),
);
type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
const rowOf = fc.letrec<{ node: Json; object: Json }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small" },
    plain,
    fc.constant(secret),
    fc.array(tie("node"), { maxLength: 3 }),
    tie("object"),
  ),
  object: fc.dictionary(name, tie("node"), { maxKeys: 4 }),
})).object;
const paths = fc.uniqueArray(
  fc
    .array(fc.constantFrom("a", "b", "c", "D E", "Ä", "_"), {
      minLength: 1,
      maxLength: 3,
    })
    .map((parts) => parts.join(".")),
  { minLength: 1, maxLength: 4 },
);

/** What the mask has to do, told otherwise: of parsed values, from the paths of their leaves. */
function maskValue(value: Json, path: string, hidden: readonly string[]): Json {
  const here = path.toLowerCase();
  const isIn = hidden.some((each) => `${here}.`.startsWith(`${each}.`));
  const isAbove = hidden.some((each) => each.startsWith(`${here}.`));
  if (value === null) return null;
  if (isIn) return "***";
  if (Array.isArray(value))
    return isAbove ? value.map((each) => maskValue(each, path, hidden)) : value;
  if (typeof value === "object")
    return isAbove ? maskMembers(value, `${path}.`, hidden) : value;
  return isAbove ? "***" : value;
}

function maskMembers(
  value: object,
  above: string,
  hidden: readonly string[],
): Json {
  return Object.fromEntries(
    Object.entries(value as Record<string, Json>).map(([key, each]) => [
      key,
      maskValue(each, above + key, hidden),
    ]),
  );
}

describe("masking random rows", () => {
  it("hides what the paths say, and not a byte besides", () => {
    fc.assert(
      fc.property(rowOf, paths, fc.nat(2), (row, masked, indent) => {
        const text = JSON.stringify(row, null, indent);
        const hidden = masked.map((path) => path.toLowerCase());
        const expected = maskMembers(row as object, "", hidden);
        expect(JSON.parse(maskRow(text, masked))).to.deep.equal(expected);
        if (JSON.stringify(expected) === JSON.stringify(row))
          expect(maskRow(text, masked)).to.equal(text);
      }),
      { numRuns: 2000 },
    );
  });

  const fields: readonly TableField[] = [
    { name: "id", type: "INTEGER", mode: "REQUIRED", fields: [] },
    {
      name: "user",
      type: "RECORD",
      mode: "REPEATED",
      fields: [
        { name: "card", type: "INTEGER", mode: "NULLABLE", fields: [] },
        { name: "ok", type: "BOOLEAN", mode: "NULLABLE", fields: [] },
      ],
    },
  ];
  const hiddenKey = fc.constantFrom("card", "ok", secret, `x.${secret}`);
  const below = fc.letrec<{ node: Json }>((tie) => ({
    node: fc.oneof(
      { depthSize: "small" },
      plain,
      fc.constant(secret),
      fc.array(tie("node"), { maxLength: 3 }),
      fc.dictionary(hiddenKey, tie("node"), { maxKeys: 3 }),
    ),
  })).node;

  it("leaves no value and no key of a masked column in any word about misfits", () => {
    fc.assert(
      fc.property(fc.array(below, { minLength: 1 }), (values) => {
        const masked = ["USER", "new", "other.user"];
        const checker = createRowsChecker(fields, new Map(), masked);
        const collector = createMisfitCollector({ mask: masked });
        const judge = compileRowJudge(fields);
        for (const [index, user] of values.entries()) {
          const text = JSON.stringify({ user, new: user, other: { user } });
          checker.add({ text, source: "a", line: index + 1 });
          const judged = judge(text);
          if ("misfits" in judged)
            collector.add(judged.misfits, "a", index + 1, text);
        }
        const check = checker.finish();
        const error = collector.toError("t");
        const told = [
          JSON.stringify(check),
          formatRowsCheck("t.json", { ...check, skipped: 0 }),
          error.message,
          JSON.stringify(error.misfits),
        ].join("\n");
        expect(told).to.include("other");
        expect(told).not.to.include(secret);
      }),
      { numRuns: 300 },
    );
  });
});
