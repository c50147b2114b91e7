import { open } from "node:fs/promises";
import { decompress } from "../classify/decompress.js";
import { UsageError } from "../errors.js";

/** A local file's bytes, decompressed where they are gzip or zstd. Throws UsageError where it can't be opened. */
export async function openSample(
  file: string,
): Promise<AsyncIterable<Uint8Array>> {
  try {
    const handle = await open(file);
    return decompress(file, handle.createReadStream());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `${file}: cannot be read (${reason}); expected a file of NDJSON`,
      { cause: error },
    );
  }
}
