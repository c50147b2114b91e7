import { crc32c } from "@node-rs/crc32";

/** Base64 of the big-endian checksum, as the service writes it. */
export function encodeCrc32c(crc: number): string {
  return Buffer.from(bigEndian(crc)).toString("base64");
}

/** In place of the SDK's own, which is a loop in JavaScript and costs several times what classifying does. */
export class NativeCrc32c {
  #crc = 0;

  update(block: Uint8Array): void {
    this.#crc = crc32c(block, this.#crc);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(bigEndian(this.#crc));
  }

  reset(): void {
    this.#crc = 0;
  }
}

function bigEndian(crc: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc >>> 0);
  return bytes;
}
