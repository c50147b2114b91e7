import { crc32c } from "@node-rs/crc32";
import { crc32cBytes } from "../encode-crc32c.js";

/** In place of the SDK's own, which is a loop in JavaScript and costs several times what classifying does. */
export class NativeCrc32c {
  #crc = 0;

  update(block: Uint8Array): void {
    this.#crc = crc32c(block, this.#crc);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(crc32cBytes(this.#crc));
  }

  reset(): void {
    this.#crc = 0;
  }
}
