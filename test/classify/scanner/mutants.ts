/** A bug to plant into the scanner's sources. */
export interface Mutant {
  readonly name: string;
  /** In src/classify/scanner/assembly. */
  readonly file: string;
  /** Must occur once. */
  readonly find: string;
  readonly replace: string;
}

function plant(
  file: string,
  ...bugs: readonly (readonly [name: string, find: string, replace: string])[]
): Mutant[] {
  return bugs.map(([name, find, replace]) => ({ name, file, find, replace }));
}

/** One bug a rule. */
export const mutants: readonly Mutant[] = [
  ...plant(
    "bytes.ts",
    ["a CR is no white space", " || byte == CR;", ";"],
    ["a tab is no white space", " || byte == TAB", ""],
    ["a space is no white space", "byte == SPACE || ", ""],
    [
      "a vertical tab is white space",
      "byte == TAB ||",
      "byte == TAB || byte == 0x0b ||",
    ],
    ["a colon is a digit", "(byte - ZERO) < 10", "(byte - ZERO) < 11"],
    ["9 is no digit", "(byte - ZERO) < 10", "(byte - ZERO) < 9"],
    ["g is a hex digit", "- 0x61) < 6", "- 0x61) < 7"],
    ["f is no hex digit", "- 0x61) < 6", "- 0x61) < 5"],
    [
      "upper-case hex digits are none",
      "<u8>((byte | lowerCase) - 0x61) < 6",
      "<u8>(byte - 0x61) < 6",
    ],
    ["E is no exponent", "(byte | lowerCase) == 0x65", "byte == 0x65"],
  ),
  ...plant(
    "numbers.ts",
    [
      "a number may lack digits",
      "if (!isDigit(first)) return 0;\n  at += 1;",
      "if (isDigit(first)) at += 1;",
    ],
    [
      "a minus may come twice",
      "if (load<u8>(at) == MINUS) at += 1;",
      "while (load<u8>(at) == MINUS) at += 1;",
    ],
    [
      "a plus may come first",
      "if (load<u8>(at) == MINUS) at += 1;",
      "if (load<u8>(at) == MINUS || load<u8>(at) == PLUS) at += 1;",
    ],
    [
      "a number begins with no minus",
      "if (load<u8>(at) == MINUS) at += 1;",
      "",
    ],
    ["leading zeros are fine", "if (first != ZERO) at", "at"],
    [
      "digits may lack behind a point",
      "at += 1;\n    if (!isDigit(load<u8>(at))) return 0;\n    at = skipDigits(at + 1);\n  }\n  if",
      "at = skipDigits(at + 1);\n  }\n  if",
    ],
    [
      "an exponent has no sign",
      "if (sign == PLUS || sign == MINUS) at += 1;",
      "",
    ],
    ["an exponent has no plus", "sign == PLUS || ", ""],
    ["an exponent has no minus", " || sign == MINUS", ""],
    [
      "an exponent may lack digits",
      "at += 1;\n    if (!isDigit(load<u8>(at))) return 0;\n    at = skipDigits(at + 1);\n  }\n  return",
      "at = skipDigits(at);\n  }\n  return",
    ],
    ["a run of digits may hold a colon", "i8x16.splat(9)", "i8x16.splat(10)"],
    ["long runs of digits step too far", "at += 16;", "at += 17;"],
  ),
  ...plant(
    "json-string.ts",
    [
      "0x00 may be in a string",
      "i8x16.le_u(flipped, i8x16.splat(0x20))",
      "v128.andnot(i8x16.le_u(flipped, i8x16.splat(0x20)), i8x16.eq(bytes, i8x16.splat(0)))",
    ],
    [
      "a tab may be in a string",
      "i8x16.le_u(flipped, i8x16.splat(0x20))",
      "v128.andnot(i8x16.le_u(flipped, i8x16.splat(0x20)), i8x16.eq(bytes, i8x16.splat(9)))",
    ],
    [
      "0x1f may be in a string",
      "i8x16.le_u(flipped, i8x16.splat(0x20))",
      "v128.andnot(i8x16.le_u(flipped, i8x16.splat(0x20)), i8x16.eq(bytes, i8x16.splat(0x1f)))",
    ],
    [
      "0x7f may not be in a string",
      "i8x16.le_u(flipped, i8x16.splat(0x20))",
      "v128.or(i8x16.le_u(flipped, i8x16.splat(0x20)), i8x16.eq(bytes, i8x16.splat(0x7f)))",
    ],
    ["bytes are signed in strings", "i8x16.le_u(flipped", "i8x16.le_s(flipped"],
    [
      "a backslash is plain",
      "i8x16.eq(bytes, i8x16.splat(BACKSLASH))",
      "i8x16.eq(bytes, i8x16.splat(QUOTE))",
    ],
    [
      "the second 16 bytes of a step are not seen",
      "JsonString.runEnds(at + 16)",
      "JsonString.runEnds(at)",
    ],
    [
      "the third 16 bytes of a step are not seen",
      "JsonString.runEnds(at + 32)",
      "JsonString.runEnds(at + 16)",
    ],
    [
      "the last 16 bytes of a step are not seen",
      "JsonString.runEnds(at + 48)",
      "JsonString.runEnds(at + 32)",
    ],
    ["the halves of a step overlap", "(<u64>high) << 32", "(<u64>high) << 31"],
    [
      "an escape is not noticed",
      "JsonString.sawEscape = true;",
      "JsonString.sawEscape = false;",
    ],
    [
      "a short string keeps the escape of the one before",
      "        JsonString.sawEscape = false;\n        return end;",
      "        return end;",
    ],
    [
      "a long string keeps the escape of the one before",
      "  JsonString.sawEscape = false;\n  while",
      "  while",
    ],
    ["a control byte escapes", "      if (byte != BACKSLASH) return 0;\n", ""],
    ["a step ends before its last escape", "step = next;", "step = 64;"],
    ["an escape to the end of a step stays", "next >= 64", "next > 64"],
    ["\\u has three digits to check", "digit <= 5", "digit <= 4"],
    ["\\u has one digit less to check", "digit: usize = 2", "digit: usize = 3"],
    ["\\u is no escape", "store<u8>(escapeLengths, 6, 0x75);", ""],
    ['\\" is no escape', "  QUOTE,\n", ""],
    ["\\\\ is no escape", "  BACKSLASH,\n", ""],
    ["\\/ is no escape", "  SLASH,\n", ""],
    ["\\b is no escape", "  0x62, // b\n", ""],
    ["\\f is no escape", "  0x66, // f\n", ""],
    ["\\n is no escape", "  0x6e, // n\n", ""],
    ["\\r is no escape", "  0x72, // r\n", ""],
    ["\\t is no escape", "  0x74, // t\n", ""],
    ["\\v is an escape", "  0x74, // t\n", "  0x74, 0x76,\n"],
  ),
  ...plant(
    "key-path.ts",
    [
      "a key's length does not count",
      "load<u32>(KEY_LENGTHS + (key << 2)) == length &&",
      "",
    ],
    ["a key of 8 bytes is any", "length >= 8 ?", "length > 8 ?"],
    [
      "a short key's last byte does not count",
      "(length << 3)) - 1",
      "((length - 1) << 3)) - 1",
    ],
    ["a long key's end does not count", "length <= 8 ||", "length <= 32 ||"],
    [
      "all keys are the first one",
      "load<u64>(heads + (key << 3)) &&",
      "load<u64>(heads) &&",
    ],
  ),
  ...plant(
    "walk-line.ts",
    ["a blank line is no JSON", "return BLANK;", "return NOT_JSON;"],
    [
      "any value at the top is an object",
      "if (!isTopObject) return NOT_OBJECT;",
      "",
    ],
    ["a key needs no quote", "      if (byte != QUOTE) return NOT_JSON;\n", ""],
    [
      "keys are looked for at any depth",
      "if (depth == onPath) {",
      "if (depth >= onPath) {",
    ],
    [
      "an escaped key is another key",
      "if (JsonString.sawEscape) {\n          needsHost = true;",
      "if (JsonString.sawEscape) {",
    ],
    ["a repeated key leaves the type", "          type = 0;\n", ""],
    [
      "a colon may lack",
      "        if (load<u8>(at) != COLON) return NOT_JSON;\n",
      "",
    ],
    [
      "no space before a colon",
      "        at = skipSpace(at);\n        if (load<u8>(at) != COLON)",
      "        if (load<u8>(at) != COLON)",
    ],
    ["a type lies anywhere on the path", "if (depth == keys) {", "if (true) {"],
    [
      "a string leaves the path open",
      "        isPathValue = false;\n        if (depth == keys)",
      "        if (depth == keys)",
    ],
    [
      "an object leaves the path open",
      "        isPathValue = false;\n        if (depth <= keys)",
      "        if (depth <= keys)",
    ],
    [
      "an array leaves the path open",
      "      isPathValue = false;\n      depth += 1;",
      "      depth += 1;",
    ],
    [
      "a scalar leaves the path open",
      "      isPathValue = false;\n      if (byte == 0x74)",
      "      if (byte == 0x74)",
    ],
    [
      "the path goes on past its last key",
      "if (depth <= keys) onPath",
      "onPath",
    ],
    ["63 levels are too deep", "maxDepth: u32 = 63", "maxDepth: u32 = 62"],
    ["65 levels are walked", "maxDepth: u32 = 63", "maxDepth: u32 = 65"],
    ["an object is an array", "kinds = (kinds << 1) | 1;", "kinds <<= 1;"],
    [
      "an array is an object",
      "      kinds <<= 1;\n",
      "      kinds = (kinds << 1) | 1;\n",
    ],
    ["no object is empty", "if (byte != CLOSE_OBJECT) continue;", "continue;"],
    ["no array is empty", "if (byte != CLOSE_ARRAY) continue;", "continue;"],
    [
      "truX is true",
      "load<u32>(at) != TRUE",
      "(load<u32>(at) & 0xffffff) != (TRUE & 0xffffff)",
    ],
    [
      "falsX is false",
      "load<u32>(at + 1) != ALSE",
      "(load<u32>(at + 1) & 0xffffff) != (ALSE & 0xffffff)",
    ],
    [
      "nXll is null",
      "load<u32>(at) != NULL",
      "(load<u32>(at) & 0xffff00ff) != (NULL & 0xffff00ff)",
    ],
    ["false is as long as true", "at += 5;", "at += 4;"],
    [
      "a number need not be one",
      "        if (at == 0) return NOT_JSON;",
      "        if (at == 0) at = lineFeed;",
    ],
    [
      "what follows the value does not count",
      "        if (byte != LF) return NOT_JSON;\n",
      "        while (load<u8>(at) != LF) at += 1;\n",
    ],
    ["the host is never asked", "        if (needsHost) return SLOW;\n", ""],
    [
      "an object without a type has one",
      "type == 0 ? NO_TYPE : internType(type, typeLength)",
      "internType(type, typeLength)",
    ],
    [
      "a colon is a comma",
      "if (byte == COMMA) break;",
      "if (byte == COMMA || byte == COLON) break;",
    ],
    [
      "brackets close braces",
      "byte != (kinds & 1 ? CLOSE_OBJECT : CLOSE_ARRAY)",
      "byte != CLOSE_OBJECT && byte != CLOSE_ARRAY",
    ],
    [
      "the path stays open behind its object",
      "      if (depth == onPath) onPath -= 1;\n",
      "",
    ],
    ["what is closed stays open", "      kinds >>= 1;\n", ""],
  ),
  ...plant(
    "type-table.ts",
    [
      "128 bytes are too long a name",
      "length > NAME_BYTES",
      "length >= NAME_BYTES",
    ],
    [
      "a name may be of any length",
      "  if (length > NAME_BYTES) return SLOW;\n",
      "",
    ],
    [
      "a name is one that it begins",
      "      load<u32>(NAME_LENGTHS + (id << 2)) == length &&\n",
      "",
    ],
    [
      "names of one hash are one",
      "      isSameName(NAMES + (id << 7), at, length)\n",
      "      true\n",
    ],
    [
      "a name's head does not count",
      "    if (load<u64>(one + done) != load<u64>(other + done)) return false;\n",
      "",
    ],
    [
      "a name's tail does not count",
      "      loadPartly(other + done, length - done)\n  );",
      "      loadPartly(one + done, length - done)\n  );",
    ],
    ["the table has no end", "nextId == MAX_TYPES || ", ""],
    [
      "the table ends too early",
      "nextId == MAX_TYPES",
      "nextId == MAX_TYPES - 1",
    ],
    [
      "a name begins with anything",
      "length == 0 || !isAlphanumeric(load<u8>(at))",
      "length == 0",
    ],
    [
      "a name may hold ..",
      "    if (byte == 0x2e && load<u8>(at + index - 1) == 0x2e) return false;\n",
      "",
    ],
    ["a name has no dot", " && byte != 0x2e &&", " &&"],
    ["a name has no underscore", " && byte != 0x5f", ""],
    ["a name has no hyphen", " && byte != 0x2d", ""],
    [
      "a name may hold anything",
      "!isAlphanumeric(byte) && byte != 0x2e",
      "false && byte != 0x2e",
    ],
    ["a colon is alphanumeric", "- 0x30) < 10", "- 0x30) < 11"],
    ["a bracket is alphanumeric", "- 0x61) < 26", "- 0x61) < 27"],
    ["z is not alphanumeric", "- 0x61) < 26", "- 0x61) < 25"],
  ),
  ...plant(
    "index.ts",
    ["a call takes one line too many", "line < MAX_LINES", "line <= MAX_LINES"],
    [
      "a line for the host ends where another did",
      "verdict == NOT_JSON || verdict == SLOW",
      "verdict == NOT_JSON",
    ],
    [
      "a line that is no JSON ends where another did",
      "verdict == NOT_JSON || verdict == SLOW",
      "verdict == SLOW",
    ],
    [
      "lines without a type are not all counted",
      "if (verdict < FIRST_TYPE) otherLines",
      "if (verdict < FIRST_TYPE - 1) otherLines",
    ],
    [
      "lines without a type are counted on",
      "  otherLines = 0;\n  while",
      "  while",
    ],
    ["the search for a line's end steps too far", "at += 16;", "at += 17;"],
    [
      "the first type's lines are dropped",
      "type >= FIRST_TYPE &&",
      "type > FIRST_TYPE &&",
    ],
    [
      "collecting goes on from the first line",
      "first == 0 ? start :",
      "first < lines ? start :",
    ],
  ),
  ...plant(
    "type-buffers.ts",
    [
      "a CR stays",
      "load<u8>(end - 2) == CR ? 1 : 0",
      "load<u8>(end - 2) == CR ? 0 : 0",
    ],
    [
      "a line ends by its CR",
      "  if (cut) store<u8>(to + length - 2, LF);\n",
      "",
    ],
    [
      "a line counts twice",
      "load<u32>(BUFFERED_LINES + index) + 1",
      "load<u32>(BUFFERED_LINES + index) + 2",
    ],
    [
      "a small buffer takes one byte too many",
      "needed > load<u32>(capacities + index) &&",
      "needed > load<u32>(capacities + index) + 1 &&",
    ],
    [
      "a small buffer takes one byte less",
      "needed <= SMALL_BUFFER_BYTES",
      "needed < SMALL_BUFFER_BYTES",
    ],
    ["large buffers have no end", "needed > LARGE_BUFFER_BYTES ||", ""],
    ["there is always a large buffer", " || largeLeft == 0", ""],
    ["large buffers are not counted", "  largeLeft -= 1;\n", ""],
    [
      "a large buffer begins empty",
      "  memory.copy(nextLarge, load<u32>(BUFFERS + index), used);\n",
      "",
    ],
    ["large buffers are one", "  nextLarge += LARGE_BUFFER_BYTES;\n", ""],
    [
      "small buffers overlap",
      "<u32>smallBuffers + type * SMALL_BUFFER_BYTES",
      "<u32>smallBuffers + type * (SMALL_BUFFER_BYTES - 1)",
    ],
    [
      "an emptied buffer keeps its bytes",
      "  store<u32>(BUFFERED_BYTES + (type << 2), 0);\n",
      "",
    ],
    [
      "an emptied buffer keeps its count",
      "  store<u32>(BUFFERED_LINES + (type << 2), 0);\n",
      "",
    ],
  ),
];
