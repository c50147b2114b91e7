import { CatalogError } from "../errors.js";

/** A file's bytes as text, without a byte order mark. Throws CatalogError where they are not UTF-8. */
export function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const message = "is not UTF-8: save it as UTF-8 text";
    throw new CatalogError([{ file, line: 1, column: 1, path: "", message }]);
  }
}
