/** Where a line of an NDJSON stream is. */
export interface LinePlace {
  /** Counted from 1. */
  readonly line: number;
  /** In bytes from the start of the stream. */
  readonly start: number;
  /** Behind its newline, or behind where it would be. */
  readonly end: number;
}

export interface PlacedLine extends LinePlace {
  readonly text: string;
}

const newline = 0x0a;

/** The lines that `isWanted` takes. The others are found by their newlines and not decoded; no more than one line is held. */
export async function* readPlacedLines(
  body: AsyncIterable<Uint8Array>,
  isWanted: (place: LinePlace) => boolean,
): AsyncGenerator<PlacedLine> {
  let rest: Uint8Array[] = [];
  let start = 0;
  let end = 0;
  let line = 1;
  for await (const block of body) {
    for (let from = 0; from < block.length;) {
      const at = block.indexOf(newline, from);
      const to = at === -1 ? block.length : at;
      if (to > from) rest.push(block.subarray(from, to));
      end += to - from;
      if (at === -1) break;
      end += 1;
      const place = { line, start, end };
      if (isWanted(place)) yield { ...place, text: decode(rest) };
      rest = [];
      start = end;
      line += 1;
      from = at + 1;
    }
  }
  const last = { line, start, end: end + 1 };
  if (rest.length > 0 && isWanted(last)) yield { ...last, text: decode(rest) };
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(parts: readonly Uint8Array[]): string {
  const [only] = parts;
  return decoder.decode(
    parts.length === 1 && only !== undefined ? only : Buffer.concat(parts),
  );
}
