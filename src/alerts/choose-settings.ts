import type { Catalog } from "../catalog/catalog.js";
import type { WatchSettings } from "../watch/model.js";

/** What one type is judged by; null: the hour as a whole. */
export type SettingsOf = (type: string | null) => WatchSettings;

export function chooseSettings({
  types,
  watch,
}: Pick<Catalog, "types" | "watch">): SettingsOf {
  return (type) => types.get(type ?? "")?.watch ?? watch.settings;
}
