import { join } from "node:path";
import { readFile, writeFile } from "node:fs/promises";
import { expect } from "chai";
import { classify } from "../jobs/classify.js";
import { classifyShard } from "../jobs/classify-shard.js";
import { commit } from "../jobs/commit.js";
import { load } from "../jobs/load.js";
import { plan } from "../jobs/plan.js";
import { reconcile } from "../jobs/reconcile.js";
import { replay } from "../jobs/replay.js";
import { run } from "../jobs/run.js";
import { watchHour } from "../jobs/watch-hour.js";
import { readCatalog } from "../src/catalog/read-catalog.js";
import { parsePlanId } from "../src/classify/plan.js";
import { addHours, hourPath } from "../src/folder-hour.js";
import type { Log } from "../src/log.js";
import { RecordingMessenger } from "./alerts/watch-place.js";
import {
  hour,
  makeReconcilePlace,
  nextHour,
  removeReconcilePlaces,
  writeObject,
  type ReconcilePlace,
} from "./reconcile/reconcile-place.js";

const secret = "T0PSECRET";

interface Line {
  readonly run?: unknown;
  readonly hour?: unknown;
  readonly type?: unknown;
  readonly message: string;
}

function replaceMethod<T extends object, K extends keyof T>(
  target: T,
  name: K,
  method: T[K],
): T {
  return new Proxy(target, {
    get: (object, key) => {
      if (key === name) return method;
      const value: unknown = Reflect.get(object, key);
      return typeof value === "function"
        ? (value.bind(object) as unknown)
        : value;
    },
  });
}

/** Each job on hours of which something is to be told: lines set aside, an unknown type, rows that do not fit. */
describe("each line of a job's log", () => {
  let place: ReconcilePlace;
  let lines: Line[];
  let log: Log;
  const clock = () => new Date("2026-11-22T12:00:00Z");

  beforeEach(async () => {
    place = await makeReconcilePlace();
    const file = join(place.root, "catalog.yaml");
    const text = await readFile(file, "utf8");
    await writeFile(
      file,
      text.replace("pay: {}", "pay: { on_bad_row: quarantine, max_bad: 1 }"),
    );
    place = { ...place, catalog: await readCatalog(file, {}) };
    for (const at of [hour, nextHour])
      await writeObject(
        place,
        `${hourPath(at)}/a`,
        ...["view:1", "pay:2", 'pay:"much"', "refund:3", "broken"],
      );
    lines = [];
    const keep = (fields: object, message: string) => {
      lines.push({ ...fields, message });
    };
    log = { info: keep, warn: keep };
  });
  afterEach(removeReconcilePlaces);

  const classifyOptions = () => ({
    catalog: place.catalog,
    spoolDir: join(place.root, "spool"),
    now: clock,
    log,
  });
  /** A warehouse that drops no TEMP table, so that the load says so. */
  const ports = () => {
    return {
      source: place.source,
      stage: place.stage,
      warehouse: replaceMethod(place.warehouse, "dropTable", () =>
        Promise.reject(new Error("it is in use")),
      ),
      clock,
      log,
    };
  };
  /** The lines so far, as `type message`; each has a run and its hour. */
  const take = (ofHour: string = hour): string[] => {
    const taken = lines.splice(0);
    for (const line of taken) {
      expect(line.run, line.message).to.match(/^[0-9a-f]{16}$/);
      expect(line.hour, line.message).to.equal(ofHour);
      expect(line, line.message).to.have.property("type");
    }
    return taken.map(
      ({ type, message }) => `${String(type)}: ${message.slice(0, 31)}`,
    );
  };
  const classifyLines = [
    "null: 1 type is not in the catalog; the rows are staged",
    "null: 1 line was set aside",
    "null: classified",
  ].map((line) => line.slice(0, 37));
  const loadLines = (type: string) => [
    ...(type === "pay" ? ["pay: 1 of 2 rows do not fit the sche"] : []),
    `${type}: a TEMP table is left behind`,
  ];

  it("names run, hour and type in classify, load and replay", async () => {
    await classify({ ...classifyOptions(), hour }, ports());
    expect(take()).to.deep.equal(classifyLines);
    await load({ catalog: place.catalog, hour, type: "pay" }, ports());
    expect(take()).to.deep.equal(loadLines("pay"));
    await replay(
      { catalog: place.catalog, hours: [hour], type: "pay", force: false },
      ports(),
    );
    expect(take()).to.deep.equal(loadLines("pay"));
  });

  it("names them where the source changed", async () => {
    const { source } = place;
    let opened = 0;
    const changing = replaceMethod(source, "get", async (...words) => {
      opened += 1;
      if (opened === 1)
        await writeObject(place, `${hourPath(hour)}/a`, "view:1");
      return source.get(...words);
    });
    await classify(
      { ...classifyOptions(), hour },
      { ...ports(), source: changing },
    );
    expect(take()).to.deep.equal(
      ["null: the source changed; starting ove", "null: classified"].map(
        (line) => line.slice(0, 37),
      ),
    );
  });

  it("names them in a plan's shards and its commit", async () => {
    const made = await plan({ ...classifyOptions(), hour, shards: 1 }, ports());
    const id = parsePlanId(made.plan);
    const shard = {
      ...classifyOptions(),
      plan: id,
      shard: { index: 1, of: 1 },
    };
    await classifyShard(shard, ports());
    expect(take()).to.deep.equal(["null: shard classified"]);
    await commit({ ...classifyOptions(), plan: id }, ports());
    expect(take()).to.deep.equal(classifyLines);
    await classifyShard(shard, ports());
    expect(take()).to.deep.equal([
      "null: the plan is committed already",
      "null: shard classified",
    ]);
  });

  it("names them in run and reconcile", async () => {
    const options = {
      catalog: place.catalog,
      spoolDirectory: join(place.root, "spool"),
    };
    await run(
      { ...options, hours: [hour], types: null, onStep: () => undefined },
      ports(),
    );
    expect(take().sort()).to.deep.equal(
      [...loadLines("pay"), ...loadLines("view")].sort(),
    );
    await reconcile(
      { ...options, hours: [nextHour], run: true, sweepAfterMs: 0 },
      ports(),
    );
    expect(take(nextHour).sort()).to.deep.equal(
      [...loadLines("pay"), ...loadLines("view")].sort(),
    );
  });

  it("names them in watch, and never the heartbeat's URL", async () => {
    const watched = addHours(hour, 5);
    await watchHour(
      {
        catalog: place.catalog,
        hour: watched,
        send: true,
        heartbeatUrl: `nothing:${secret}`,
      },
      {
        ...ports(),
        messengers: [new RecordingMessenger()],
        wait: () => Promise.resolve(),
      },
    );
    expect(JSON.stringify(lines)).not.to.include(secret);
    expect(take(watched)).to.deep.equal(
      [
        "null: the whole hour: missing at the ",
        "null: alert sent",
        "null: the heartbeat of SLUICE_HEARTBE",
      ].map((line) => line.slice(0, 37)),
    );
  });
});
