/** Rows as real logs have them, all of which some schema takes. */
export interface OddCase {
  readonly title: string;
  readonly rows: readonly string[];
}

function values(title: string, ...texts: readonly string[]): OddCase {
  return { title, rows: texts.map((text) => `{"x":${text}}`) };
}

export const oddCases: readonly OddCase[] = [
  values("integers and fractions", "1", "2.5"),
  values("an integer past 64 bits", "1", "92233720368547758081"),
  values("a fraction past a double's range", "1e400"),
  values("texts and numbers", '"a"', "1"),
  values("numbers, then texts", "1", '"a"'),
  values("quoted numbers", '"1"', '"2"'),
  values("quoted numbers, then other texts", '"1"', '"n/a"'),
  values("quoted numbers beside bare ones", '"1"', "2"),
  values("quoted fractions beside integers", '"1.5"', "2"),
  values("numbers with an exponent, quoted, beside integers", '"1e5"', "2"),
  values("quoted numbers with a sign", '"+5"', '"-5"'),
  values("numbers with a point at the end, quoted", '"5."', '".5"'),
  values("true and false, quoted", '"true"', '"false"'),
  values("true and false, quoted and not", '"true"', "false"),
  values("booleans and numbers", "true", "1"),
  values("booleans and texts", "true", '"x"'),
  values("dates", '"2026-11-21"', '"2026-11-22"'),
  values("dates without leading zeros", '"2026-1-2"', '"2026-11-22"'),
  values("dates that no calendar has", '"2026-11-21"', '"2026-02-30"'),
  values("the zero date of MySQL", '"0000-00-00"', '"2026-11-21"'),
  values("times of day", '"03:04:05"', '"23:59:59"'),
  values("durations", '"26:04:05"', '"03:04:05"'),
  values(
    "times with an offset",
    '"2026-11-21T03:04:05Z"',
    '"2026-11-21T12:04:05+09:00"',
  ),
  values(
    "times without an offset",
    '"2026-11-21T03:04:05"',
    '"2026-11-21 03:04:05"',
  ),
  values(
    "times with and without an offset",
    '"2026-11-21T03:04:05"',
    '"2026-11-21T03:04:05Z"',
  ),
  values(
    "times that no clock has",
    '"2026-11-21T25:04:05Z"',
    '"2026-11-21T03:04:05Z"',
  ),
  values("a leap second", '"2016-12-31T23:59:60Z"'),
  values("times with nanoseconds", '"2026-11-21T03:04:05.123456789Z"'),
  values("times, then a text", '"2026-11-21T03:04:05Z"', '"N/A"'),
  values("dates and times", '"2026-11-21"', '"2026-11-21T03:04:05Z"'),
  values("null alone", "null", "null"),
  values("null, then a number", "null", "1"),
  values("an empty object", "{}", "{}"),
  values("an empty object, then one with a key", "{}", '{"a":1}'),
  values("an empty array", "[]", "[]"),
  values("an empty array, then numbers", "[]", "[1]"),
  values("arrays of integers and fractions", "[1]", "[2.5]"),
  values("arrays of texts and numbers", '["a",1]'),
  values("arrays with null", "[1,null]"),
  values("arrays of arrays", "[[1,2],[3]]"),
  values("arrays of objects of several shapes", '[{"a":1}]', '[{"b":"x"}]'),
  values("an object or an array of such", '{"a":1}', '[{"a":1},{"a":2}]'),
  values("a value or an array of such", "1", "[1,2]"),
  values("an object or a text", '{"code":5}', '"failed"'),
  values("an object or null", '{"a":1}', "null"),
  values("an array or null", "[1]", "null"),
  values("objects whose keys are no column names", '{"+1":2,"-1":0}'),
  values(
    "objects whose keys have dots and dashes",
    '{"user.id":1,"user-agent":"x"}',
  ),
  values("objects with a reserved key", '{"_PARTITIONTIME":"x"}'),
  values("objects with an empty key", '{"":1}'),
  values("objects with keys that differ in case only", '{"Id":1,"id":2}'),
  values(
    "a column whose kind changes deep inside",
    '{"a":{"b":1}}',
    '{"a":{"b":"x"}}',
  ),
  {
    title: "a column in other case in other rows",
    rows: ['{"userId":1}', '{"userid":2}'],
  },
  {
    title: "a column that only some rows have",
    rows: ['{"a":1}', '{"b":"x"}'],
  },
  values("20 levels of objects", `${'{"a":'.repeat(20)}1${"}".repeat(20)}`),
];
