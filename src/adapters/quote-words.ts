/** What a warehouse says of rows, for a message. Where columns are masked it is left out: it may quote any value. */
export function quoteWords(
  words: string,
  mask: readonly string[] = [],
): string {
  return mask.length === 0
    ? words
    : "its words are not shown, as they may quote values and the catalog masks columns of this type";
}
