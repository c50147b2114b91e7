import { isUtf8 } from "node:buffer";
import type { RefusedLine } from "./splitter.js";

/** A longer text could, with its escapes, outgrow the longest string that Node holds. */
const maxTextBytes = 16 * 1024 * 1024;

/** One line of a set-aside file: the bytes as `text`, or as `base64` where they are not UTF-8 or more than 16 MiB. `source`: the object's key. */
export function formatSetAside(source: string, line: RefusedLine): Buffer {
  const whole = Buffer.from(
    line.bytes.buffer,
    line.bytes.byteOffset,
    line.bytes.length,
  );
  const bytes = line.reason === "too_long" ? withoutCutCharacter(whole) : whole;
  const isText = bytes.length <= maxTextBytes && isUtf8(bytes);
  const record = {
    reason: line.reason,
    source,
    line: line.line,
    offset: line.offset,
    length: line.lengthBytes,
    ...(isText
      ? { text: bytes.toString() }
      : { base64: bytes.toString("base64") }),
  };
  return Buffer.from(`${JSON.stringify(record)}\n`);
}

/** Cutting at a byte may leave up to three bytes of a character at the end. */
function withoutCutCharacter(head: Buffer): Buffer {
  for (let cut = 0; cut <= 3; cut += 1) {
    const shorter = head.subarray(0, head.length - cut);
    if (isUtf8(shorter)) return shorter;
  }
  return head;
}
