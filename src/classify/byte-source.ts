const nothing = new Uint8Array(0);

/** Blocks, with a way to look ahead and to give back. */
export class ByteSource {
  readonly #blocks: AsyncIterator<Uint8Array>;
  #ahead: Uint8Array = nothing;

  constructor(body: AsyncIterable<Uint8Array>) {
    this.#blocks = body[Symbol.asyncIterator]();
  }

  /** Never an empty one; null at the end. */
  async next(): Promise<Uint8Array | null> {
    if (this.#ahead.length > 0) {
      const block = this.#ahead;
      this.#ahead = nothing;
      return block;
    }
    for (;;) {
      const step = await this.#blocks.next();
      if (step.done === true) return null;
      if (step.value.length > 0) return step.value;
    }
  }

  /** What is left of the block that `next` gave last. */
  unread(rest: Uint8Array): void {
    this.#ahead = rest;
  }

  /** The next bytes, which stay: `count` or more of them, fewer only where the end is nearer. */
  async peek(count: number): Promise<Buffer> {
    while (this.#ahead.length < count) {
      // The next block may come in the place of this one.
      if (this.#ahead.length > 0) this.#ahead = Buffer.from(this.#ahead);
      const step = await this.#blocks.next();
      if (step.done === true) break;
      this.#ahead =
        this.#ahead.length === 0
          ? step.value
          : Buffer.concat([this.#ahead, step.value]);
    }
    return Buffer.from(
      this.#ahead.buffer,
      this.#ahead.byteOffset,
      this.#ahead.length,
    );
  }

  /** Whether there were as many. */
  async skip(count: number): Promise<boolean> {
    let left = count;
    while (left > 0) {
      const block = await this.next();
      if (block === null) return false;
      this.unread(block.subarray(left));
      left -= Math.min(left, block.length);
    }
    return true;
  }

  async skipZeros(): Promise<void> {
    for (let block; (block = await this.next()) !== null;) {
      const start = block.findIndex((byte) => byte !== 0);
      if (start < 0) continue;
      this.unread(block.subarray(start));
      return;
    }
  }

  async close(): Promise<void> {
    await this.#blocks.return?.();
  }
}
