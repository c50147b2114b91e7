import type { JsonNode } from "../json/parse-json.js";
import { nameKind } from "./judge-value.js";
import { newNumberFacts, observeNumber } from "./number-facts.js";

/** Kinds of numbers by the columns that keep them as they are. */
export const numberKinds = {
  integer: "a number",
  longInteger: "a number past 2^53",
  wideInteger: "a number outside of 64 bits",
  fraction: "a number with a fraction or an exponent",
  longFraction: "a number with more digits than FLOAT keeps",
} as const;

/** As nameKind; of a number, also what it takes to keep it. */
export function nameNewValue(node: JsonNode): string {
  if (node.kind !== "number") return nameKind(node);
  const facts = newNumberFacts();
  observeNumber(facts, node.text);
  if (facts.hasFraction)
    return facts.hasLongFraction || facts.hasBeyondDouble
      ? numberKinds.longFraction
      : numberKinds.fraction;
  if (facts.hasWideInteger) return numberKinds.wideInteger;
  return facts.hasLongInteger ? numberKinds.longInteger : numberKinds.integer;
}
