import type { Catalog } from "../catalog/catalog.js";
import type { FolderHour } from "../folder-hour.js";
import type { SettingsOf } from "./choose-settings.js";
import type { CountVerdicts } from "./judge-counts.js";
import type { WatchHistory } from "./read-history.js";

/** The hour to be judged, and all that it is judged by but the hour's own objects. */
export interface JudgeOptions {
  readonly catalog: Pick<Catalog, "types">;
  readonly hour: FolderHour;
  readonly settingsOf: SettingsOf;
  readonly history: WatchHistory;
  readonly counts: CountVerdicts;
}
