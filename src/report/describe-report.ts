import { countOf } from "../count-of.js";
import type { FolderHour } from "../folder-hour.js";
import { addHours } from "../folder-hour.js";
import type { Message, MessagePart, MessageTable } from "../ports/messenger.js";
import type {
  DayChanges,
  DayCounts,
  ReportModel,
  ReportRow,
} from "./report-model.js";

/** More types, or spans of hours, than these are counted and not listed. */
const mostListed = 10;

const numbers = new Intl.NumberFormat("en");
const shares = new Intl.NumberFormat("en", {
  style: "percent",
  maximumFractionDigits: 1,
});
const changes = new Intl.NumberFormat("en", {
  style: "percent",
  maximumFractionDigits: 1,
  signDisplay: "exceptZero",
});

/** The report in words and a table. */
export function describeReport(report: ReportModel): Message {
  const { days, timezone, totals } = report;
  const problems = describeProblems(report);
  const { from, to } = report.hours;
  const parts: MessagePart[] = [
    {
      kind: "heading",
      text: `Logs of ${nameDay(days.day)} (${timezone})`,
    },
    {
      kind: "paragraph",
      text: `${describeTotal(report)}; folder hours ${from} to ${to} in UTC.`,
    },
  ];
  if (problems.length > 0) {
    parts.push({
      kind: "paragraph",
      text: problems.map((problem) => `• ${problem}`).join("\n"),
    });
    parts.push({
      kind: "code",
      lines: [
        `sluice status --from ${from} --to ${to}`,
        ...(hasUndone(report)
          ? [`sluice reconcile --from ${from} --to ${to} --run`]
          : []),
      ],
    });
  }
  parts.push(buildTable(report.types, totals, report));
  parts.push({ kind: "paragraph", text: describeSetAside(report) });
  return { title: nameReport(report, problems.length > 0), parts };
}

/** Whether there is anything that can be made good without a change of the catalog. */
function hasUndone({ hours, types }: ReportModel): boolean {
  return (
    hours.notDone.length > 0 ||
    types.some(
      ({ notLoaded, differing }) => notLoaded.length + differing.length > 0,
    )
  );
}

function nameReport(report: ReportModel, hasProblems: boolean): string {
  const { days, hours, types } = report;
  const { notDone } = hours;
  const troubled = types.filter(
    ({ notLoaded, differing }) => notLoaded.length + differing.length > 0,
  ).length;
  const unknown = types.filter(({ catalogued }) => !catalogued).length;
  const said = [
    ...(notDone.length > 0
      ? [`${countOf(notDone.length, "hour")} not done`]
      : []),
    ...(troubled > 0 ? [`${countOf(troubled, "type")} not loaded whole`] : []),
    ...(unknown > 0
      ? [countOf(unknown, "unknown type", "unknown types", formatCount)]
      : []),
  ];
  return `Logs of ${days.day}: ${hasProblems ? `${said.join(", ")}; ` : ""}${formatCount(report.totals.rows.day)} rows`;
}

function describeTotal({ days, totals, hours }: ReportModel): string {
  const { rows, change } = totals;
  const against = (
    [
      [days.before, rows.before, change.before],
      [days.lastWeek, rows.lastWeek, change.lastWeek],
    ] as const
  ).map(
    ([day, count, ratio]) =>
      `${nameDay(day)}: ${formatCount(count)}${ratio === null ? "" : ` (${changes.format(ratio)})`}`,
  );
  const done = hours.count - hours.notDone.length;
  return `${formatCount(rows.day)} rows loaded, ${done} of ${hours.count} hours done; ${against.join("; ")}`;
}

function describeProblems({ hours, types }: ReportModel): string[] {
  const problems: string[] = [];
  if (hours.notDone.length > 0)
    problems.push(
      `${hours.notDone.length} of ${hours.count} hours ${hours.notDone.length === 1 ? "is" : "are"} not done: ${nameHours(hours.notDone)}`,
    );
  const troubled = types.flatMap(describeTrouble);
  problems.push(...troubled.slice(0, mostListed));
  if (troubled.length > mostListed)
    problems.push(`and ${troubled.length - mostListed} more: see the table`);
  const unknown = types.filter(({ catalogued }) => !catalogued);
  if (unknown.length > 0) {
    const names = unknown
      .slice(0, mostListed)
      .map(({ type, rows }) => `${type} (${formatCount(rows.day)} rows)`);
    const more =
      unknown.length > mostListed
        ? [`${unknown.length - mostListed} more`]
        : [];
    problems.push(
      `not in the catalog, staged and not loaded: ${[...names, ...more].join(", ")}; sluice add gives a type its table`,
    );
  }
  return problems;
}

function describeTrouble(row: ReportRow): string[] {
  const { type, owner, notLoaded, differing } = row;
  const said = [
    ...(notLoaded.length > 0
      ? [
          `${countOf(notLoaded.length, "hour")} not loaded: ${nameHours(notLoaded)}`,
        ]
      : []),
    ...(differing.length > 0
      ? [
          `${countOf(differing.length, "hour")} whose table differs from the manifest: ${nameHours(differing)}`,
        ]
      : []),
  ];
  return said.length === 0
    ? []
    : [`${type}${owner === null ? "" : ` (${owner})`}: ${said.join("; ")}`];
}

function buildTable(
  types: readonly ReportRow[],
  totals: ReportModel["totals"],
  { days }: ReportModel,
): MessageTable {
  const number = (name: string) => ({ name, align: "right" as const });
  const text = (name: string) => ({ name, align: "left" as const });
  return {
    kind: "table",
    columns: [
      text("log type"),
      number(nameColumn(days.day)),
      number(nameColumn(days.before)),
      number("change"),
      number(nameColumn(days.lastWeek)),
      number("change"),
      text(""),
    ],
    rows: [
      ...types.map((row) => [
        row.type,
        ...formatCounts(row.rows, row.change),
        describeState(row),
      ]),
      ["all loaded", ...formatCounts(totals.rows, totals.change), ""],
    ],
  };
}

function formatCounts(rows: DayCounts, change: DayChanges): string[] {
  return [
    formatCount(rows.day),
    formatCount(rows.before),
    formatChange(rows.day, rows.before, change.before),
    formatCount(rows.lastWeek),
    formatChange(rows.day, rows.lastWeek, change.lastWeek),
  ];
}

function describeState({
  catalogued,
  notLoaded,
  differing,
  setAside,
}: ReportRow): string {
  if (!catalogued) return "not in the catalog";
  return [
    ...(notLoaded.length > 0 ? [`${notLoaded.length} h not loaded`] : []),
    ...(differing.length > 0 ? [`${differing.length} h differing`] : []),
    ...(setAside > 0 ? [`${numbers.format(setAside)} set aside`] : []),
  ].join(", ");
}

function describeSetAside({ lines, setAside }: ReportModel): string {
  const { day, before, lastWeek } = setAside.lines;
  if (day === null) return "Set aside: no data.";
  const share =
    lines.day === null || lines.day === 0
      ? ""
      : ` of ${numbers.format(lines.day)} (${shares.format(day / lines.day)})`;
  const reasons = Object.entries(setAside.reasons)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${reason} ${numbers.format(count)}`);
  const byLoads =
    setAside.byLoads === 0
      ? ""
      : ` Loads set aside ${countOf(setAside.byLoads, "row", "rows", formatCount)}.`;
  return `Set aside: ${numbers.format(day)} lines${share}${reasons.length === 0 ? "" : `: ${reasons.join(", ")}`}. The day before: ${formatCount(before)}; a week before: ${formatCount(lastWeek)}.${byLoads}`;
}

function formatCount(count: number | null): string {
  return count === null ? "no data" : numbers.format(count);
}

function formatChange(
  day: number | null,
  other: number | null,
  ratio: number | null,
): string {
  if (ratio !== null) return changes.format(ratio);
  return day !== null && other === 0 ? "from 0" : "-";
}

/** Spans of hours: `2026-11-20T03`, `2026-11-20T05 to 2026-11-20T07`. */
function nameHours(hours: readonly FolderHour[]): string {
  const spans: { from: FolderHour; to: FolderHour }[] = [];
  for (const hour of hours) {
    const span = spans.at(-1);
    if (span !== undefined && addHours(span.to, 1) === hour) span.to = hour;
    else spans.push({ from: hour, to: hour });
  }
  const named = spans
    .slice(0, mostListed)
    .map(({ from, to }) => (from === to ? from : `${from} to ${to}`));
  const more = spans.length - named.length;
  return [...named, ...(more > 0 ? [countOf(more, "more span")] : [])].join(
    ", ",
  );
}

/** `Fri 2026-11-20`. */
function nameDay(day: string): string {
  return `${weekday.format(Date.parse(day))} ${day}`;
}

/** `Fri 11-20`. */
function nameColumn(day: string): string {
  return `${weekday.format(Date.parse(day))} ${day.slice(5)}`;
}

const weekday = new Intl.DateTimeFormat("en", {
  weekday: "short",
  timeZone: "UTC",
});
