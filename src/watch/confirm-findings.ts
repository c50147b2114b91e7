import type { CountRule, HourVerdict, WatchSettings } from "./model.js";

const directions: Readonly<Record<CountRule, string>> = {
  missing: "too few",
  drop: "too few",
  jump: "too many",
  duplicate: "alike",
  flatline: "alike",
};

/**
 * Keeps a finding where so many of the last hours, its own included, have one of its direction; the others' hours are as if nothing had
 * been found. Verdicts in the order of their hours.
 */
export function confirmFindings(
  verdicts: readonly HourVerdict[],
  { hours, of }: WatchSettings["confirm"],
): HourVerdict[] {
  if (hours <= 1) return [...verdicts];
  return verdicts.map((verdict, index) => {
    const last = verdicts.slice(Math.max(0, index - of + 1), index + 1);
    const findings = verdict.findings.filter((finding) => {
      const same = last.filter((other) =>
        other.findings.some(
          ({ rule }) => directions[rule] === directions[finding.rule],
        ),
      );
      return same.length >= hours;
    });
    return findings.length > 0 || verdict.state !== "finding"
      ? { ...verdict, findings }
      : { ...verdict, state: "fine", findings };
  });
}
