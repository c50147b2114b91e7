import type { Page, State, TypeHours } from "./read-data.js";

const counts = new Intl.NumberFormat("en");
const short = new Intl.NumberFormat("en", {
  notation: "compact",
  maximumFractionDigits: 1,
});
const percent = new Intl.NumberFormat("en", {
  style: "percent",
  maximumFractionDigits: 1,
  signDisplay: "exceptZero",
});

export function count(value: number | null): string {
  return value === null ? "–" : counts.format(value);
}

export function shortCount(value: number): string {
  return short.format(value);
}

/** From `before` to `now`; nothing to compare with is said, not counted as 0. */
export function change(now: number | null, before: number | null): string {
  if (now === null || before === null) return "no data";
  if (before === 0) return now === 0 ? "0%" : "new";
  return percent.format(now / before - 1);
}

export function minutes(value: number | null): string {
  if (value === null) return "–";
  if (value < 120) return `${Math.round(value)} min`;
  const hours = value / 60;
  return hours < 48
    ? `${hours.toFixed(1)} h`
    : `${(hours / 24).toFixed(1)} days`;
}

export function seconds(value: number | null): string {
  if (value === null) return "–";
  return value < 120 ? `${value.toFixed(1)} s` : minutes(value / 60);
}

/** `Sat 21 Nov`, UTC. */
export function day(time: Date): string {
  return time.toLocaleDateString("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  });
}

/** The hour as people at the catalog's place call it. */
export function localTime(page: Page, time: Date): string {
  const text = time.toLocaleString("en-GB", {
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: page.timezone,
  });
  return `${text} ${page.timezone}`;
}

export const stateNames: Readonly<Record<State, string>> = {
  not_done: "not done",
  empty: "empty",
  staged: "staged, not loaded",
  loaded: "loaded",
  differing: "differing",
};

export const stateMeanings: Readonly<Record<State, string>> = {
  not_done: "The hour is not classified.",
  empty: "The hour is classified and holds nothing of the type.",
  staged: "Classified, never loaded.",
  loaded: "The ledger agrees with the classification.",
  differing:
    "The ledger is of another classification, or counts otherwise. A load of this hour is due.",
};

/** What one hour has of one type, in a sentence. */
export function describeHour(
  page: Page,
  type: TypeHours,
  index: number,
): string {
  const state = type.state(index);
  const parts = [stateNames[state]];
  const loaded = type.loaded(index);
  const staged = type.staged(index);
  if (loaded !== null) parts.push(`${count(loaded)} rows loaded`);
  if (staged !== null && (loaded === null || state === "differing"))
    parts.push(`${count(staged)} staged`);
  const band = type.band(index);
  if (band !== null)
    parts.push(`expected ${count(band.low)} to ${count(band.high)}`);
  const findings = type.findings.get(index) ?? [];
  for (const { rule } of findings) parts.push(`found: ${rule}`);
  return `${type.name}, ${page.hour(index)} UTC: ${parts.join(", ")}.`;
}
