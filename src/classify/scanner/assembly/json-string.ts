import { BACKSLASH, QUOTE, SLASH, isHexDigit } from "./bytes";

/** Walks strings. A class, since only a member may carry `@inline` in TypeScript's grammar. */
export abstract class JsonString {
  /** Whether the string that was walked last holds an escape. */
  static sawEscape: bool = false;

  /** Where the quote is that closes the string whose first byte is at `at`; 0 where the string is no JSON. */
  @inline
  static end(at: usize): usize {
    const ends = JsonString.runEnds(at);
    if (ends != 0) {
      const end = at + ctz(ends);
      if (load<u8>(end) == QUOTE) {
        JsonString.sawEscape = false;
        return end;
      }
    }
    return endOfAnyString(at);
  }

  /**
   * One bit a byte of the sixteen at `at`: set where a run of plain string bytes ends, which is at a quote, a backslash
   * or a control byte (below 0x20, LF among them). Flipping bit 1 brings the quote (0x22) to 0x20, right above the
   * control bytes, and keeps those below it; so one comparison finds both.
   */
  @inline
  static runEnds(at: usize): u32 {
    const bytes = v128.load(at);
    const flipped = v128.xor(bytes, i8x16.splat(0x02));
    return i8x16.bitmask(
      v128.or(
        i8x16.le_u(flipped, i8x16.splat(0x20)),
        i8x16.eq(bytes, i8x16.splat(BACKSLASH)),
      ),
    );
  }

  @inline
  static runEnds64(at: usize): u64 {
    const low = JsonString.runEnds(at) | (JsonString.runEnds(at + 16) << 16);
    const high =
      JsonString.runEnds(at + 32) | (JsonString.runEnds(at + 48) << 16);
    return (<u64>low) | ((<u64>high) << 32);
  }
}

/** Longer than a run, or with escapes, or no string: 64 bytes a step, so that most strings take one, and no branch on their length. */
function endOfAnyString(at: usize): usize {
  JsonString.sawEscape = false;
  while (true) {
    let ends = JsonString.runEnds64(at);
    let step: u32 = 64;
    while (ends != 0) {
      const offset = <u32>ctz(ends);
      const byte = load<u8>(at + offset);
      if (byte == QUOTE) return at + offset;
      if (byte != BACKSLASH) return 0;
      JsonString.sawEscape = true;
      const length = escapeLength(at + offset);
      if (length == 0) return 0;
      const next = offset + length;
      if (next >= 64) {
        step = next;
        ends = 0;
      } else {
        ends &= (<u64>-1) << next;
      }
    }
    at += step;
  }
}

/** Bytes of the escape whose backslash is at `at`; 0 where it is no JSON. */
function escapeLength(at: usize): u32 {
  const length = load<u8>(escapeLengths + load<u8>(at, 1));
  if (length != 6) return length;
  for (let digit: usize = 2; digit <= 5; digit += 1) {
    if (!isHexDigit(load<u8>(at + digit))) return 0;
  }
  return 6;
}

/** By the byte behind a backslash: bytes of the escape, 0 where there is no such. */
const escapeLengths = memory.data(256, 16);
const shortEscapes: StaticArray<u8> = [
  QUOTE,
  BACKSLASH,
  SLASH,
  0x62, // b
  0x66, // f
  0x6e, // n
  0x72, // r
  0x74, // t
];
for (let index = 0; index < shortEscapes.length; index += 1) {
  store<u8>(escapeLengths + shortEscapes[index], 2);
}
store<u8>(escapeLengths, 6, 0x75); // u and four hex digits
