import fc from "fast-check";

const key = fc.oneof(
  fc.constantFrom(
    "a",
    "A",
    "b",
    "__proto__",
    "constructor",
    "+1",
    "x-y",
    "_TABLE_a",
    "",
  ),
  fc.string({ maxLength: 3 }),
);

const timeText = fc.constantFrom(
  "2026-11-21",
  "2026-02-30",
  "0001-01-01",
  "9999-12-31",
  "03:04:05",
  "24:00:00",
  "03:04:05.123456789",
  "2026-11-21 03:04:05",
  "2026-11-21T03:04:05.123456",
  "2026-11-21T03:04:60Z",
  "2026-11-21T03:04:05Z",
  "2026-11-21T03:04:05.1234567Z",
  "2026-11-21T03:04:05+0900",
  "2026-11-21T03:04:05+09:00",
  "2026-11-21T03:04:05-15:00",
  "2026-11-21 03:04:05 UTC",
  "0001-01-01T00:00:00+01:00",
  "9999-12-31T23:59:59-01:00",
);

const numberText = fc.constantFrom(
  "0",
  "-0",
  "1.0",
  "-1E2",
  "1e400",
  "1e30",
  "1e-12",
  "1e-400",
  "1e-0000000005",
  "9007199254740993",
  "9223372036854775807",
  "9223372036854775808",
  "18446744073709551616",
  "1".repeat(29),
  "1".repeat(38),
  "1".repeat(40),
  "12345678901234567.25",
  "0.1000000000000000055511151231257827",
  `0.${"0".repeat(37)}1`,
  `0.${"0".repeat(38)}1`,
);

const { value } = fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom("null", "true", "false"),
    numberText,
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
    fc
      .oneof(
        fc.string(),
        fc.constantFrom("1", "-0", "1e5", "NaN", "true", "False", ""),
        numberText,
        timeText,
      )
      .map((text) => JSON.stringify(text)),
    fc
      .array(tie("value"), { maxLength: 3 })
      .map((items) => `[${items.join()}]`),
    tie("object"),
  ),
  object: fc
    .array(fc.tuple(key, tie("value")), { maxLength: 4 })
    .map(
      (members) =>
        `{${members.map(([name, text]) => `${JSON.stringify(name)}:${String(text)}`).join()}}`,
    ),
}));

/** Any JSON value, as text: numbers in odd spellings, keys twice, times of every form. */
const jsonValue = value.map(String);

/** The text of an object whose own keys can be columns, each there once at most. */
export const jsonRow = fc
  .uniqueArray(
    fc.tuple(
      fc.constantFrom("a", "b", "c_d", "Long_Name", "constructor"),
      jsonValue,
    ),
    { selector: ([name]) => name },
  )
  .map(
    (members) =>
      `{${members.map(([name, text]) => `"${name}":${text}`).join()}}`,
  );
