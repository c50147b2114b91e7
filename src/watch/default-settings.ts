import { ruleNames, type WatchSettings } from "./model.js";

/** What counts are judged by where the catalog says nothing; chosen by bench/watch. */
export const defaultWatchSettings: WatchSettings = {
  sensitivity: "normal",
  minRows: 10,
  rules: new Set(ruleNames),
  dropShare: 0.1,
  jumpShare: 0.2,
  calendar: new Set(),
  timezone: "UTC",
  confirm: { hours: 1, of: 1 },
};
