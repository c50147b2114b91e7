import { expect } from "chai";
import fc from "fast-check";
import { schemaInfer } from "../../jobs/schema-infer.js";
import { formatColumns } from "../../src/schema/format-columns.js";

const secret = "anna@example.com";
const secretMillis = 1_795_274_038_713;
/** As it is spelled, and as dates. */
const secretParts = ["anna", "1795274038", "2026-11-2", "55.123456"];

async function* toBody(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}

/** All that a person is told of the rows. */
async function tellRows(
  rows: readonly object[],
  mask: readonly string[],
): Promise<string> {
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  const open = () => Promise.resolve(toBody(text));
  const inferred = schemaInfer(
    { quoted: "string", mask },
    { samples: [{ name: "rows", open }] },
  );
  const told = await inferred.catch((error: unknown) => error as Error);
  return told instanceof Error
    ? told.message
    : `${JSON.stringify(told)}\n${formatColumns(told.columns)}`;
}

const cases: readonly (readonly [
  title: string,
  values: readonly unknown[],
  /** Where the mask were forgotten. */
  shown: string,
])[] = [
  ["samples", [secret], "anna"],
  ["the range of numbers", [55.123456, 1], "55.123456"],
  ["the range of times", ["2026-11-21T03:04:05Z"], "2026-11-2"],
  ["the range of quoted numbers", ["1795274038", "2"], "1795274038"],
  ["dates that numbers make", [secretMillis], "2026-11-2"],
  ["dates that quoted numbers make", [String(secretMillis)], "2026-11-2"],
  ["the number that is nearest to 0", [0, 1795274038, 1795274039], "179527"],
  [
    "a text among times",
    [secret, ...Array<string>(20).fill("2020-01-01")],
    "anna",
  ],
  [
    "times of several forms",
    ["2026-11-21", "2026-11-21 03:04:05"],
    "2026-11-2",
  ],
  [
    "a time that no type keeps",
    ["2026-11-21T03:04:05.123456789Z"],
    "2026-11-2",
  ],
  ["values of several kinds", [1, secret, { a: secret }], "anna"],
  ["an object", [{ a: secret }], "anna"],
  ["a key that is no column name", [{ [secret]: 1 }], "anna"],
  ["keys twice but for their case", [{ anna: 1, ANNA: 2 }], "ANNA"],
  ["an array inside an array", [[[secret]]], "anna"],
  ["null inside an array", [[secret, null]], "anna"],
  ["elements of an array", [[secret]], "anna"],
];

describe("inferring a schema of masked columns", () => {
  for (const [title, values, shown] of cases)
    it(`hides ${title}`, async () => {
      const rows = values.map((email) => ({ id: 1, Email: email }));
      expect(await tellRows(rows, [])).to.include(shown);
      for (const mask of [["email"], ["*"]])
        expect(await tellRows(rows, mask)).not.to.include(shown);
      const inside = rows.map((user) => ({ user, users: [user] }));
      expect(await tellRows(inside, [])).to.include(shown);
      expect(await tellRows(inside, ["USER.email", "users"])).not.to.include(
        shown,
      );
    });

  it("hides a text in place of a RECORD that has a masked column", async () => {
    const rows = [
      { user: { email: 1, age: 7 } },
      { user: `{"email":"${secret}"}` },
    ];
    expect(await tellRows(rows, ["user.email"])).not.to.include("anna");
    expect(await tellRows(rows, ["other"])).to.include("anna");
  });

  it("shows the columns beside a masked one", async () => {
    const told = await tellRows([{ id: 123_456, email: secret }], ["email"]);
    expect(told).to.include("123456 to 123456");
    expect(told).to.include("email");
  });

  it("infers the same schema", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.json({ maxDepth: 3 }), { minLength: 1 }),
        async (texts) => {
          const rows = texts.map((text) => ({
            user: JSON.parse(text) as unknown,
          }));
          const [open, masked] = await Promise.all(
            [[], ["user"]].map((mask) => inferSchema(rows, mask)),
          );
          expect(masked).to.equal(open);
        },
      ),
    );
  });

  it("tells no value of a masked column in random rows", async () => {
    const value = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom(0, null, true, "", "x", 7, "2020-01-01"),
        fc.constantFrom(
          secret,
          secretMillis,
          String(secretMillis),
          "2026-11-21",
          "2026-11-21T03:04:05",
          "2026-11-21T03:04:05.123456789+01:00",
          55.123456,
          1795274038n.toString(),
        ),
        fc.array(tie("node"), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom("a", "B", "b", secret), tie("node"), {
          maxKeys: 3,
        }),
      ),
    })).node;
    await fc.assert(
      fc.asyncProperty(
        fc.array(value, { minLength: 1, maxLength: 8 }),
        async (values) => {
          const rows = values.map((user) => ({ id: 1, user, other: { user } }));
          const told = await tellRows(rows, ["user", "other.user"]);
          for (const part of secretParts) expect(told).not.to.include(part);
        },
      ),
      { numRuns: 500 },
    );
  });
});

async function inferSchema(
  rows: readonly object[],
  mask: readonly string[],
): Promise<string> {
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  const open = () => Promise.resolve(toBody(text));
  const { schema } = await schemaInfer(
    { quoted: "string", mask },
    { samples: [{ name: "rows", open }] },
  );
  return schema;
}
