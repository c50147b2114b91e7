import { defaultWatchSettings } from "../watch/default-settings.js";
import {
  ruleNames,
  type RuleName,
  type Silence,
  type WatchSettings,
} from "../watch/model.js";
import { present } from "./present.js";
import type { RawCatalog, RawTypeWatch, RawWatch } from "./raw-catalog.js";

/** What types are judged by that say nothing. */
export function normaliseWatch(
  raw: Pick<RawCatalog, "watch" | "timezone">,
): WatchSettings {
  return layTypeWatch(
    {
      ...defaultWatchSettings,
      calendar: new Set(present(raw.watch?.calendar)),
      timezone: raw.timezone ?? "UTC",
    },
    raw.watch ?? {},
  );
}

/** The settings with what a type, or the catalog, says otherwise. */
export function layTypeWatch(
  settings: WatchSettings,
  raw: RawTypeWatch,
): WatchSettings {
  const isOn = (rule: RuleName) =>
    raw.rules?.[rule]?.enabled ?? settings.rules.has(rule);
  return {
    ...settings,
    sensitivity: raw.sensitivity ?? settings.sensitivity,
    minRows: raw.min_rows ?? settings.minRows,
    rules: new Set(ruleNames.filter(isOn)),
    dropShare: raw.rules?.drop?.share ?? settings.dropShare,
    jumpShare: raw.rules?.jump?.share ?? settings.jumpShare,
    confirm: {
      hours: raw.confirm?.hours ?? settings.confirm.hours,
      of: raw.confirm?.of ?? settings.confirm.of,
    },
  };
}

export function normaliseSilences(raw: RawWatch): Silence[] {
  return present(raw.silence).map(({ type, rule, until, why }) => ({
    type: type ?? null,
    rule: rule ?? null,
    until: new Date(until ?? 0),
    why: why ?? null,
  }));
}
