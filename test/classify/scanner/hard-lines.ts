/** Where a walker of 16 and 64 bytes a step may go wrong. */
const offsets = Array.from({ length: 131 }, (_, index) => index);
const edgeOffsets = [
  0, 1, 7, 14, 15, 16, 17, 31, 32, 47, 48, 61, 62, 63, 64, 65,
];
const anyByte = Array.from({ length: 256 }, (_, byte) => byte).filter(
  (byte) => byte !== 0x0a,
);
const escapes = ['\\"', "\\\\", "\\/", "\\b", "\\u0061", "\\uD83d\\uDe00"];

/** Lines on the edges of every rule. Without LF. */
export function* hardLines(typeKey: readonly string[]): Generator<Buffer> {
  for (const texts of [
    strings(typeKey),
    numbersAndLiterals(typeKey),
    structures(typeKey),
    typeNames(typeKey),
  ])
    for (const text of texts) yield Buffer.from(text, "latin1");
}

/** The path, its namesakes, duplicates and near misses. Without LF. */
export function* pathLines(typeKey: readonly string[]): Generator<Buffer> {
  for (const text of paths(typeKey)) yield Buffer.from(text, "latin1");
}

/** The path around a value, and other members behind it. As Latin-1 shows the bytes. */
function around(
  typeKey: readonly string[],
  value: string,
  ...members: readonly string[]
): string {
  const open = typeKey.map((key) => `{${quote(key)}:`).join("");
  const rest = members.map((member) => `,${member}`).join("");
  return `${open}${value}${"}".repeat(typeKey.length - 1)}${rest}}`;
}

function quote(text: string): string {
  return Buffer.from(JSON.stringify(text)).toString("latin1");
}

function* strings(typeKey: readonly string[]): Generator<string> {
  const member = (text: string) => around(typeKey, '"a"', `"s":"${text}"`);
  const key = (text: string) => around(typeKey, '"a"', `"${text}":1`);
  for (const offset of offsets) {
    const run = "x".repeat(offset);
    yield member(run);
    yield key(run);
    yield around(typeKey, `"${run}"`);
    yield around(typeKey, '"a"', `"s":"${run}`);
    yield member(`${run}\xed\x95\x9c`);
    for (const escape of escapes) {
      yield member(`${run}${escape}`);
      yield member(`${run}${escape}${run}${escape}y`);
      yield key(`${run}${escape}`);
      yield around(typeKey, '"a"', `"s":"${run}${escape}`);
      for (const gap of [0, 1, 2, 55, 57, 58, 59, 60, 61, 62, 63, 64])
        yield member(`${run}${escape}${"y".repeat(gap)}\\"z`);
    }
    for (let cut = 1; cut <= 6; cut += 1) {
      yield member(`${run}${"\\u0061".slice(0, cut)}`);
      yield around(typeKey, '"a"', `"s":"${run}${"\\u0061".slice(0, cut)}`);
    }
    for (const byte of "\0\x01\x08\t\x0b\r\x1e\x1f") yield member(run + byte);
  }
  for (const offset of edgeOffsets) {
    const run = "x".repeat(offset);
    for (const byte of anyByte) {
      const character = String.fromCharCode(byte);
      yield member(`${run}${character}yz`);
      yield member(`${run}\\${character}yz`);
      if (offset > 1) continue;
      for (let digit = 0; digit < 4; digit += 1)
        yield member(
          `${run}\\u${"0".repeat(digit)}${character}${"0".repeat(3 - digit)}`,
        );
    }
  }
}

function* numbersAndLiterals(typeKey: readonly string[]): Generator<string> {
  const values = [
    "0 -0 00 01 -01 -00 1 -1 - -- -a + +1 10 1. .5 -.5 0.5 0.50 1.e5 0.e5 -0.5",
    "1e5 1E5 1e+5 1E-5 1e 1e+ 1e- 1e+-5 1e5. 1e5.5 1.5e5 1.5e 1ee5 0e0 0E+00 1f5",
    "true false null tru fals nul truE falsE nulL True False Null truee falsee nulll",
    "rue alse ull t f n ture flase nlul NaN Infinity undefined 0x1 1_0 1a 1/2 1:2",
    `'a' a "a" "a"b {} [] {}{} [][] [1 {"a" {"a": 1,2 1;2 (1) 1} 1] ,1 1, :1`,
  ].flatMap((line) => line.split(" "));
  for (const value of values) {
    yield value;
    yield `[${value}]`;
    yield around(typeKey, value);
    yield around(typeKey, '"a"', `"n":${value}`);
    yield around(typeKey, '"a"', `"n": ${value} `, `"m":[${value},${value} ]`);
  }
  for (let pad = 0; pad < 34; pad += 1) {
    const space = " ".repeat(pad);
    for (let digits = 1; digits < 40; digits += 1) {
      const run = "1234567890".repeat(4).slice(0, digits);
      yield around(typeKey, '"a"', `"n":${space}${run}`);
      yield around(typeKey, '"a"', `"n":${space}-${run}.${run}e${run}`);
    }
    yield around(typeKey, '"a"', `"n":${space}0.1e5`, `"l":${space}true`);
  }
  for (const byte of anyByte) {
    const character = String.fromCharCode(byte);
    for (const run of [
      "1",
      "123456789012345",
      "1234567890123456",
      "1.5",
      "1e5",
    ])
      yield around(typeKey, '"a"', `"n":${run}${character}`);
    for (const literal of ["true", "false", "null"])
      for (let at = 0; at < literal.length; at += 1)
        yield around(
          typeKey,
          '"a"',
          `"l":${literal.slice(0, at)}${character}${literal.slice(at + 1)}`,
        );
  }
}

function* structures(typeKey: readonly string[]): Generator<string> {
  const whole = around(typeKey, '"a"', '"b":[1,{"c":[]},{}]', '"d":{"e":1}');
  for (const byte of anyByte) {
    const character = String.fromCharCode(byte);
    for (let at = 0; at <= whole.length; at += 1) {
      yield `${whole.slice(0, at)}${character}${whole.slice(at)}`;
      yield `${whole.slice(0, at)}${character}${whole.slice(at + 1)}`;
    }
    yield character;
    yield ` ${character}`;
    yield `${character} `;
    yield `{} ${character}`;
  }
  for (let at = 0; at < whole.length; at += 1) {
    yield whole.slice(0, at);
    yield whole.slice(at);
    yield whole.slice(0, at) + whole.slice(at + 1);
  }
  for (const blank of ["", " ", "\t", "\r", " \t\r \r", "\r\r", " ".repeat(99)])
    for (const line of ["", whole, "[1]", "1", '"a"', "{}", "[]", "x"]) {
      yield `${blank}${line}`;
      yield `${line}${blank}`;
      yield `${blank}${line}${blank}`;
    }
  yield* nested(typeKey);
}

function* nested(typeKey: readonly string[]): Generator<string> {
  for (const depth of [1, 2, 31, 32, 33, 60, 61, 62, 63, 64, 65, 66, 5000]) {
    const arrays = ["[".repeat(depth), "]".repeat(depth)] as const;
    const objects = ['{"a":'.repeat(depth), "}".repeat(depth)] as const;
    const mixed = [
      '[{"a":'.repeat(depth >> 1),
      "}]".repeat(depth >> 1),
    ] as const;
    for (const [open, close] of [arrays, objects, mixed]) {
      yield `${open}1${close}`;
      yield around(typeKey, '"a"', `"d":${open}1${close}`, '"e":2');
      yield around(typeKey, `${open}1${close}`);
      yield around(typeKey, '"a"', `"d":${open}1${close.slice(1)}`);
      yield around(typeKey, '"a"', `"d":${open}1${close}${close.slice(0, 1)}`);
      for (const at of [0, 1, 2, depth >> 1, depth - 1]) {
        const other = close[at] === "]" ? "}" : "]";
        yield around(
          typeKey,
          '"a"',
          `"d":${open}1${close.slice(0, at)}${other}${close.slice(at + 1)}`,
        );
      }
    }
  }
}

function* paths(typeKey: readonly string[]): Generator<string> {
  const others = ["1", "null", "{}", "[]", '"b"', '["b"]', '{"a":"b"}'];
  const member = (key: string, value: string) => `${quote(key)}:${value}`;
  const inside = (keys: readonly string[], value: string): string =>
    keys.reduceRight((inner, key) => `{${member(key, inner)}}`, value);
  for (let level = 0; level < typeKey.length; level += 1) {
    const above = typeKey.slice(0, level);
    const key = typeKey[level] ?? "";
    const below = inside(typeKey.slice(level + 1), '"a"');
    const put = (...members: readonly string[]) =>
      inside(above, `{${members.join(",")}}`);
    for (const other of [...others, below, inside(typeKey, '"b"')]) {
      yield put(member(key, other));
      yield put(member(key, other), member(key, below));
      yield put(member(key, below), member(key, other));
      yield put(member("x", other), member(key, below), member("y", other));
      yield put(member(key, below), member("y", `[${other},${other}]`));
      yield put(member(key, `[${below}]`), member("x", inside([key], below)));
      yield put(`"x":{${member(key, below)}}`, member(key, other));
      yield put(member(key, below), `"x":[{${member(key, other)}}]`);
    }
    for (const near of nearKeys(key)) {
      yield put(member(near, below));
      yield put(
        member(near, below),
        member(key, inside(typeKey.slice(level + 1), '"b"')),
      );
      yield put(member(key, below), member(near, '"b"'));
    }
    for (const spelled of escapedSpellings(key)) {
      yield put(`${spelled}:${below}`);
      yield put(member(key, below), `${spelled}:1`);
      yield put(`"x":{${spelled}:1}`, member(key, below));
      yield put(`"x":[{${spelled}:1}]`, member(key, below));
    }
  }
  yield inside(typeKey, '"\\u0061"');
  yield inside(typeKey, '"a\\/b"');
  yield around(typeKey, '"\\u0061"', `${quote(typeKey[0] ?? "")}:1`);
  yield `{${member(typeKey.join("."), '"a"')}}`;
  for (const wrong of [
    [...typeKey].reverse(),
    typeKey.slice(1),
    [...typeKey, "x"],
  ])
    if (wrong.join("\0") !== typeKey.join("\0")) yield inside(wrong, '"a"');
}

function nearKeys(key: string): string[] {
  const characters = Array.from(key);
  const changed = characters.flatMap((_, at) =>
    ["x", "\u007f", "é"].map((other) =>
      characters.map((same, index) => (index === at ? other : same)).join(""),
    ),
  );
  return [
    ...changed,
    ...characters.map((_, at) => characters.slice(0, at).join("")),
    ...characters.map((_, at) => characters.slice(at + 1).join("")),
    ...["", "x", " ", "xxxxxxxx", "123456789abcdef0"].map((more) => key + more),
    `x${key}`,
    key.toUpperCase(),
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "toString",
  ].filter((near) => near !== key);
}

function escapedSpellings(key: string): string[] {
  return [0, key.length >> 1, key.length - 1].map((at) => {
    const code = key.charCodeAt(at).toString(16).padStart(4, "0");
    const rest = (part: string) => quote(part).slice(1, -1);
    return `"${rest(key.slice(0, at))}\\u${code}${rest(key.slice(at + 1))}"`;
  });
}

/** Names that a type may have or not have, and some that differ in one byte only. */
function* typeNames(typeKey: readonly string[]): Generator<string> {
  const put = (name: string) => around(typeKey, `"${name}"`);
  for (const byte of anyByte) {
    const character = String.fromCharCode(byte);
    for (const name of [
      character,
      `${character}a`,
      `a${character}`,
      `a${character}b`,
      `abcdefgh${character}`,
    ])
      yield put(name);
  }
  for (let length = 1; length <= 131; length += 1) {
    yield put("n".repeat(length));
    yield put(`${"n".repeat(length - 1)}o`);
    if (length > 128) continue;
    const place = length - 1;
    yield put(`${"m".repeat(place)}_${"m".repeat(127 - place)}`);
    yield put(`${"p".repeat(place)}..`);
    yield put(`${"q".repeat(place)}.q.`);
  }
}
