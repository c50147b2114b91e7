const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** The text's start, at most `longest` UTF-16 units with its ellipsis, never cut inside of what is read as one letter. */
export function cutText(text: string, longest: number): string {
  if (text.length <= longest) return text;
  let kept = "";
  for (const { segment } of segmenter.segment(text)) {
    if (kept.length + segment.length + 1 > longest) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** The text in pieces of at most `longest` UTF-16 units; none where it is empty. */
export function splitText(text: string, longest: number): string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const character of text) {
    if (piece.length + character.length > longest) {
      pieces.push(piece);
      piece = "";
    }
    piece += character;
  }
  return piece === "" ? pieces : [...pieces, piece];
}
