/** Breaks of lines and controls, those that turn the direction of writing included, so that no name can forge a line of its own. */
const unwanted =
  /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** The text as one line. */
export function oneLine(text: string): string {
  return text.replace(unwanted, " ").trim();
}

/** The text's lines, each cleaned. */
export function cleanLines(text: string): string[] {
  return text
    .split(/\r\n|\n/)
    .map((line) => line.replace(unwanted, " ").trimEnd());
}
