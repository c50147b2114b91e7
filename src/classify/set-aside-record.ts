import { isUtf8 } from "node:buffer";
import type { RefusedLine } from "./splitter.js";

/** A text is made whole, and with its escapes may take several times its length. */
const maxTextBytes = 1024 ** 2;

/** Bytes whose base64 is made at once; of three bytes each, so that the pieces fit together. */
const base64PieceBytes = 3 * 64 * 1024;

/**
 * One line of a set-aside file, in pieces: the bytes as `text`, or as `base64` where they are not UTF-8 or more than 1 MiB.
 * @param source The object's key.
 */
export function* formatSetAside(
  source: string,
  line: RefusedLine,
): Generator<Uint8Array> {
  const whole = Buffer.from(
    line.bytes.buffer,
    line.bytes.byteOffset,
    line.bytes.length,
  );
  const bytes = line.reason === "too_long" ? withoutCutCharacter(whole) : whole;
  const record = {
    reason: line.reason,
    source,
    line: line.line,
    offset: line.offset,
    length: line.lengthBytes,
  };
  if (bytes.length <= maxTextBytes && isUtf8(bytes)) {
    const text = JSON.stringify({ ...record, text: bytes.toString() });
    yield Buffer.from(`${text}\n`);
    return;
  }
  yield Buffer.from(`${JSON.stringify(record).slice(0, -1)},"base64":"`);
  for (let at = 0; at < bytes.length; at += base64PieceBytes) {
    const piece = bytes.subarray(at, at + base64PieceBytes);
    yield Buffer.from(piece.toString("base64"), "latin1");
  }
  yield Buffer.from('"}\n');
}

/** Cutting at a byte may leave up to three bytes of a character at the end. */
function withoutCutCharacter(head: Buffer): Buffer {
  for (let cut = 0; cut <= 3; cut += 1) {
    const shorter = head.subarray(0, head.length - cut);
    if (isUtf8(shorter)) return shorter;
  }
  return head;
}
