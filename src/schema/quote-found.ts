const maxLength = 80;

/** A found text for a message: quoted, on one line, without control characters, and shortened. */
export function quoteFound(found: string): string {
  const shortened =
    found.length > maxLength ? `${found.slice(0, maxLength)}...` : found;
  return JSON.stringify(shortened).replace(
    /[\p{C}\u2028\u2029]/gu,
    (character) =>
      `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}
