import { spawn, type ChildProcess } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect } from "chai";
import type { WatchRecord } from "../../src/alerts/watch-record.js";
import { findPackageRoot } from "../../src/package-root.js";
import { startFakeSlack, type FakeSlack } from "../messages/fake-slack.js";

const root = findPackageRoot();
const hour = "2026-01-15T03";
const title = `the whole hour: missing at the source, ${hour}`;

/** Processes of the built command line over one stage, and a server that records what Slack would get. */
describe("watch --send in processes of its own", function () {
  this.timeout(120_000);
  let directory: string;
  let slack: FakeSlack;
  /** What the server does before it answers a post. */
  let onPost: () => void | Promise<void>;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "sluice-watch-"));
    mkdirSync(join(directory, "schemas/tables"), { recursive: true });
    mkdirSync(join(directory, "source"));
    writeFileSync(
      join(directory, "schemas/tables/view.json"),
      '[{ "name": "log_type", "type": "STRING" }]',
    );
    writeFileSync(
      join(directory, "catalog.yaml"),
      [
        `source: file:${directory}/source`,
        `stage: file:${directory}/stage`,
        `warehouse: duckdb:${directory}/w.duckdb`,
        "type_key: log_type",
        'report: { slack: { channel: "#data" } }',
        "types: { view: {} }",
        "",
      ].join("\n"),
    );
    onPost = () => undefined;
    slack = await startFakeSlack(() => onPost());
  });
  afterEach(async () => {
    await slack.stop();
    rmSync(directory, { recursive: true });
  });

  /** Each with a warehouse of its own: DuckDB's own lock would make them take turns. */
  function startWatch(warehouse: string): {
    readonly child: ChildProcess;
    readonly ended: Promise<{ code: number | null; errors: string }>;
  } {
    const child = spawn(
      process.execPath,
      [
        join(root, "dist/src/main.js"),
        ...["watch", "--hour", hour, "--send"],
        ...["--catalog", join(directory, "catalog.yaml")],
        ...["--warehouse", `duckdb:${join(directory, warehouse)}`],
      ],
      {
        cwd: root,
        env: {
          PATH: process.env["PATH"],
          SLUICE_SLACK_WEBHOOK_URL: slack.webhookUrl,
        },
      },
    );
    let errors = "";
    child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
    child.stdout.resume();
    return {
      child,
      ended: new Promise((resolve) => {
        child.on("close", (code) => {
          resolve({ code, errors });
        });
      }),
    };
  }

  const recordFile = () => join(directory, "stage/_watch/incidents.json");
  const readRecord = () =>
    JSON.parse(readFileSync(recordFile(), "utf8")) as WatchRecord;
  const titles = () => slack.posts.map(({ text }) => text);

  it("tells once, where a second one starts while the first is sending", async () => {
    let answer: () => void = () => undefined;
    const posted = new Promise<void>((resolve) => {
      onPost = () => {
        resolve();
        return new Promise((done) => (answer = done));
      };
    });
    const first = startWatch("w1.duckdb");
    await posted;
    onPost = () => undefined;
    const second = startWatch("w2.duckdb");
    // Time enough for it to send, if nothing kept it from that.
    const early = await Promise.race([second.ended, wait(4000)]);
    expect(early, "the second one has waited").to.equal(undefined);
    expect(titles()).to.deep.equal([title]);
    answer();

    const ends = await Promise.all([first.ended, second.ended]);
    expect(ends.map(({ code }) => code)).to.deep.equal([0, 0]);
    expect(ends.map(({ errors }) => /alert sent/.test(errors))).to.deep.equal([
      true,
      false,
    ]);
    expect(titles()).to.deep.equal([title]);
    expect(readRecord()).to.deep.include({ lease: null, outbox: [] });
  });

  it("tells once more after a kill -9 between sending and recording, and no third time", async () => {
    const killed = startWatch("w1.duckdb");
    onPost = () => {
      killed.child.kill("SIGKILL");
    };
    expect((await killed.ended).code).to.equal(null);
    expect(titles()).to.deep.equal([title]);
    const left = readRecord();
    expect(left.outbox.map(({ pending }) => pending)).to.deep.equal([
      ["Slack webhook"],
    ]);
    expect(left.lease).not.to.equal(null);

    onPost = () => undefined;
    // Five minutes go by.
    const past = {
      ...left,
      lease: { ...left.lease, until: "2026-01-15T05:00:00Z" },
    };
    writeFileSync(recordFile(), JSON.stringify(past));
    expect((await startWatch("w1.duckdb").ended).code).to.equal(0);
    expect(titles()).to.deep.equal([title, title]);
    expect((await startWatch("w1.duckdb").ended).code).to.equal(0);
    expect(titles()).to.deep.equal([title, title]);
    expect(readRecord()).to.deep.include({ lease: null, outbox: [] });
  });

  it("tells after a kill -9 by one that waits until the turn of the killed is over", async () => {
    const killed = startWatch("w1.duckdb");
    onPost = () => {
      killed.child.kill("SIGKILL");
    };
    expect((await killed.ended).code).to.equal(null);
    onPost = () => undefined;
    const waiting = startWatch("w2.duckdb");
    await Promise.race([waiting.ended, wait(4000)]);
    expect(titles()).to.deep.equal([title]);
    const left = readRecord();
    const past = {
      ...left,
      lease: { ...left.lease, until: "2026-01-15T05:00:00Z" },
    };
    writeFileSync(recordFile(), JSON.stringify(past));
    expect((await waiting.ended).code).to.equal(0);
    expect(titles()).to.deep.equal([title, title]);
  });
});
