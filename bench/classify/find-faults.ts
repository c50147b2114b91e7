import type { Measurement } from "./measure-corpus.js";
import { oursName } from "./ways.js";

/** One sentence for each exact way whose lines are not sluice's, or sluice's own where they are not the corpus'. */
export function findFaults(
  corpus: string,
  measurements: readonly Measurement[],
): string[] {
  return measurements.filter(isFault).map(({ way, format, disagreements }) => {
    const isOurs = way.name === oursName;
    const shown = disagreements
      .slice(0, 5)
      .map(({ type, lines, otherLines }) =>
        isOurs
          ? `${type} has ${lines} lines, ${otherLines} were made`
          : `${type} has ${otherLines} lines, ${oursName}'s has ${lines}${lines === otherLines ? ", of other bytes" : ""}`,
      );
    return (
      `${corpus}, ${format}: ${way.name} and ${isOurs ? "the corpus" : oursName} do not agree about ` +
      `${disagreements.length} types: ${shown.join("; ")}`
    );
  });
}

function isFault({ way, disagreements }: Measurement): boolean {
  return way.exact && disagreements.length > 0;
}
