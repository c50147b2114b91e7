/** Blocks of whole lines, of 1, 3, 17 and more lines in turn, so that lines begin at any alignment. */
export function* packLines(lines: Iterable<Uint8Array>): Generator<Buffer> {
  const sizes = [1, 3, 17, 200, 1000];
  const block = Buffer.alloc(512 * 1024);
  let bytes = 0;
  let count = 0;
  let turn = 0;
  for (const line of lines) {
    const isFull = bytes + line.length + 1 > block.length;
    if (count > 0 && (isFull || count >= sizes[turn % sizes.length]!)) {
      yield block.subarray(0, bytes);
      [bytes, count] = [0, 0];
      turn += 1;
    }
    if (line.length + 1 > block.length) {
      yield Buffer.concat([line, newline]);
      continue;
    }
    block.set(line, bytes);
    bytes += line.length;
    block[bytes] = 0x0a;
    bytes += 1;
    count += 1;
  }
  if (count > 0) yield block.subarray(0, bytes);
}

const newline = Buffer.from("\n");
