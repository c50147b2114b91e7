import { expect } from "chai";
import { AccessError, NotReadyError, ServiceError } from "../../src/errors.js";
import { addHours, type FolderHour } from "../../src/folder-hour.js";
import { renderText } from "../../src/messages/render-text.js";
import { readWatchRecord } from "../../src/alerts/read-watch-record.js";
import { watchRecordKey } from "../../src/alerts/watch-record.js";
import {
  hour,
  makeWatchPlace,
  nameFindings,
  playHour,
  recordHour,
  RecordingMessenger,
  removeWatchPlaces,
  stageHour,
  usualHour,
  usualTypes,
  watchPlace,
  type MadeHour,
  type WatchPlace,
} from "./watch-place.js";

const next = (hours: number): FolderHour => addHours(hour, hours);
const usual = usualHour(hour).rows;
const share = (type: string, part: number, at = hour) => ({
  ...usualHour(at).rows,
  [type]: Math.round((usualHour(at).rows[type] ?? 0) * part),
});
const everyType = (part: number, at = hour) =>
  Object.fromEntries(
    Object.entries(usualHour(at).rows).map(([type, rows]) => [
      type,
      Math.round(rows * part),
    ]),
  );

describe("watch --hour", () => {
  let place: WatchPlace;
  afterEach(removeWatchPlaces);

  describe("names the rule and the first stage of the loss", () => {
    beforeEach(async () => {
      place = await makeWatchPlace();
    });

    const cases: readonly {
      readonly title: string;
      readonly change: Partial<MadeHour>;
      readonly findings: readonly string[];
    }[] = [
      { title: "nothing, of a usual hour", change: {}, findings: [] },
      {
        title: "a drop at the source, where objects are missing",
        change: { rows: everyType(0.4), objects: 4 },
        findings: usualTypes.map((type) => `${type} drop source`),
      },
      {
        title: "a drop at the source, where one type's lines did not come",
        change: { rows: share("view", 0.3) },
        findings: ["view drop source"],
      },
      {
        title: "a type without rows",
        change: { rows: share("view", 0) },
        findings: ["view missing source"],
      },
      {
        title: "a jump",
        change: { rows: share("view", 3) },
        findings: ["view jump source"],
      },
      {
        title: "lines set aside in place of a type's",
        change: {
          rows: share("view", 0.2),
          setAside: 20 + Math.round((usual["view"] ?? 0) * 0.8),
        },
        findings: ["hour set_aside set_aside", "view drop set_aside"],
      },
      {
        title: "objects that were not read",
        change: { rows: everyType(0.4), unread: 5 },
        findings: usualTypes.map((type) => `${type} drop classify`),
      },
      {
        title: "a type that was renamed",
        change: {
          rows: share("view", 0),
          unknown: { viewed: usual["view"] ?? 0 },
        },
        findings: ["viewed unknown_type classify", "view missing classify"],
      },
      {
        title: "a type that the manifest lacks",
        change: { unlisted: ["view"] },
        findings: ["view missing classify"],
      },
      {
        title: "a load that was not run",
        change: { unloaded: ["view"] },
        findings: ["view missing load"],
      },
      {
        title: "a load that was not run, of rows that are too few already",
        change: { unloaded: ["view"], rows: share("view", 0.3) },
        findings: ["view missing load", "view drop source"],
      },
      {
        title: "a load that was not run, of rows that are too many already",
        change: { unloaded: ["view"], rows: share("view", 3) },
        findings: ["view missing load", "view jump source"],
      },
      {
        title: "loads that were not run, of an hour of which half came",
        change: { unloaded: usualTypes, rows: everyType(0.4), objects: 4 },
        findings: usualTypes.flatMap((type) => [
          `${type} missing load`,
          `${type} drop source`,
        ]),
      },
      {
        title: "rows that the load set aside",
        change: {
          setAsideByLoad: { view: Math.round((usual["view"] ?? 0) * 0.7) },
        },
        findings: ["view drop load", "view set_aside load"],
      },
      {
        title: "a late classification, and no late loads beside it",
        change: {
          classifiedAfterMin: 100,
          loadedAfterMin: Object.fromEntries(
            usualTypes.map((type) => [type, 130]),
          ),
        },
        findings: ["hour late classify"],
      },
      {
        title: "a late load",
        change: { loadedAfterMin: { view: 130 } },
        findings: ["view late load"],
      },
    ];
    for (const { title, change, findings } of cases)
      it(title, async () => {
        await playHour(place, hour, change);
        const result = await watchPlace(place, hour, { send: false });
        expect(nameFindings(result)).to.have.members(findings);
        expect(nameFindings(result)).to.have.length(findings.length);
      });

    it("no drop of the hours before that were not loaded, in an hour that waits as well", async () => {
      for (const back of [-2, -1])
        place.warehouse.loads.delete(`view ${next(back)}`);
      const slightly = { unloaded: ["view"], rows: share("view", 0.88) };
      await playHour(place, hour, slightly);
      const result = await watchPlace(place, hour, { send: false });
      expect(nameFindings(result)).to.deep.equal(["view missing load"]);
      expect(result.findings[0]?.expected).to.match(/^\d+ to \d+ rows/);
    });

    it("a slow leak, in an hour that waits for its load", async () => {
      for (let back = -23; back <= 0; back += 1)
        await playHour(place, next(back), {
          rows: share("view", 0.87, next(back)),
          unloaded: back === 0 ? ["view"] : [],
        });
      const result = await watchPlace(place, hour, { send: false });
      expect(nameFindings(result)).to.deep.equal([
        "view missing load",
        "view drop source",
      ]);
      expect(result.findings[1]?.found).to.match(
        /^\d+ rows since \S+, those that are staged included$/,
      );
    });

    it("the same rows and bytes as another hour", async () => {
      await playHour(place, hour);
      const twin = place.warehouse.loads.get(`view ${next(-5)}`);
      const load = place.warehouse.loads.get(`view ${hour}`);
      if (twin === undefined || load === undefined) throw new Error("no loads");
      const { rowsLoaded, bytes } = twin;
      await stageHour(place, hour, {
        ...usualHour(hour),
        rows: { ...usual, view: rowsLoaded },
      });
      place.warehouse.loads.set(`view ${hour}`, { ...load, rowsLoaded, bytes });
      const { alerts, ...result } = await watchPlace(place, hour, {
        send: false,
      });
      expect(nameFindings({ alerts, ...result })).to.deep.equal([
        "view duplicate source",
      ]);
      expect(renderText(alerts[0]?.message ?? { parts: [] })).to.include(
        `It has the content of ${next(-5)}.`,
      );
      expect(result.findings[0]?.expected).to.match(/^its own content: \d+ to/);
    });

    it("an hour without source objects, and one whose objects were not classified", async () => {
      const without = await watchPlace(place, hour, { send: false });
      expect(nameFindings(without)).to.deep.equal(["hour missing source"]);
      await place.source.put("2026/11/21/03/a", Buffer.from("{}\n"));
      const unclassified = await watchPlace(place, hour, { send: false });
      expect(nameFindings(unclassified)).to.deep.equal([
        "hour missing classify",
      ]);
    });

    it("a damaged manifest", async () => {
      await place.stage.put("_manifests/2026/11/21/03.json", Buffer.from("{"));
      const result = await watchPlace(place, hour, { send: false });
      expect(nameFindings(result)).to.deep.equal(["hour missing classify"]);
      expect(result.findings[0]?.details[0]).to.include("is no manifest");
    });

    it("is refused before the hour's end, and writes nothing without --send", async () => {
      const clock = () => new Date("2026-11-21T03:59:59Z");
      const error = await watchPlace(place, hour, { clock }).catch(
        (each: unknown) => each,
      );
      expect(error).to.be.instanceOf(NotReadyError);
      await watchPlace(place, hour, { send: false });
      expect(await place.stage.get(watchRecordKey)).to.equal(null);
      expect(place.messenger.titles).to.deep.equal([]);
    });
  });

  describe("tells of an incident", () => {
    beforeEach(async () => {
      place = await makeWatchPlace();
    });
    const watchNext = async (hours: number, change: Partial<MadeHour> = {}) => {
      await playHour(place, next(hours), change);
      return watchPlace(place, next(hours));
    };

    it("once, again when it is much worse, after a day, and when it is over, in one thread", async () => {
      await watchNext(0, { rows: share("view", 0.6) });
      await watchNext(1, { rows: share("view", 0.58, next(1)) });
      await watchNext(2, { rows: share("view", 0.1, next(2)) });
      await watchNext(3, { rows: share("view", 0.1, next(3)) });
      await watchNext(4);
      await watchNext(5);
      expect(place.messenger.titles).to.deep.equal([
        "view: drop at the source, 2026-11-21T03",
        "Still: view: drop at the source, 2026-11-21T03 to 2026-11-21T05",
        "Over: view: drop at the source, 2026-11-21T03 to 2026-11-21T06",
      ]);
      expect(
        place.messenger.messages.map(({ thread }) => thread),
      ).to.deep.equal([undefined, "thread 1", "thread 1"]);
    });

    it("with what, where, expected, found, since, owner and the commands", async () => {
      await watchNext(0, { unloaded: ["view"] });
      const [told] = place.messenger.messages;
      const text = renderText(told?.message ?? { parts: [] });
      expect(text).to.include("view: missing in load, 2026-11-21T03");
      expect(text).to.include("Hour 2026-11-21T03 (UTC). Rule: missing.");
      expect(text).to.include("Found: 0 rows loaded");
      expect(text).to.match(/Expected: \d+ to \d+ rows, usually \d+/);
      expect(text).to.include(
        `${usual["view"] ?? 0} rows are staged (seq 1), and were never loaded.`,
      );
      expect(text).to.include("Owner: team-view");
      expect(text).to.include("Not loaded yet: 1 hour: 2026-11-21T03");
      expect(text).to.include(
        "  sluice status --from 2026-11-21T03 --to 2026-11-21T03",
      );
      expect(text).to.include(
        "  sluice reconcile --from 2026-11-21T03 --to 2026-11-21T03 --run",
      );
      expect(text).to.include(
        "  sluice run --from 2026-11-21T03 --to 2026-11-21T03",
      );
    });

    it("that stays open until the hour is loaded, though later ones are fine", async () => {
      await watchNext(0, { unloaded: ["view"] });
      await watchNext(1);
      expect(place.messenger.titles).to.have.length(1);
      recordHour(place, hour, usualHour(hour));
      await watchNext(2);
      expect(place.messenger.titles[1]).to.match(
        /^Over: view: missing in load/,
      );
    });

    it("that stays open while another classification of the same seq is loaded", async () => {
      await playHour(place, hour);
      const key = `view ${hour}`;
      const load = place.warehouse.loads.get(key);
      if (load === undefined) throw new Error("no load of view");
      const rowsLoaded = Math.round(load.rowsLoaded / 2);
      place.warehouse.loads.set(key, { ...load, rowsLoaded, run: "before" });
      await watchPlace(place, hour);
      for (const at of [1, 2, 3]) await watchNext(at);
      expect(place.messenger.titles).to.deep.equal([
        "view: missing in load, 2026-11-21T03",
      ]);
      place.warehouse.loads.set(key, load);
      await watchNext(4);
      expect(place.messenger.titles[1]).to.match(
        /^Over: view: missing in load/,
      );
    });

    it("none of rows that wait before their type's start", async () => {
      const { types, ...rest } = place.catalog;
      const view = types.get("view");
      if (view === undefined) throw new Error("no view");
      const startDate = "2026-11-21T04:00:00Z";
      const late = { ...view, name: "late", table: "late", startDate };
      const catalog = { ...rest, types: new Map([...types, ["late", late]]) };
      const rows = { ...usualHour(hour).rows, late: 500 };
      await playHour(place, hour, { rows, unloaded: ["late"] });
      await watchPlace(place, hour, { catalog });
      expect(place.messenger.titles).to.deep.equal([]);
    });

    it("with the command that helps where the hour was classified without the type", async () => {
      await watchNext(0, { unlisted: ["view"] });
      const text = renderText(
        place.messenger.messages[0]?.message ?? { parts: [] },
      );
      expect(text).to.include("with a catalog that has the type:");
      expect(text).to.not.include("sluice reconcile");
    });

    it("of rows that wait, and of their number, each until its own end", async () => {
      const few = { rows: share("view", 0.3), unloaded: ["view"] };
      await watchNext(0, few);
      await watchNext(1);
      await watchNext(2);
      recordHour(place, hour, { ...usualHour(hour), ...few, unloaded: [] });
      await watchNext(3);
      await watchNext(4);
      expect(place.messenger.titles).to.deep.equal([
        "view: missing in load, 2026-11-21T03",
        "view: drop at the source, 2026-11-21T03",
        "Over: view: drop at the source, 2026-11-21T03",
        "Over: view: missing in load, 2026-11-21T03",
      ]);
      expect(
        place.messenger.messages.map(({ thread }) => thread),
      ).to.deep.equal([undefined, undefined, "thread 2", "thread 1"]);
      const [, , dropOver, loadOver] = place.messenger.messages.map(
        ({ message }) => renderText(message),
      );
      expect(dropOver).to.include("do not come back by themselves");
      expect(loadOver).to.include(
        "All that waited was loaded when 2026-11-21T06 was watched.",
      );
    });

    it("after a day, where it goes on", async () => {
      await watchNext(0, { unloaded: ["view"] });
      for (let at = 1; at <= 24; at += 1)
        recordHour(place, next(at), usualHour(next(at)));
      await playHour(place, next(24));
      await watchPlace(place, next(24));
      expect(place.messenger.titles).to.deep.equal([
        "view: missing in load, 2026-11-21T03",
        "Still: view: missing in load, 2026-11-21T03",
      ]);
    });

    it("of many types in one message, and of a few in one each", async () => {
      await watchNext(0, { unloaded: usualTypes.slice(0, 6) });
      expect(place.messenger.titles).to.deep.equal([
        "6 types: missing in load, 2026-11-21T03",
      ]);
      const text = renderText(
        place.messenger.messages[0]?.message ?? { parts: [] },
      );
      for (const type of usualTypes.slice(0, 6))
        expect(text).to.include(`team-${type}`);
    });

    it("of a dead classifier in one message an incident, whose hours are counted", async () => {
      await place.source.put("2026/11/21/03/a", Buffer.from("{}\n"));
      await watchPlace(place, hour);
      await place.source.put("2026/11/21/04/a", Buffer.from("{}\n"));
      await watchPlace(place, next(1));
      await playHour(place, hour);
      await watchNext(1);
      await watchNext(2);
      expect(place.messenger.titles).to.deep.equal([
        "the whole hour: missing in classify, 2026-11-21T03",
        "Still: the whole hour: missing in classify, 2026-11-21T03 to 2026-11-21T04",
        "Over: the whole hour: missing in classify, 2026-11-21T03 to 2026-11-21T04",
      ]);
    });

    it("with commands that leave no type behind: an hour is classified whole", async () => {
      await watchNext(0, { rows: share("view", 0.3) });
      const text = renderText(
        place.messenger.messages[0]?.message ?? { parts: [] },
      );
      expect(text.slice(text.indexOf("Once the lines"))).to.equal(
        [
          "Once the lines are at the source, to reload what is behind it:",
          "",
          "  sluice reconcile --from 2026-11-21T03 --to 2026-11-21T03 --run",
          "",
          "Or, to classify and load all of it again:",
          "",
          "  sluice run --from 2026-11-21T03 --to 2026-11-21T03",
        ].join("\n"),
      );
    });

    it("with no command to reload where an hour was late alone", async () => {
      await watchNext(0, { loadedAfterMin: { view: 130 } });
      const [told] = place.messenger.messages;
      expect(told?.message.title).to.include("view: late in load");
      const text = renderText(told?.message ?? { parts: [] });
      expect(text).to.include("sluice status");
      expect(text).not.to.match(/reload|reconcile|replay|sluice run/);
    });

    it("once for rows that are few because they were set aside", async () => {
      await watchNext(0, {
        setAsideByLoad: { view: Math.round((usual["view"] ?? 0) * 0.7) },
      });
      expect(place.messenger.titles).to.deep.equal([
        "view: set_aside in load, 2026-11-21T03",
      ]);
      const text = renderText(
        place.messenger.messages[0]?.message ?? { parts: [] },
      );
      expect(text).to.include("Too few rows by it: view");
      expect(text).to.include(
        "sluice replay --type view --from 2026-11-21T03 --to 2026-11-21T03",
      );
    });

    it("of hours that no run has watched, at the next run", async () => {
      await watchNext(0);
      await playHour(place, next(1), { rows: share("view", 0.2, next(1)) });
      await watchNext(2);
      expect(place.messenger.titles).to.deep.equal([
        "view: drop at the source, 2026-11-21T04",
      ]);
      expect(
        renderText(place.messenger.messages[0]?.message ?? { parts: [] }),
      ).to.include("It was over in 2026-11-21T05.");
    });

    it("no second time, where the hour is watched again, or an earlier one", async () => {
      await watchNext(0, { rows: share("view", 0.2) });
      await watchPlace(place, hour);
      await watchNext(1);
      await watchPlace(place, hour);
      await watchPlace(place, next(-24));
      expect(place.messenger.titles).to.have.length(2);
    });
  });

  describe("sends", () => {
    beforeEach(async () => {
      place = await makeWatchPlace();
      await playHour(place, hour, { rows: share("view", 0.2) });
    });
    const lose = (error: Error) => () => {
      throw error;
    };

    it("again after a kill between sending and recording, and no third time", async () => {
      const { stage } = place;
      // What a process that is killed after the messenger took the message leaves: nothing is written any more.
      const killed = new Error("kill -9");
      let sent = false;
      place.messenger.onSend = () => {
        sent = true;
      };
      const dying = new Proxy(stage, {
        get: (target, name): unknown => {
          const member: unknown = Reflect.get(target, name);
          if (typeof member !== "function") return member;
          return (...args: unknown[]): unknown =>
            name === "put" && sent
              ? Promise.reject(killed)
              : Reflect.apply(member, target, args);
        },
      });
      expect(
        await watchPlace(place, hour, { stage: dying }).catch(
          (error: unknown) => error,
        ),
      ).to.equal(killed);
      expect(place.messenger.titles).to.have.length(1);
      expect((await readWatchRecord(stage)).record.outbox).to.have.length(1);

      // The next run waits until the lease of the killed one is past.
      let nowMs = Date.parse("2026-11-21T05:15:01Z");
      let waits = 0;
      const later = {
        clock: () => new Date(nowMs),
        wait: (ms: number) => {
          nowMs += ms;
          waits += 1;
          return Promise.resolve();
        },
      };
      await watchPlace(place, hour, later);
      expect(waits).to.be.greaterThan(0);
      expect(place.messenger.titles).to.deep.equal([
        "view: drop at the source, 2026-11-21T03",
        "view: drop at the source, 2026-11-21T03",
      ]);
      await watchPlace(place, hour, later);
      expect(place.messenger.titles).to.have.length(2);
      expect((await readWatchRecord(stage)).record.outbox).to.deep.equal([]);
    });

    it("after a kill between recording and sending", async () => {
      place.messenger.onSend = lose(new Error("kill -9"));
      expect(
        await watchPlace(place, hour).catch((error: unknown) => String(error)),
      ).to.include("kill -9");
      place.messenger.onSend = () => undefined;
      await watchPlace(place, hour);
      expect(place.messenger.titles).to.have.length(1);
    });

    it("once from two runs at once", async () => {
      const wait = () => new Promise<void>((resolve) => setTimeout(resolve, 5));
      await Promise.all([
        watchPlace(place, hour, { wait }),
        watchPlace(place, hour, { wait }),
      ]);
      expect(place.messenger.titles).to.have.length(1);
    });

    it("by the channels that work, keeps it for the others, and fails as they did", async () => {
      const broken = new RecordingMessenger("broken channel");
      broken.onSend = lose(new ServiceError("broken channel: no answer"));
      const messengers = [broken, place.messenger];
      const error = await watchPlace(place, hour, { messengers }).catch(
        (each: unknown) => each,
      );
      expect(error).to.be.instanceOf(ServiceError);
      expect((error as Error).message).to.include("broken channel: no answer");
      expect(place.messenger.titles).to.have.length(1);

      broken.onSend = lose(new AccessError("broken channel: refused"));
      expect(
        await watchPlace(place, hour, { messengers }).catch(
          (each: unknown) => each,
        ),
      ).to.be.instanceOf(AccessError);

      broken.onSend = () => undefined;
      const last = await watchPlace(place, hour, { messengers });
      expect(last.sent).to.equal(1);
      expect(broken.titles).to.have.length(1);
      expect(place.messenger.titles).to.have.length(1);
    });

    it("though a channel refuses one of them for ever", async () => {
      await playHour(place, hour, {
        rows: { ...share("view", 0.2), pay: 0 },
      });
      place.messenger.onSend = ({ title }) => {
        if (title.startsWith("view")) throw new AccessError("too long");
      };
      const error = await watchPlace(place, hour).catch(
        (each: unknown) => each,
      );
      expect(error).to.be.instanceOf(AccessError);
      expect(place.messenger.titles.join()).to.match(/^pay: missing/);
    });

    it("once where only some receivers of a mail are refused, and says so in the log", async () => {
      const messengers = [place.messenger];
      const send = place.messenger.send.bind(place.messenger);
      place.messenger.send = async (...given) => ({
        ...(await send(...given)),
        refused: ["nobody@acme.example"],
      });
      await watchPlace(place, hour, { messengers });
      await watchPlace(place, hour, { messengers });
      expect(place.messenger.titles).to.have.length(1);
      expect(
        place.lines.flatMap(({ fields }) => fields["refused"] ?? []),
      ).to.deep.equal(["nobody@acme.example"]);
    });

    it("by one channel alone where its lease is lost meanwhile", async () => {
      const other = new RecordingMessenger("other channel");
      place.messenger.onSend = async () => {
        await place.stage.put(watchRecordKey, Buffer.from("{}"));
      };
      const messengers = [place.messenger, other];
      expect(
        await watchPlace(place, hour, { messengers }).catch(
          (each: unknown) => each,
        ),
      ).to.be.instanceOf(Error);
      expect(other.titles).to.deep.equal([]);
      expect(
        place.lines.filter(({ message }) => message.includes("was not sent")),
      ).to.deep.equal([]);
    });

    it("to nobody where no channel is configured, and says so in the log", async () => {
      await watchPlace(place, hour, { messengers: [] });
      const warnings = place.lines.filter(({ level }) => level === "warn");
      expect(warnings.map(({ message }) => message)).to.deep.equal([
        "view: drop at the source, 2026-11-21T03",
        "nobody was told: the catalog names no channel; set report.slack or report.mail there",
      ]);
      await watchPlace(place, hour);
      expect(place.messenger.titles).to.deep.equal([]);
    });

    it("with run, hour and type on every line of the log", async () => {
      await watchPlace(place, hour);
      expect(place.lines).to.have.length.greaterThan(1);
      for (const { fields } of place.lines)
        expect(fields).to.include.all.keys("run", "hour", "type");
    });

    it("with the type on every line of an incident of one type, also where it is not sent, or given up", async () => {
      const other = new RecordingMessenger("other channel");
      place.messenger.onSend = () => {
        throw new ServiceError("it is down");
      };
      const both = [place.messenger, other];
      await watchPlace(place, hour, { messengers: both }).catch(() => null);
      await watchPlace(place, hour, { messengers: [other] });
      expect(
        place.lines
          .filter(({ fields }) => "incident" in fields)
          .map(({ fields, message }) => [fields["type"], message]),
      ).to.deep.equal([
        ["view", "view: drop at the source, 2026-11-21T03"],
        ["view", "an alert was not sent; the next watch --send tries again"],
        ["view", "alert sent"],
        ["view", "an alert was never sent, and is given up"],
      ]);
    });

    it("nothing over a record that is damaged", async () => {
      await place.stage.put(watchRecordKey, Buffer.from('{"version":2}'));
      const error = await watchPlace(place, hour).catch(
        (each: unknown) => each,
      );
      expect((error as Error).message).to.include(
        "is no record of sluice watch",
      );
      expect(place.messenger.titles).to.deep.equal([]);
    });
  });

  describe("is held back by the catalog", () => {
    it("until a silence ends, and says in the log that it applies and that it has ended", async () => {
      place = await makeWatchPlace([
        "watch:",
        "  silence:",
        "    - { type: view, rule: drop, until: 2026-11-21T06:00:00Z, why: a migration }",
      ]);
      for (const at of [0, 1, 2]) {
        await playHour(place, next(at), { rows: share("view", 0.2, next(at)) });
        await watchPlace(place, next(at));
      }
      expect(place.messenger.titles).to.deep.equal([
        "view: drop at the source, 2026-11-21T04",
      ]);
      const words = place.lines.map(
        ({ message, fields }) => `${String(fields["type"])}: ${message}`,
      );
      expect(words[0]).to.equal("view: a finding is silenced by the catalog");
      expect(words[1]).to.match(/^view: a silence of the catalog has ended/);
    });

    it("an incident that is told already, until a silence ends", async () => {
      place = await makeWatchPlace();
      const { catalog } = place;
      const until = new Date("2026-11-22T06:00:00Z");
      const silence = { type: "view", rule: null, until, why: null };
      const silenced = {
        ...catalog,
        watch: { ...catalog.watch, silences: [silence] },
      };
      for (let at = 0; at <= 25; at += 1) {
        await playHour(place, next(at), { rows: share("view", 0.2, next(at)) });
        if (at === 0) await watchPlace(place, hour);
        if (at >= 22) await watchPlace(place, next(at), { catalog: silenced });
      }
      expect(place.messenger.titles).to.deep.equal([
        "view: drop at the source, 2026-11-21T03",
        "Still: view: drop at the source, 2026-11-21T03 to 2026-11-22T04",
      ]);
    });

    it("until enough hours do, and is as old as the first of them, which must be loaded too", async () => {
      place = await makeWatchPlace(["watch: { confirm: { hours: 2, of: 3 } }"]);
      for (const at of [0, 1]) {
        await playHour(place, next(at), { unloaded: ["view"] });
        await watchPlace(place, next(at));
      }
      const { record } = await readWatchRecord(place.stage);
      const [incident, ...others] = record.incidents;
      expect(others).to.deep.equal([]);
      expect(incident?.since).to.equal(hour);
      expect(incident?.undone.map((undone) => undone.hour)).to.deep.equal([
        hour,
        next(1),
      ]);
    });

    it("until enough hours of the last ones break the rule", async () => {
      place = await makeWatchPlace(["watch: { confirm: { hours: 2, of: 3 } }"]);
      for (const [at, part] of [
        [0, 0.2],
        [1, 1],
        [2, 0.2],
        [3, 1],
        [4, 1],
        [5, 1],
      ] as const) {
        await playHour(place, next(at), {
          rows: share("view", part, next(at)),
        });
        await watchPlace(place, next(at));
        expect(place.messenger.titles).to.have.length(
          at < 2 ? 0 : at < 5 ? 1 : 2,
        );
      }
    });

    it("where a rule is switched off", async () => {
      place = await makeWatchPlace([
        "watch: { rules: { drop: { enabled: false } } }",
      ]);
      await playHour(place, hour, { rows: share("view", 0.5) });
      expect(nameFindings(await watchPlace(place, hour))).to.deep.equal([]);
    });
  });
});
