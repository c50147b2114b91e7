const newline = 0x0a;

/** The lines of an NDJSON stream, without their newline; the last one with or without it. Throws TypeError on bytes that are not UTF-8. */
export async function* readLines(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<string> {
  let rest: Uint8Array[] = [];
  for await (const block of body) {
    let start = 0;
    for (;;) {
      const end = block.indexOf(newline, start);
      if (end === -1) break;
      rest.push(block.subarray(start, end));
      yield decode(rest);
      rest = [];
      start = end + 1;
    }
    if (start < block.length) rest.push(block.subarray(start));
  }
  if (rest.length > 0) yield decode(rest);
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(parts: readonly Uint8Array[]): string {
  const [only] = parts;
  return decoder.decode(
    parts.length === 1 && only !== undefined ? only : Buffer.concat(parts),
  );
}
