import type { JobEnd } from "./run-job.js";
import type { Tally } from "./tally.js";

/** Codes that a job may end with while services fail and other jobs are at the same hour. Bugs, and refusals of sound data, are not among them. */
const allowed = [0, 4, 5];

/** Counts what the jobs of a round met; what they must not have met. */
export function judgeEnds(ends: readonly JobEnd[], tally: Tally): string[] {
  const problems: string[] = [];
  for (const { words, exitCode, result, log } of ends) {
    countResult(result, tally);
    tally.count(
      "commits overtaken",
      countIn(log, "another run committed this hour first"),
    );
    tally.count(
      "sources changed while read",
      countIn(log, "the source changed"),
    );
    const isFine =
      exitCode === null ||
      allowed.includes(exitCode) ||
      // What it could not do is told as a finding, or as a failure of another code.
      (words[0] === "reconcile" &&
        exitCode === 3 &&
        !JSON.stringify(result).includes('"exit_code":3'));
    if (!isFine)
      problems.push(
        `sluice ${words.join(" ")} ended with ${exitCode}: ${JSON.stringify(result)}\n${log}`,
      );
  }
  return problems;
}

function countResult(result: JobEnd["result"], tally: Tally): void {
  if (result === null) return;
  if (result["adopted"] === true || result["outcome"] === "adopted")
    tally.count("commits adopted");
  const loaded = result["loaded"] ?? result["hours"];
  const loads = Array.isArray(loaded) ? (loaded as unknown[]) : [result];
  for (const load of loads) {
    const { outcome, rows_set_aside: setAside } = load as Record<
      string,
      unknown
    >;
    if (typeof setAside === "number" && setAside > 0)
      tally.count("loads: set rows aside");
    if (outcome === "replaced") tally.count("loads: replaced");
    if (outcome === "superseded") tally.count("loads: superseded");
  }
}

function countIn(text: string, part: string): number {
  return text.split(part).length - 1;
}
