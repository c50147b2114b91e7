import fc from "fast-check";
import type { SetAsideReason } from "../../src/classify/manifest.js";

export type Outcome =
  { readonly type: string } | { readonly reason: SetAsideReason } | "blank";

/** What a line is, from JSON.parse, and from decoding and encoding it again. */
export function judgeLine(line: Buffer, typeKey: readonly string[]): Outcome {
  const text = line.toString();
  if (!Buffer.from(text).equals(line)) return { reason: "not_utf8" };
  if (/^[ \t\r]*$/.test(text)) return "blank";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { reason: "not_json" };
  }
  if (!isObject(value)) return { reason: "not_object" };
  let step: unknown = value;
  for (const key of typeKey) {
    if (!isObject(step) || !Object.hasOwn(step, key))
      return { reason: "no_type" };
    step = step[key];
  }
  if (typeof step !== "string") return { reason: "no_type" };
  const isSafe =
    step.length <= 128 &&
    !step.includes("..") &&
    /^[A-Za-z0-9]$/.test(step.charAt(0)) &&
    Array.from(step).every((character) => /^[A-Za-z0-9._-]$/.test(character));
  return isSafe ? { type: step } : { reason: "bad_type_name" };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** The line as a stage file holds it. */
export function expectedBytes(line: Buffer): Buffer {
  return Buffer.concat([
    line.at(-1) === 13 ? line.subarray(0, -1) : line,
    Buffer.from("\n"),
  ]);
}

function spellEscaped(text: string, at: number): string {
  const code = text.charCodeAt(at).toString(16).padStart(4, "0");
  return `"${text.slice(0, at)}\\u${code}${text.slice(at + 1)}"`;
}

/** Lines full of namesakes, repeated and escaped keys, and blanks; many of them then damaged. Without LF. */
export function anyLine(typeKey: readonly string[]): fc.Arbitrary<Buffer> {
  const last = typeKey.at(-1) ?? "";
  const blank = fc.constantFrom("", "", "", " ", "\t", " \r");
  const onPath = typeKey.flatMap((key) => [
    JSON.stringify(key),
    JSON.stringify(key),
    JSON.stringify(key),
    spellEscaped(key, 0),
    spellEscaped(key, key.length - 1),
  ]);
  const keys = fc.constantFrom(
    ...onPath,
    ...onPath,
    JSON.stringify(typeKey.join(".")),
    JSON.stringify(`${last} `),
    JSON.stringify(`x${last}`),
    JSON.stringify(last.toUpperCase()),
    '"a"',
    '"한글"',
    '""',
    '"__proto__"',
    '"constructor"',
  );
  const strings = fc.constantFrom(
    '"view"',
    '"pay"',
    '"\\u0070ay"',
    '"toString"',
    '"404"',
    '"a.b-c_d"',
    '"a..b"',
    '"_manifests"',
    '"../x"',
    '""',
    '"{[\\\\"',
    '"한글"',
    '"\\ud800"',
    '"}"',
    '"\\\\\\""',
    '"\u2028"',
    JSON.stringify(`"${last}":"evil"`),
    JSON.stringify("z".repeat(129)),
  );
  const scalars = fc.constantFrom(
    "0",
    "-1.50E+2",
    "12345678901234567890",
    "true",
    "null",
  );
  const around = (text: fc.Arbitrary<string>) =>
    fc.tuple(blank, text, blank).map((parts) => parts.join(""));
  const { value, object } = fc.letrec<{ value: string; object: string }>(
    (tie) => ({
      value: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        strings,
        strings,
        scalars,
        tie("object"),
        fc
          .array(around(tie("value")), { maxLength: 3 })
          .map((items) => `[${items.join(",")}]`),
      ),
      object: fc
        .array(
          fc
            .tuple(around(keys), around(tie("value")))
            .map((pair) => pair.join(":")),
          { maxLength: 4 },
        )
        .map((members) => `{${members.join(",")}}`),
    }),
  );
  const good = fc
    .tuple(fc.constantFrom("view", "pay", "new_type"), object)
    .map(([type, rest]) => {
      const wrapped = typeKey
        .slice(1)
        .reduceRight(
          (inner, key) => `{${JSON.stringify(key)}:${inner}}`,
          JSON.stringify(type),
        );
      return `{"x":${rest},${JSON.stringify(typeKey[0])}:${wrapped}}`;
    });
  const text = fc.oneof(
    { weight: 3, arbitrary: good },
    { weight: 4, arbitrary: around(object) },
    { weight: 1, arbitrary: around(value) },
    { weight: 1, arbitrary: blank },
    { weight: 1, arbitrary: object.map((line) => `\ufeff${line}`) },
  );
  const bytes = fc.constantFrom(
    ...[
      '"',
      "\\",
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      "1",
      "\v",
      "\ufeff",
      "\u00a0",
      "\r",
      "\x01",
      "\u2028",
    ].map((piece) => Buffer.from(piece)),
    ...[0x80, 0xff, 0xc3, 0xed, 0xf0].map((byte) => Buffer.from([byte])),
  );
  const damaged = fc
    .tuple(text, fc.nat(), fc.nat({ max: 3 }), bytes)
    .map(([line, at, cut, piece]) => {
      const whole = Buffer.from(line);
      const start = at % (whole.length + 1);
      return Buffer.concat([
        whole.subarray(0, start),
        piece,
        whole.subarray(start + cut),
      ]);
    });
  return fc.oneof(
    { weight: 3, arbitrary: text.map((line) => Buffer.from(line)) },
    { weight: 2, arbitrary: damaged },
  );
}
