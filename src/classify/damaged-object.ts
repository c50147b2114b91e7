import { DataRefusedError } from "../errors.js";

/** @param key As the reader of the message knows the object. */
export function damagedObject(
  key: string,
  format: "gzip" | "zstd",
  problem: string,
  cause?: Error,
): DataRefusedError {
  return new DataRefusedError(
    `${key}: the ${format} data is damaged (${problem}); nothing of the hour was committed. Put a whole object in its place, or remove it, and classify again`,
    { cause },
  );
}
