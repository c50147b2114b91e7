import { kindOf, type AlertFinding } from "./model.js";

/** One cause is told once: rows that are few because they were set aside, and said to be set aside, are of that finding. */
export function mergeCauses(findings: readonly AlertFinding[]): AlertFinding[] {
  const causes = findings.filter(({ rule }) => rule === "set_aside");
  const causeOf = (finding: AlertFinding) =>
    kindOf(finding) === "too_few"
      ? causes.find(
          ({ type, stage }) =>
            stage === finding.stage && (type === null || type === finding.type),
        )
      : undefined;
  return findings
    .filter((finding) => causeOf(finding) === undefined)
    .map((finding) => {
      const effects = findings.filter((each) => causeOf(each) === finding);
      return effects.length === 0
        ? finding
        : {
            ...finding,
            details: [
              ...finding.details,
              `Too few rows by it: ${effects
                .map(
                  ({ type, found, expected }) =>
                    `${type ?? ""} ${found} (${expected ?? ""})`,
                )
                .join("; ")}.`,
            ],
          };
    });
}
