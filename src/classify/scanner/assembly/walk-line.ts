import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  LF,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  SPACE,
  skipSpace,
} from "./bytes";
import { isKey, keyCount } from "./key-path";
import { endOfNumber } from "./numbers";
import { JsonString } from "./json-string";
import { internType } from "./type-table";
import { BLANK, NO_TYPE, NOT_JSON, NOT_OBJECT, SLOW } from "./verdicts";

/** One bit of a word a level. */
const maxDepth: u32 = 63;

/** Where the line's LF is, when walkLine returns anything but NOT_JSON or SLOW. */
export let lineFeed: usize = 0;

const TRUE: u32 = 0x65757274;
const NULL: u32 = 0x6c6c756e;
/** Of `false`, less its first letter. */
const ALSE: u32 = 0x65736c61;

/** Walks the line at `at`, which an LF ends, by the grammar of JSON. */
export function walkLine(at: usize): u32 {
  at = skipSpace(at);
  if (load<u8>(at) == LF) {
    lineFeed = at;
    return BLANK;
  }
  const isTopObject = load<u8>(at) == OPEN_OBJECT;

  /** Open objects and arrays. */
  let depth: u32 = 0;
  /** A bit for each of them, the innermost lowest: 1 an object, 0 an array. */
  let kinds: u64 = 0;
  /** How many of the open ones, from the outermost on, lie on the key path. */
  let onPath: u32 = 0;
  /** The value that comes next belongs to a key of the path. */
  let isPathValue = true;
  /** First byte of the string at the path's end, behind its quote; 0: none. */
  let type: usize = 0;
  let typeLength: u32 = 0;
  let needsHost = false;
  const keys = keyCount();

  while (true) {
    // State KEY: a member begins.
    if (kinds & 1) {
      let byte = load<u8>(at);
      if (byte <= SPACE) {
        at = skipSpace(at);
        byte = load<u8>(at);
      }
      if (byte != QUOTE) return NOT_JSON;
      const key = at + 1;
      const end = JsonString.end(key);
      if (end == 0) return NOT_JSON;
      at = end + 1;
      if (depth == onPath) {
        if (JsonString.sawEscape) {
          needsHost = true;
        } else if (isKey(depth - 1, key, <u32>(end - key))) {
          isPathValue = true;
          type = 0;
        }
      }
      // State COLON.
      if (load<u8>(at) != COLON) {
        at = skipSpace(at);
        if (load<u8>(at) != COLON) return NOT_JSON;
      }
      at += 1;
    }

    // State VALUE.
    let byte = load<u8>(at);
    if (byte <= SPACE) {
      at = skipSpace(at);
      byte = load<u8>(at);
    }
    if (byte == QUOTE) {
      const start = at + 1;
      const end = JsonString.end(start);
      if (end == 0) return NOT_JSON;
      at = end + 1;
      if (isPathValue) {
        isPathValue = false;
        if (depth == keys) {
          type = start;
          typeLength = <u32>(end - start);
        }
      }
    } else if (byte == OPEN_OBJECT) {
      depth += 1;
      if (depth > maxDepth) return SLOW;
      kinds = (kinds << 1) | 1;
      if (isPathValue) {
        isPathValue = false;
        if (depth <= keys) onPath = depth;
      }
      at += 1;
      byte = load<u8>(at);
      if (byte <= SPACE) {
        at = skipSpace(at);
        byte = load<u8>(at);
      }
      if (byte != CLOSE_OBJECT) continue;
    } else if (byte == OPEN_ARRAY) {
      isPathValue = false;
      depth += 1;
      if (depth > maxDepth) return SLOW;
      kinds <<= 1;
      at += 1;
      byte = load<u8>(at);
      if (byte <= SPACE) {
        at = skipSpace(at);
        byte = load<u8>(at);
      }
      if (byte != CLOSE_ARRAY) continue;
    } else {
      isPathValue = false;
      if (byte == 0x74) {
        if (load<u32>(at) != TRUE) return NOT_JSON;
        at += 4;
      } else if (byte == 0x66) {
        if (load<u32>(at + 1) != ALSE) return NOT_JSON;
        at += 5;
      } else if (byte == 0x6e) {
        if (load<u32>(at) != NULL) return NOT_JSON;
        at += 4;
      } else {
        at = endOfNumber(at);
        if (at == 0) return NOT_JSON;
      }
    }

    // State AFTER_VALUE: a comma, or the ends of what is open.
    while (true) {
      byte = load<u8>(at);
      if (byte <= SPACE) {
        at = skipSpace(at);
        byte = load<u8>(at);
      }
      if (depth == 0) {
        if (byte != LF) return NOT_JSON;
        lineFeed = at;
        if (!isTopObject) return NOT_OBJECT;
        if (needsHost) return SLOW;
        return type == 0 ? NO_TYPE : internType(type, typeLength);
      }
      at += 1;
      if (byte == COMMA) break;
      if (byte != (kinds & 1 ? CLOSE_OBJECT : CLOSE_ARRAY)) return NOT_JSON;
      if (depth == onPath) onPath -= 1;
      depth -= 1;
      kinds >>= 1;
    }
  }
}
