import fc from "fast-check";

const key = fc.constantFrom("a", "b", "c_d", "Long_Name", "constructor");

const { value } = fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(null, true, false, 0, "", "0"),
    fc.integer({ min: -1e9, max: 1e9 }),
    fc.integer({ min: -1e9, max: 1e9 }).map((cents) => cents / 100),
    fc.maxSafeInteger(),
    fc.string({ unit: "grapheme", maxLength: 8 }),
    fc.constantFrom(
      "1",
      "2.5",
      "true",
      "2026-11-21",
      "2024-02-29",
      "2026-02-30",
      "03:04:05",
      "2026-11-21T03:04:05",
      "2026-11-21 03:04:05.123456",
      "2026-11-21T03:04:05Z",
      "2026-11-21T03:04:05.5+09:00",
    ),
    fc.array(tie("value"), { maxLength: 3 }),
    tie("object"),
  ),
  object: fc.dictionary(key, tie("value"), { maxKeys: 4 }),
}));

/** The text of an object as services write them: numbers that a double holds, keys once, times of every form. */
export const everydayRow = fc
  .dictionary(key, value, { maxKeys: 5 })
  .map((row) => JSON.stringify(row));
