import {
  watchHour as watchOneHour,
  type WatchHourOptions,
  type WatchHourPorts,
  type WatchHourResult,
} from "../src/alerts/watch-hour.js";

/** Judges one hour and tells of its incidents. */
export async function watchHour(
  options: WatchHourOptions,
  ports: WatchHourPorts,
): Promise<WatchHourResult> {
  return watchOneHour(options, ports);
}
