/** Every string of up to `length` tokens (one less from the alphabets of nine), in places of a line where it may be anything. */
export function* tokenLines(
  typeKey: readonly string[],
  length: number,
): Generator<Buffer> {
  const open = typeKey.map((key) => `{${JSON.stringify(key)}:`).join("");
  const close = "}".repeat(typeKey.length);
  const places: readonly (readonly [string, string, string])[] = [
    ["01-+.eE", `${open}"a","n":`, close],
    ['{}[]",:1', `${open}"a","x":`, ""],
    ['{}[]",:\\', `${open}"a`, ""],
    ['\\u0/a"\x1f\x80', `${open}"a","s":"`, `"${close}`],
    ["truefalsn", `${open}"a","l":`, close],
    ['{}[],"1 \r', "", ""],
  ];
  for (const [alphabet, before, after] of places) {
    const tokens = Buffer.from(alphabet, "latin1");
    const head = Buffer.from(before);
    const tail = Buffer.from(after);
    const longest = tokens.length > 8 ? length - 1 : length;
    for (let size = 1; size <= longest; size += 1) {
      const line = Buffer.concat([head, Buffer.alloc(size), tail]);
      for (let index = 0; index < tokens.length ** size; index += 1) {
        let rest = index;
        for (let at = 0; at < size; at += 1) {
          line[head.length + at] = tokens[rest % tokens.length]!;
          rest = Math.floor(rest / tokens.length);
        }
        yield line;
      }
    }
  }
}

const edges = [
  0x00, 0x22, 0x5c, 0x61, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbb, 0xbf, 0xc0,
  0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4,
  0xf5, 0xff,
];

/** Every sequence of one and two bytes, and those of three and four from edge bytes, in a value and, where `places` is 3, in a key and in the type. */
export function* byteLines(
  typeKey: readonly string[],
  places: 1 | 3,
): Generator<Buffer> {
  const open = typeKey.map((key) => `{${JSON.stringify(key)}:`).join("");
  const close = "}".repeat(typeKey.length);
  const around = [
    [`${open}"a","s":"`, `"${close}`],
    [`${open}"a","`, `":1${close}`],
    [`${open}"`, `"${close}`],
  ]
    .slice(0, places)
    .map((pieces) => pieces.map((piece) => Buffer.from(piece)));
  function* place(...bytes: number[]): Generator<Buffer> {
    if (bytes.includes(0x0a)) return;
    for (const [before, after] of around)
      yield Buffer.concat([before!, Buffer.from(bytes), after!]);
  }
  for (let a = 0; a < 256; a += 1) {
    yield* place(a);
    for (let b = 0; b < 256; b += 1) yield* place(a, b);
  }
  for (const a of edges) {
    for (const b of edges) {
      for (const c of edges) {
        yield* place(a, b, c);
        if (a >= 0xf0) for (const d of edges) yield* place(a, b, c, d);
      }
    }
  }
  const strange = "\ufeff \u00a0 \u2028 \u0085 \v \f \0 \u3000 \u180e";
  for (const character of strange.split(" ")) {
    for (const line of [
      `${character}${open}"a"${close}`,
      `${open}"a"${close}${character}`,
      `${open}${character}"a"${close}`,
      `${open}"a${character}"${close}`,
      `${open.replace("{", `{${character}`)}"a"${close}`,
      character,
    ])
      yield Buffer.from(line);
  }
}
