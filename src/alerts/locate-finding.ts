import type { Finding } from "../watch/model.js";
import { countOf } from "../count-of.js";
import { describeBand } from "./format-amounts.js";
import {
  describeArrival,
  locateLoss,
  type Arrival,
  type SplitCounts,
  type TypeCounts,
} from "./locate-loss.js";
import { kindOf, type AlertFinding } from "./model.js";

export interface FindingPlace extends TypeCounts {
  readonly type: string;
  /** Rows that the hour alone is expected to have. */
  readonly expected: number;
  /** Its rows wait for their load: they are counted as if they were loaded. */
  readonly isWaiting: boolean;
  readonly arrival: Arrival | null;
  readonly split: SplitCounts | null;
  /** Why the load set rows aside, in words. */
  readonly misfits: readonly string[];
}

/** What a count rule found, with the stage of the pipe at which it shows first. */
export function locateFinding(
  finding: Finding,
  place: FindingPlace,
): AlertFinding {
  const { type, isWaiting, arrival, split, misfits } = place;
  const { rule, hour, since, rows, expected } = finding;
  const base = {
    ...{ rule, type, hour, since, undone: null },
    found: describeFound(finding, isWaiting),
    expected: describeExpected(finding),
  };
  if (kindOf(base) !== "too_few")
    return {
      ...base,
      stage: "source",
      severity: rows / Math.max(1, expected),
      details: [
        ...(finding.sameAs === undefined
          ? []
          : [`It has the content of ${finding.sameAs}.`]),
        ...(arrival === null ? [] : [describeArrival(arrival)]),
      ],
    };
  const located = locateLoss(place, arrival, split);
  return {
    ...base,
    stage: located.stage,
    severity: 1 - rows / Math.max(1, expected),
    details: [
      ...located.details,
      ...(located.stage === "load" ? describeMisfits(misfits) : []),
    ],
  };
}

function describeFound(
  { rows, hour, since }: Finding,
  isWaiting: boolean,
): string {
  if (since === hour)
    return `${countOf(rows, "row")}${isWaiting ? " staged" : ""}`;
  return `${countOf(rows, "row")} since ${since}${isWaiting ? ", those that are staged included" : ""}`;
}

/** The number alone may be a usual one, where it is the same as another. */
function describeExpected(finding: Finding): string {
  const band = describeBand(finding);
  switch (finding.rule) {
    case "duplicate":
      return `its own content: ${band}`;
    case "flatline":
      return `counts that vary: ${band}`;
    case "missing":
    case "drop":
    case "jump":
      return band;
  }
}

export function describeMisfits(misfits: readonly string[]): string[] {
  return misfits.length === 0
    ? []
    : [`Top reasons of the rows set aside: ${misfits.join("; ")}.`];
}
