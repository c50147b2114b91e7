import { distance } from "fastest-levenshtein";

/** ` (did you mean fast?)` where one of the names is near the found one; otherwise nothing. */
export function suggestName(found: string, names: Iterable<string>): string {
  const nearest = [...names]
    .map((name) => ({
      name,
      edits: distance(found.toLowerCase(), name.toLowerCase()),
    }))
    .sort((one, other) => one.edits - other.edits)[0];
  if (nearest === undefined || nearest.edits > allowedEdits(nearest.name)) {
    return "";
  }
  return ` (did you mean ${nearest.name}?)`;
}

function allowedEdits(name: string): number {
  return name.length < 4 ? 1 : Math.max(2, Math.floor(name.length / 3));
}
