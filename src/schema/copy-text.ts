/** V8 keeps a slice of up to this length as a text of its own. */
const longestOwn = 12;

/** The same text, apart from the longer one that it was cut from: a slice keeps all of that one in memory. */
export function copyText(text: string): string {
  return text.length <= longestOwn ? text : Buffer.from(text).toString();
}
