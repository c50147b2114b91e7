/** A deterministic generator: the same seed gives the same lines. */
export type Random = (below: number) => number;

export function createRandom(seed: number): Random {
  let state = Math.imul(seed | 0, 0x9e3779b1) || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Lines stay below this. */
export const longestFuzzLine = 32_768;
/** Past this, a line gets nothing but short scalars. */
const wideLine = 3_000;

const bytesOf = (texts: readonly string[]): Uint8Array[] =>
  texts.map((text) => Uint8Array.from(Buffer.from(text)));

const spaces = bytesOf(["", "", "", "", "", " ", "\t", "  ", " \r", "\r"]);
const scalars = bytesOf(
  "0 -1 1.5 1e5 -0.0E+10 12e-3 true false null 123456789012345678901234567890 -0 0.1 7E7".split(
    " ",
  ),
);
const damagingBytes = Buffer.from(
  '"\\{}[],:\0\x1f\x7f\x800.-eu \t\r\f\xa0\xc3\xe2\xed\xf0\xff\x0b\x01!#/f',
  "latin1",
);
const damagingPieces = bytesOf([
  ...'" \\ { } [ ] , : 1 - . e E + t f n / \ufeff \u00a0 \u2028 \u0085'.split(
    " ",
  ),
  ..."null true 01 \\u00 \\u00g0 \\x '' /**/ ,, :: 1. .5 +1 1e+ NaN tru fals nul -".split(
    " ",
  ),
  " ",
  "\t",
  "\v",
  "\f",
  "\r",
  "\x01",
]);
const escapes = bytesOf([
  '\\"',
  "\\\\",
  "\\/",
  "\\b",
  "\\f",
  "\\n",
  "\\r",
  "\\t",
  "\\u0061",
  "\\uD83D\\uDE00",
  "\\ud800",
  "\\uFfFf",
]);
const texts = bytesOf([
  "a",
  "b",
  "z",
  "é",
  "한",
  "😀",
  "}",
  ",",
  ":",
  "[",
  " ",
]);

/** Writes one line, without its newline, to `block` at `at`; returns where it ends. */
export type WriteLine = (block: Buffer, at: number) => number;

/**
 * Random objects, and a few other values, full of namesakes, duplicates, escapes and odd white space; about 40 % of
 * them are then damaged.
 */
export function createFuzz(
  typeKey: readonly string[],
  random: Random,
): WriteLine {
  const pick = <T>(items: readonly T[]): T => items[random(items.length)]!;
  const ownKeys = typeKey.map((key) =>
    bytesOf([
      quote(key),
      quote(key),
      quote(key),
      quote(key),
      quote(key),
      spellEscaped(key, 0),
      spellEscaped(key, key.length - 1),
    ]),
  );
  const keys = bytesOf([
    ...typeKey.flatMap((key) => [
      quote(key),
      quote(key),
      quote(key),
      spellEscaped(key, key.length >> 1),
      quote(`${key} `),
      quote(key.slice(0, -1)),
      quote(key.slice(1)),
      quote(`x${key}`),
      quote(`${key.slice(0, -1)}\u007f`),
      quote(`"${key}"`),
      quote(`${key}\\`),
      quote(key.toUpperCase()),
      quote(`${key}\0`),
    ]),
    quote(typeKey.join(".")),
    ..."a b id 한글 __proto__ constructor".split(" ").map(quote),
    '""',
    '"a\\\\"',
  ]);
  const last = typeKey.at(-1) ?? "";
  const types = bytesOf(
    [
      ..."view pay a404 a.b-c_d toString constructor search_result_viewed".split(
        " ",
      ),
      "z".repeat(128),
      "12345678",
      "abcdefghi",
    ].map(quote),
  );
  const strings = bytesOf([
    ...[
      last,
      `"${last}":"x"`,
      `x,"${last}": "y`,
      "{[\\",
      "한글 로그",
      "a..b",
      ".a",
      "_a",
      "a b",
      "z".repeat(129),
      "}",
      "\\",
      '\\"',
      "\u2028",
      "😀",
      "\x7f",
      "",
    ].map(quote),
    '"\\ud55c"',
    '"\\u0061b"',
    '"a\\/b"',
    '"\\u003c"',
    '"\\ud800"',
    '"\\b\\f\\n\\r\\t"',
  ]);

  let block: Buffer = Buffer.alloc(0);
  let at = 0;
  let start = 0;
  const put = (token: Uint8Array): void => {
    for (let index = 0; index < token.length; index += 1) {
      block[at] = token[index]!;
      at += 1;
    }
  };
  const putByte = (byte: number): void => {
    block[at] = byte;
    at += 1;
  };
  const putSpace = (): void => {
    put(pick(spaces));
  };

  const putLongString = (): void => {
    putByte(quoteByte);
    const plain = random(140);
    for (let index = 0; index < plain; index += 1) putByte(0x61 + random(26));
    for (let count = random(8); count > 0; count -= 1) {
      put(random(2) === 0 ? pick(escapes) : pick(texts));
      for (let index = random(40); index > 0; index -= 1) putByte(0x78);
    }
    putByte(quoteByte);
  };
  const putNumber = (): void => {
    if (random(2) === 0) putByte(minus);
    if (random(4) === 0) putByte(zero);
    else {
      putByte(zero + 1 + random(9));
      for (let count = random(36); count > 0; count -= 1)
        putByte(zero + random(10));
    }
    if (random(2) === 0) {
      putByte(point);
      for (let count = random(20); count >= 0; count -= 1)
        putByte(zero + random(10));
    }
    if (random(3) === 0) {
      putByte(random(2) === 0 ? 0x65 : 0x45);
      if (random(3) > 0) putByte(random(2) === 0 ? minus : plus);
      for (let count = random(18); count >= 0; count -= 1)
        putByte(zero + random(10));
    }
  };
  const putDeep = (): void => {
    const depth = 55 + random(14);
    for (let level = 0; level < depth; level += 1) putByte(0x5b);
    for (let level = 0; level < depth; level += 1) putByte(0x5d);
  };
  const putValue = (depth: number): void => {
    if (at - start > wideLine) {
      put(pick(scalars));
      return;
    }
    switch (random(12)) {
      case 0:
      case 1:
        put(pick(types));
        break;
      case 2:
      case 3:
        put(pick(strings));
        break;
      case 4:
        if (random(3) === 0) putLongString();
        else put(pick(types));
        break;
      case 5:
        put(pick(scalars));
        break;
      case 6:
        putNumber();
        break;
      case 7:
      case 8:
      case 9:
        if (depth > 2) putByte(0x31);
        else putObject(depth + 1);
        break;
      default:
        if (depth > 2) putByte(0x31);
        else if (random(300) === 0) putDeep();
        else putArray(depth + 1);
    }
  };
  const putArray = (depth: number): void => {
    putByte(0x5b);
    putSpace();
    for (let count = random(4); count > 0; count -= 1) {
      putValue(depth);
      putSpace();
      if (count === 1) break;
      putByte(0x2c);
      putSpace();
    }
    putByte(0x5d);
  };
  const putObject = (depth: number): void => {
    putByte(0x7b);
    putSpace();
    for (let count = random(5); count > 0; count -= 1) {
      const own = random(3) === 0 ? ownKeys[depth] : undefined;
      put(pick(own ?? keys));
      putSpace();
      putByte(0x3a);
      putSpace();
      if (own === undefined) putValue(depth);
      else if (depth < typeKey.length - 1 && random(5) > 0)
        putObject(depth + 1);
      else if (random(2) === 0) put(pick(types));
      else putValue(depth);
      putSpace();
      if (count === 1) break;
      putByte(0x2c);
      putSpace();
    }
    putByte(0x7d);
  };

  const damage = (): void => {
    for (let times = 1 + random(2); times > 0 && at > start; times -= 1) {
      const place = start + random(at - start);
      switch (random(6)) {
        case 0:
          at = place;
          break;
        case 1:
          block[place] = damagingBytes[random(damagingBytes.length)]!;
          break;
        case 2: {
          const next = Math.min(at, place + 1 + random(3));
          block.copyWithin(place, next, at);
          at -= next - place;
          break;
        }
        case 3: {
          const piece = pick(damagingPieces);
          block.copyWithin(place + piece.length, place, at);
          block.set(piece, place);
          at += piece.length;
          break;
        }
        case 4:
          block.copyWithin(at, place, at);
          at += at - place;
          break;
        default: {
          const byte = block[place]! ^ (1 << random(8));
          block[place] = byte === lf ? 0x0b : byte;
        }
      }
    }
  };

  return (into, from) => {
    [block, at, start] = [into, from, from];
    const shape = random(40);
    if (random(500) === 0) put(byteOrderMark);
    putSpace();
    if (shape === 0) putValue(0);
    else if (shape > 1) putObject(0);
    putSpace();
    if (random(5) < 2) damage();
    if (random(8) === 0) putByte(0x0d);
    return at;
  };
}

const lf = 0x0a;
const quoteByte = 0x22;
const plus = 0x2b;
const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;
const byteOrderMark = Uint8Array.from(Buffer.from("\ufeff"));

function quote(text: string): string {
  return JSON.stringify(text);
}

function spellEscaped(text: string, at: number): string {
  const code = text.charCodeAt(at).toString(16).padStart(4, "0");
  const rest = (part: string) => JSON.stringify(part).slice(1, -1);
  return `"${rest(text.slice(0, at))}\\u${code}${rest(text.slice(at + 1))}"`;
}
