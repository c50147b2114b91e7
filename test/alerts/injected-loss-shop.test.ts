import { expect } from "chai";
import { status } from "../../jobs/status.js";
import { watchHour } from "../../jobs/watch-hour.js";
import type { LogType } from "../../src/catalog/catalog.js";
import type { Manifest } from "../../src/classify/manifest.js";
import {
  addHours,
  hourPath,
  hoursBetween,
  startOf,
} from "../../src/folder-hour.js";
import { renderText } from "../../src/messages/render-text.js";
import {
  changeLines,
  demoHour,
  makeShopPlace,
  recordDays,
  requireManifest,
  stageDaysBefore,
  writeShopHour,
  type ShopPlace,
} from "./shop-place.js";
import { RecordingMessenger } from "./watch-place.js";

const rows = 6000;
const prefix = `${hourPath(demoHour)}/`;
const lost = "purchase";
const silent = { info: () => undefined, warn: () => undefined };

/** The catalog of `sluice demo` and its logs; the weeks before them are as that hour was. */
describe("a loss at each stage of the demo's pipe", function () {
  this.timeout(120_000);
  let usual: Manifest;
  let place: ShopPlace;

  before(async () => {
    const reference = await makeShopPlace();
    await writeShopHour(reference, demoHour, rows);
    await reference.run([demoHour], () => false);
    usual = await requireManifest(reference, demoHour);
    await reference.close();
  });
  beforeEach(async () => {
    place = await makeShopPlace();
    const hours = hoursBetween(
      addHours(demoHour, -14 * 24),
      addHours(demoHour, -1),
    );
    await recordDays(place, { like: usual, hours });
    await stageDaysBefore(place, usual, 14);
    await writeShopHour(place, demoHour, rows);
  });
  afterEach(() => place.close());

  /** What the alerts and `status` say. */
  async function watch(isLoaded?: (type: LogType) => boolean) {
    await place.run([demoHour], isLoaded);
    const { catalog, source, stage, warehouse } = place;
    const messenger = new RecordingMessenger();
    const end = startOf(addHours(demoHour, 1)).getTime();
    const clock = () => new Date(end + 75 * 60_000);
    await watchHour(
      { catalog, hour: demoHour, send: true, heartbeatUrl: undefined },
      {
        ...{ source, stage, warehouse, clock },
        messengers: [messenger],
        wait: () => Promise.resolve(),
        log: silent,
      },
    );
    const [shown] = await status(
      { catalog, from: demoHour, to: demoHour },
      { source, stage, warehouse, clock, log: silent },
    );
    return {
      // The demo's uncatalogued type is told in any case.
      titles: messenger.titles
        .filter((title) => !/^coupon_/.test(title))
        .sort(),
      text: messenger.messages
        .map(({ message }) => renderText(message))
        .join("\n\n"),
      losses: (shown?.losses ?? [])
        .filter(({ type }) => type !== "coupon_redeemed")
        .map(({ type, stage: at }) => `${type ?? ""} ${at}`),
    };
  }

  it("is told at none, of the hour as it is", async () => {
    const { titles, losses } = await watch();
    expect(titles).to.deep.equal([]);
    expect(losses).to.deep.equal([]);
  });

  it("is told at the source, where half of the objects did not come", async () => {
    await changeLines(place, prefix, (line, object) =>
      object % 2 === 0 ? line : null,
    );
    const { titles, text, losses } = await watch();
    const types = place.catalog.types.size;
    expect(titles).to.deep.equal([
      `${types} types: drop at the source, ${demoHour}`,
    ]);
    expect(text).to.match(
      /2 objects of \d+ bytes came to the source; usual are 4/,
    );
    expect(losses).to.deep.equal(
      [...place.catalog.types.keys()].map((type) => `${type} source`),
    );
  });

  it("is told in classify, where a type was renamed", async () => {
    await changeLines(place, prefix, (line) =>
      line.replace(`"${lost}"`, '"purchase_v2"'),
    );
    const { titles, text, losses } = await watch();
    expect(titles).to.deep.equal([
      `${lost}: missing in classify, ${demoHour}`,
      `purchase_v2: unknown_type in classify, ${demoHour}`,
    ]);
    expect(text).to.match(
      /purchase_v2 \(\d+\), coupon_redeemed \(\d+\)\. Was the type renamed\?/,
    );
    expect(losses).to.deep.equal([`${lost} classify`, "purchase_v2 classify"]);
  });

  it("is told as set aside, where a type's lines are cut short", async () => {
    await changeLines(place, prefix, (line) =>
      line.includes(`"${lost}"`) ? line.trimEnd().slice(0, -1) : line,
    );
    const { titles, text, losses } = await watch();
    expect(titles).to.deep.equal([
      `the whole hour: set_aside set aside by classify, ${demoHour}`,
    ]);
    expect(text).to.match(/Too few rows by it: purchase \d+ row/);
    expect(losses).to.deep.equal([`${lost} set_aside`]);
  });

  it("is told in load, where a load was not run", async () => {
    const { titles, text, losses } = await watch(({ name }) => name !== lost);
    expect(titles).to.deep.equal([`${lost}: missing in load, ${demoHour}`]);
    expect(text).to.match(
      /\d+ rows are staged \(seq 1\), and were never loaded/,
    );
    expect(losses).to.deep.equal([`${lost} load`]);
  });
});
