import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { status } from "../../jobs/status.js";
import { watchHour } from "../../jobs/watch-hour.js";
import { readCatalog } from "../../src/catalog/read-catalog.js";
import type { LogType } from "../../src/catalog/catalog.js";
import { addHours, hourPath } from "../../src/folder-hour.js";
import { renderText } from "../../src/messages/render-text.js";
import type { Warehouse } from "../../src/ports/warehouse.js";
import { runHours } from "../../src/run/run-hours.js";
import { formatLosses } from "../../src/terminal/format-losses.js";
import {
  hour,
  makeReconcilePlace,
  removeReconcilePlaces,
  silent,
  writeObject,
  type ReconcilePlace,
} from "../reconcile/reconcile-place.js";
import {
  ListedWarehouse,
  recordHour,
  RecordingMessenger,
  stageHour,
  usualHour,
} from "./watch-place.js";

const viewRows = 200;
const payRows = 120;
const objects = 4;

/** From -8 to 8, without a period of a day or a week. */
const vary = (salt: number) => (((salt * 7919) % 101) % 17) - 8;

/** Weeks before the hour, as a warehouse would know them; the hour itself goes through the whole pipe. */
describe("a loss at each stage of the pipe", () => {
  let place: ReconcilePlace;
  let history: ListedWarehouse;

  beforeEach(async () => {
    place = await makeReconcilePlace();
    history = new ListedWarehouse();
    const made = {
      ...place,
      warehouse: history,
      messenger: new RecordingMessenger(),
      lines: [],
    };
    for (let back = 14 * 24; back >= 1; back -= 1) {
      const at = addHours(hour, -back);
      const usual = {
        ...usualHour(at),
        rows: { view: viewRows + vary(back), pay: payRows + vary(back + 50) },
        setAside: back % 3,
        objects,
      };
      recordHour(made, at, usual);
      if (back % 24 === 0) await stageHour(made, at, usual);
    }
  });
  afterEach(removeReconcilePlaces);

  const writeHour = async (options: {
    readonly objects?: number;
    readonly pay?: (index: number) => string;
  }) => {
    const { pay = (index) => `pay:${index}` } = options;
    for (let index = 0; index < (options.objects ?? objects); index += 1)
      await writeObject(
        place,
        `${hourPath(hour)}/app-${index}`,
        ...Array.from(
          { length: viewRows / objects },
          (_, row) => `view:${row}`,
        ),
        ...Array.from({ length: payRows / objects }, (_, row) => pay(row)),
      );
  };

  const watch = async (
    loaded: (types: LogType[]) => LogType[] = (types) => types,
  ) => {
    const { catalog, source, stage, warehouse, root } = place;
    const ran = await runHours(
      {
        catalog,
        hours: [hour],
        types: loaded([...catalog.types.values()]),
        spoolDirectory: join(root, "spool"),
        onStep: () => undefined,
      },
      {
        source,
        stage,
        warehouse,
        clock: () => new Date("2026-11-21T04:08:00Z"),
        log: silent,
      },
    );
    expect(ran.failures).to.deep.equal([]);
    const both: Pick<Warehouse, "readLedger" | "readHours"> = {
      readLedger: async (from, to) => [
        ...(await history.readLedger(from, to)),
        ...(await warehouse.readLedger(from, to)),
      ],
      readHours: async (from, to) => [
        ...(await history.readHours(from, to)),
        ...(await warehouse.readHours(from, to)),
      ],
    };
    const messenger = new RecordingMessenger();
    await watchHour(
      { catalog, hour, send: true, heartbeatUrl: undefined },
      {
        source,
        stage,
        warehouse: both,
        messengers: [messenger],
        clock: () => new Date("2026-11-21T05:15:00Z"),
        wait: () => Promise.resolve(),
        log: silent,
      },
    );
    const [shown] = await status(
      { catalog, from: hour, to: hour },
      {
        ...{ source, stage, warehouse, log: silent },
        clock: () => new Date("2026-11-21T05:15:00Z"),
      },
    );
    if (shown === undefined) throw new Error("status shows no hour");
    return {
      losses: (shown.losses ?? []).map(
        (loss) => `${loss.type ?? "the whole hour"} ${loss.stage}`,
      ),
      statusText: formatLosses([shown]),
      titles: messenger.titles.sort(),
      text: messenger.messages
        .map(({ message }) => renderText(message))
        .join("\n\n"),
    };
  };

  it("is told at none, of a whole hour", async () => {
    await writeHour({});
    const { titles, losses, statusText } = await watch();
    expect(titles).to.deep.equal([]);
    expect(losses).to.deep.equal([]);
    expect(statusText).to.equal("");
  });

  it("is told at the source, where objects are missing", async () => {
    await writeHour({ objects: 2 });
    const { titles, text, losses, statusText } = await watch();
    expect(titles).to.deep.equal([
      "pay: drop at the source, 2026-11-21T03",
      "view: drop at the source, 2026-11-21T03",
    ]);
    expect(text).to.match(
      /2 objects of \d+ bytes came to the source; usual are 4 of \d+/,
    );
    expect(losses).to.deep.equal(["view source", "pay source"]);
    expect(statusText).to.match(
      /03 +pay +at the source +60 +1\d\d +2 objects of \d+ bytes came/,
    );
  });

  it("is told as set aside by classify, where lines are broken", async () => {
    await writeHour({ pay: () => "broken" });
    const { titles, text, losses, statusText } = await watch();
    expect(titles).to.deep.equal([
      "the whole hour: set_aside set aside by classify, 2026-11-21T03",
    ]);
    expect(text).to.include("not_json (120)");
    expect(text).to.match(
      /The lines are in file:\/\S+_set_aside\/2026\/11\/21\/03\/\w+\.ndjson\./,
    );
    expect(text).to.include("Too few rows by it: pay 0 rows");
    expect(losses).to.deep.equal(["pay set_aside"]);
    expect(statusText).to.match(
      /pay +set aside by classify +0 +1\d\d +\d+ lines more than usual were set aside: not_json \(120\)/,
    );
  });

  it("is told in classify, where a type was renamed", async () => {
    await writeHour({ pay: (index) => `payment:${index}` });
    const { titles, text, losses } = await watch();
    expect(titles).to.deep.equal([
      "pay: missing in classify, 2026-11-21T03",
      "payment: unknown_type in classify, 2026-11-21T03",
    ]);
    expect(text).to.include("payment (120). Was the type renamed?");
    expect(text).to.include("sluice add payment --hour 2026-11-21T03");
    expect(losses).to.deep.equal(["pay classify", "payment classify"]);
  });

  it("is told in load, where the load was not run", async () => {
    await writeHour({});
    const { titles, text, losses, statusText } = await watch((types) =>
      types.filter(({ name }) => name !== "pay"),
    );
    expect(titles).to.deep.equal(["pay: missing in load, 2026-11-21T03"]);
    expect(text).to.include(
      "120 rows are staged (seq 1), and were never loaded.",
    );
    expect(losses).to.deep.equal(["pay load"]);
    expect(statusText).to.match(
      /pay +in load +0 +1\d\d +120 rows are staged, and were never loaded/,
    );
  });

  it("is told at the source and in load, where few rows came and their load was not run", async () => {
    await writeHour({ objects: 2 });
    const { titles, text, losses, statusText } = await watch((types) =>
      types.filter(({ name }) => name !== "pay"),
    );
    expect(titles).to.deep.equal([
      "pay: drop at the source, 2026-11-21T03",
      "pay: missing in load, 2026-11-21T03",
      "view: drop at the source, 2026-11-21T03",
    ]);
    expect(text).to.match(
      /Found: 60 rows staged\nExpected: \d+ to \d+ rows, usually 1\d\d\nWhere: at the source\n2 objects of/,
    );
    expect(text).to.include(
      "Found: 0 rows loaded\nExpected: the 60 that are staged\nWhere: in load\n60 rows are staged (seq 1), and were never loaded.",
    );
    expect(losses).to.deep.equal(["view source", "pay source", "pay load"]);
    expect(statusText).to.match(
      /pay +at the source +0 +1\d\d +2 objects of \d+ bytes came/,
    );
    expect(statusText).to.match(
      /pay +in load +0 +1\d\d +60 rows are staged, and were never loaded/,
    );
  });

  it("is told with the lines set aside and in load, where broken lines left few and their load was not run", async () => {
    await writeHour({
      pay: (index) => (index % 3 === 0 ? `pay:${index}` : "broken"),
    });
    const { titles, text, losses } = await watch((types) =>
      types.filter(({ name }) => name !== "pay"),
    );
    expect(titles).to.deep.equal([
      "pay: missing in load, 2026-11-21T03",
      "the whole hour: set_aside set aside by classify, 2026-11-21T03",
    ]);
    expect(text).to.include("Too few rows by it: pay 40 rows staged (");
    expect(text).to.include("Expected: the 40 that are staged");
    expect(losses).to.deep.equal(["pay set_aside", "pay load"]);
  });

  it("is told in classify and in load, where most lines have another type and the load of the others was not run", async () => {
    await writeHour({
      pay: (index) => (index % 3 === 0 ? `pay:${index}` : `payment:${index}`),
    });
    const { titles, losses } = await watch((types) =>
      types.filter(({ name }) => name !== "pay"),
    );
    expect(titles).to.deep.equal([
      "pay: drop in classify, 2026-11-21T03",
      "pay: missing in load, 2026-11-21T03",
      "payment: unknown_type in classify, 2026-11-21T03",
    ]);
    expect(losses).to.deep.equal([
      "pay classify",
      "pay load",
      "payment classify",
    ]);
  });

  it("is told in load, where it set rows aside", async () => {
    const file = join(place.root, "catalog.yaml");
    const { source, stage, warehouse } = place.catalog;
    await rm(file);
    await writeFile(
      file,
      `source: ${source}\nstage: ${stage}\nwarehouse: ${warehouse}\ntype_key: log_type\ntypes:\n  view: {}\n  pay: { on_bad_row: quarantine, max_bad: 1 }\n`,
    );
    place = { ...place, catalog: await readCatalog(file, {}) };
    await writeHour({
      pay: (index) => `pay:${index % 3 === 0 ? index : '"much"'}`,
    });
    const { titles, text, losses } = await watch();
    expect(titles).to.deep.equal(["pay: set_aside in load, 2026-11-21T03"]);
    expect(text).to.match(
      /Top reasons of the rows set aside: n: expected \w+ in 80 rows/,
    );
    expect(text).not.to.include("much");
    expect(text).to.include(
      "sluice replay --type pay --from 2026-11-21T03 --to 2026-11-21T03",
    );
    expect(losses).to.deep.equal(["pay load"]);
  });
});
