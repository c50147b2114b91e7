import { DataRefusedError } from "../errors.js";
import type { SampleRow } from "../schema/value-shape.js";

/** Rows to look at: a file, or one of the stage's. */
export interface Sample {
  /** For messages. */
  readonly name: string;
  /** NDJSON, decompressed; opened anew at each call. */
  readonly open: () => Promise<AsyncIterable<Uint8Array>>;
}

const newline = 0x0a;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Gives every line that is not blank, in order. Lines count from 1, blank ones too. Throws DataRefusedError where bytes are not UTF-8.
 */
export async function eachSampleRow(
  samples: readonly Sample[],
  take: (row: SampleRow) => void,
): Promise<void> {
  for (const { name, open } of samples) {
    let line = 0;
    let rest: Uint8Array[] = [];
    const takeLines = (bytes: Uint8Array): void => {
      for (const text of decode(bytes, name, line).split("\n")) {
        line += 1;
        if (!isBlank(text)) take({ text, source: name, line });
      }
    };
    for await (const block of await open()) {
      const end = block.lastIndexOf(newline);
      if (end === -1) {
        rest.push(Uint8Array.from(block));
        continue;
      }
      const whole = block.subarray(0, end);
      takeLines(rest.length === 0 ? whole : Buffer.concat([...rest, whole]));
      rest =
        end + 1 < block.length
          ? [Uint8Array.from(block.subarray(end + 1))]
          : [];
    }
    if (rest.length > 0) takeLines(Buffer.concat(rest));
  }
}

function decode(bytes: Uint8Array, name: string, linesBefore: number): string {
  try {
    return decoder.decode(bytes);
  } catch {
    let line = linesBefore;
    for (let start = 0, end: number; start <= bytes.length; start = end + 1) {
      line += 1;
      end = bytes.indexOf(newline, start);
      if (end === -1) end = bytes.length;
      try {
        decoder.decode(bytes.subarray(start, end));
      } catch {
        break;
      }
    }
    throw new DataRefusedError(
      `${name}:${line}: is not UTF-8: expected NDJSON in UTF-8; classify sets such lines aside`,
    );
  }
}

function isBlank(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code !== 0x20 && code !== 0x09 && code !== 0x0d) return false;
  }
  return true;
}
