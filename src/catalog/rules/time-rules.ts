import type { Problem } from "../../errors.js";
import { quoteFound } from "../../schema/quote-found.js";
import { suggestName } from "../../schema/suggest-name.js";
import type { CatalogPath } from "../parse-catalog.js";
import type { Rule } from "./rule.js";

export const timezoneIsKnown: Rule = ({ raw, problemAt }) => {
  if (raw.timezone === undefined) return [];
  const zones = ["UTC", ...Intl.supportedValuesOf("timeZone")];
  if (zones.includes(raw.timezone)) return [];
  const folded = raw.timezone.toLowerCase();
  const otherCase = zones.some(
    (zone) => zone.toLowerCase() === folded && zone !== raw.timezone,
  );
  if (!otherCase && isTimezone(raw.timezone)) return [];
  const suggestion = suggestName(raw.timezone, zones);
  const expected =
    suggestion === "" ? ": expected one like Asia/Seoul" : suggestion;
  return [
    problemAt(
      ["timezone"],
      `${quoteFound(raw.timezone)} is not an IANA time zone${expected}`,
    ),
  ];
};

export const startDatesExist: Rule = ({ raw, problemAt }) => {
  const dates: (readonly [CatalogPath, string | undefined])[] = [
    [["airflow", "start_date"], raw.airflow?.start_date],
    ...Object.entries(raw.types ?? {}).map(
      ([name, type]) =>
        [["types", name, "start_date"], type?.start_date] as const,
    ),
  ];
  return dates.flatMap(([path, date]) => {
    if (date === undefined || isMoment(date)) return [];
    return [
      problemAt(
        path,
        `${quoteFound(date)} is on no calendar: expected a real day and time`,
      ),
    ];
  });
};

export const minutesFollowTheClassifier: Rule = ({ catalog, problemAt }) => {
  const airflow = catalog.airflow;
  if (airflow === null) return [];
  const { minute } = airflow.classify;
  const problems: Problem[] = [];
  if (minute < catalog.settleMinutes) {
    problems.push(
      problemAt(
        ["airflow", "classify", "minute"],
        `${minute} is too early: an hour may be classified ${catalog.settleMinutes} minutes after its end (settle)`,
      ),
    );
  }
  const loads = [
    [["airflow", "fast", "minute"], airflow.fastMinute],
    [["airflow", "stagger", "from"], airflow.stagger.from],
  ] as const;
  for (const [path, loadMinute] of loads) {
    if (loadMinute > minute) continue;
    problems.push(
      problemAt(
        path,
        `${loadMinute} is not later than the classifier's minute, ${minute} (airflow.classify.minute)`,
      ),
    );
  }
  return problems;
};

export const staggerRunsForward: Rule = ({ catalog, problemAt }) => {
  const stagger = catalog.airflow?.stagger;
  if (stagger === undefined || stagger.from <= stagger.to) return [];
  return [
    problemAt(
      ["airflow", "stagger", "to"],
      `${stagger.to} is before from, ${stagger.from}`,
    ),
  ];
};

function isTimezone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Whether the calendar has this time in UTC. */
export function isMoment(date: string): boolean {
  const timeMs = Date.parse(date);
  return (
    !Number.isNaN(timeMs) &&
    new Date(timeMs).toISOString() === date.replace("Z", ".000Z")
  );
}
