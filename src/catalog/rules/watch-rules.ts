import { quoteFound } from "../../schema/quote-found.js";
import { suggestName } from "../../schema/suggest-name.js";
import type { CatalogPath } from "../parse-catalog.js";
import type { RawTypeWatch } from "../raw-catalog.js";
import type { Rule } from "./rule.js";
import { isMoment } from "./time-rules.js";

export const calendarDaysExist: Rule = ({ raw, problemAt }) =>
  (raw.watch?.calendar ?? []).flatMap((day, index) => {
    if (isMoment(`${day}T00:00:00Z`)) return [];
    return [
      problemAt(
        ["watch", "calendar", String(index)],
        `${quoteFound(day)} is on no calendar: expected a real day`,
      ),
    ];
  });

export const silencesFit: Rule = ({ raw, catalog, problemAt }) =>
  (raw.watch?.silence ?? []).flatMap(({ type, rule, until }, index) => {
    const path: CatalogPath = ["watch", "silence", String(index)];
    const problems = [];
    if (until !== undefined && !isMoment(until))
      problems.push(
        problemAt(
          [...path, "until"],
          `${quoteFound(until)} is on no calendar: expected a real day and time`,
        ),
      );
    if (
      type !== undefined &&
      !catalog.types.has(type) &&
      rule !== "unknown_type"
    )
      problems.push(
        problemAt(
          [...path, "type"],
          `${quoteFound(type)} is no type of the catalog${suggestName(type, [...catalog.types.keys()])}; only rule: unknown_type is silenced for others`,
        ),
      );
    return problems;
  });

export const confirmationsFit: Rule = ({ raw, problemAt }) => {
  const all: (readonly [CatalogPath, RawTypeWatch | undefined])[] = [
    [["watch", "confirm"], raw.watch],
    ...Object.entries(raw.types ?? {}).map(
      ([name, type]) =>
        [["types", name, "watch", "confirm"], type?.watch] as const,
    ),
  ];
  return all.flatMap(([path, watch]) => {
    const { hours, of } = watch?.confirm ?? {};
    if (hours === undefined || of === undefined || hours <= of) return [];
    return [
      problemAt(
        [...path, "hours"],
        `${hours} of ${of} hours never come: expected at most ${of}`,
      ),
    ];
  });
};
