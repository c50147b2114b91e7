import type { Retention } from "../catalog/catalog.js";

/** Keys of the stage, by how they begin, and the days after which they may be deleted. */
export interface ExpiringKeys {
  readonly name: "stage" | "manifests" | "set-aside" | "quarantine";
  /** Relative to the stage's URL. */
  readonly prefixes: readonly string[];
  readonly days: number;
}

/**
 * Every type's folder, named by what a type may begin with: the rules hold for types that are added later, were taken out
 * of the catalog, or never were in it, and stay as many as the stores allow.
 */
const typePrefixes = Array.from(
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
);

/** What expires by the catalog's retention; nothing of what it does not name. */
export function listExpiringKeys(retention: Retention): ExpiringKeys[] {
  const { stageDays, manifestsDays, setAsideDays, quarantineDays } = retention;
  const kinds = [
    ["stage", [...typePrefixes, "_plans/", "_doctor/"], stageDays],
    ["manifests", ["_manifests/"], manifestsDays],
    ["set-aside", ["_set_aside/"], setAsideDays],
    ["quarantine", ["_quarantine/"], quarantineDays],
  ] as const;
  return kinds.flatMap(([name, prefixes, days]) =>
    days === null ? [] : [{ name, prefixes, days }],
  );
}

/** Days after which what a killed upload left may go; such parts are in no listing, and are billed. */
export const abortUploadsAfterDays = 7;
