import type { Rule } from "./rule.js";

/** Files whose manifest is gone are seen by nobody, and never swept. */
export const manifestsOutliveTheStage: Rule = ({
  catalog,
  isLeftOut,
  problemAt,
}) => {
  const { stageDays, manifestsDays } = catalog.retention;
  if (manifestsDays === null || isLeftOut(["retention", "stage_days"]))
    return [];
  if (stageDays !== null && manifestsDays >= stageDays) return [];
  const kept =
    stageDays === null
      ? "stage files are kept for ever (there is no stage_days)"
      : `stage files are kept ${stageDays} (stage_days)`;
  return [
    problemAt(
      ["retention", "manifests_days"],
      `${manifestsDays} days are too few: ${kept}, and without their manifest nobody can read them`,
    ),
  ];
};
