import Table from "cli-table3";
import { placeOf } from "../alerts/describe-alert.js";
import type { HourLoss } from "../alerts/find-losses.js";
import { groupBy } from "../group-by.js";
import { framelessTable } from "../messages/frameless-table.js";

/** More types than these that lack rows for one reason are one line, which names as many. */
const typesApart = 5;

/** A line per hour and type that lacks rows, with the stage of the pipe; the empty text where none does. */
export function formatLosses(
  hours: readonly {
    readonly hour: string;
    readonly losses: readonly HourLoss[] | null;
  }[],
): string {
  const table = new Table({
    ...framelessTable,
    head: ["lacks rows", "log type", "where", "loaded", "usually", "why"],
    colAligns: ["left", "left", "left", "right", "right", "left"],
  });
  for (const { hour, losses } of hours) {
    for (const [stage, place] of Object.entries(placeOf)) {
      const here = (losses ?? []).filter((loss) => loss.stage === stage);
      const lines = [...groupBy(here, reasonOf).values()].flatMap((alike) =>
        alike.length > typesApart ? [mergeLosses(alike)] : alike,
      );
      for (const { type, rows, usual, details } of lines)
        table.push([
          hour,
          type ?? "the whole hour",
          place,
          rows,
          usual === null ? "-" : Math.round(usual),
          details.join(" "),
        ]);
    }
  }
  return table.length === 0
    ? ""
    : table
        .toString()
        .split("\n")
        .map((line) => line.trimEnd())
        .join("\n");
}

/** The words of its details, without the counts. */
function reasonOf({ details }: HourLoss): string {
  return details.join(" ").replace(/[\d,.]+/g, "");
}

function mergeLosses(losses: readonly HourLoss[]): HourLoss {
  const [first] = losses as readonly [HourLoss];
  const usual = losses.map((loss) => loss.usual);
  const named = losses.slice(0, typesApart).map(({ type }) => type ?? "");
  return {
    ...first,
    type: `${losses.length} types`,
    rows: losses.reduce((sum, { rows }) => sum + rows, 0),
    usual: usual.every((each) => each !== null)
      ? usual.reduce((sum, each) => sum + each, 0)
      : null,
    details: [
      `${named.join(", ")} and ${losses.length - typesApart} more.`,
      `${first.type ?? ""}: ${first.details.join(" ")}`,
    ],
  };
}
