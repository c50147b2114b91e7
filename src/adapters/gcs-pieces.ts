export interface Piece {
  /** Overwritten as soon as the next piece is asked for. */
  readonly bytes: Buffer;
  readonly isLast: boolean;
}

/** A body in pieces of `pieceBytes`, but the last; at least one. Of a stream, one piece is held in memory. */
export async function* readPieces(
  body: Uint8Array | AsyncIterable<Uint8Array>,
  pieceBytes: number,
): AsyncGenerator<Piece, undefined> {
  if (body instanceof Uint8Array) {
    const all = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    for (let at = 0; at === 0 || at < all.length; at += pieceBytes) {
      const bytes = all.subarray(at, at + pieceBytes);
      yield { bytes, isLast: at + pieceBytes >= all.length };
    }
    return;
  }
  const piece = Buffer.allocUnsafeSlow(pieceBytes);
  let filled = 0;
  for await (const block of body) {
    for (let at = 0; at < block.length;) {
      if (filled === pieceBytes) {
        yield { bytes: piece, isLast: false };
        filled = 0;
      }
      const part = block.subarray(at, at + pieceBytes - filled);
      piece.set(part, filled);
      filled += part.length;
      at += part.length;
    }
  }
  yield { bytes: piece.subarray(0, filled), isLast: true };
}
