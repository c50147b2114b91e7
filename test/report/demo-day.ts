import {
  addHours,
  hoursBetween,
  parseFolderHour,
  startOf,
  type FolderHour,
} from "../../src/folder-hour.js";
import {
  demoHour,
  makeShopPlace,
  recordDays,
  requireManifest,
  writeShopHour,
  type ShopPlace,
} from "../alerts/shop-place.js";

/** As many lines an hour as `sluice demo` writes. */
const rows = 20_000;
const hourMs = 3_600_000;
/** The day of the demo in the shop's time zone, Asia/Seoul. */
export const demoDay = "2026-01-15";
const firstHour = parseFolderHour("2026-01-14T15");
export const lastHour = parseFolderHour("2026-01-15T14");
const demoHours = hoursBetween(addHours(demoHour, -2), demoHour);
const historyDays = 21;

/**
 * The demo's three hours, classified and loaded, within three made-up weeks of the same shop: one hour was never classified, one load was
 * never run, and there were too few purchases one morning. The same each time.
 */
export async function makeDemoDay(): Promise<ShopPlace> {
  const place = await makeShopPlace();
  for (const hour of demoHours) await writeShopHour(place, hour, rows);
  await place.run(demoHours);
  await recordDays(place, {
    like: await requireManifest(place, demoHour),
    hours: hoursBetween(
      addHours(lastHour, 1 - historyDays * 24),
      lastHour,
    ).filter((hour) => !demoHours.includes(hour) && hour !== "2026-01-15T09"),
    stagedFrom: firstHour,
    shapeOf,
    changeHour: (hour, made) => {
      const isFew = hour >= "2026-01-14T00" && hour <= "2026-01-14T04";
      const { purchase = 0 } = made.rows;
      return {
        ...made,
        ...(isFew && {
          rows: { ...made.rows, purchase: Math.round(purchase * 0.3) },
        }),
        ...(hour === "2026-01-15T12" && { unloaded: ["search"] }),
      };
    },
  });
  return place;
}

/** More by day than by night, as the shop's customers are; the demo's own hours are by day. */
function shapeOf(hour: FolderHour): number {
  const hourOfDay = (startOf(hour).getTime() / hourMs + 9) % 24;
  const wave = 0.8 + 0.6 * Math.sin(((hourOfDay - 8) / 24) * 2 * Math.PI);
  return Math.min(1, Math.max(0.35, wave));
}
