import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { lifecycle } from "../../jobs/lifecycle.js";
import type { Retention } from "../../src/catalog/catalog.js";
import type { FileLifecycle } from "../../src/lifecycle/file-lifecycle.js";
import type { GcsLifecycle } from "../../src/lifecycle/gcs-lifecycle.js";
import type { S3Lifecycle } from "../../src/lifecycle/s3-lifecycle.js";

const whole: Retention = {
  stageDays: 30,
  manifestsDays: 400,
  setAsideDays: 90,
  quarantineDays: 60,
};
const none: Retention = {
  stageDays: null,
  manifestsDays: null,
  setAsideDays: null,
  quarantineDays: null,
};

function makeFor(stage: string, retention: Retention) {
  return lifecycle({ catalog: { file: "catalog.yaml", stage, retention } });
}

/** Days after which the rules let an object go, as either store reads them; null: never. */
function daysOf(
  configuration: GcsLifecycle | S3Lifecycle | FileLifecycle,
  key: string,
): number | null {
  const days: number[] = [];
  if ("rule" in configuration)
    for (const { action, condition } of configuration.rule) {
      const prefixes = condition.matchesPrefix ?? [""];
      if (action.type === "Delete" && prefixes.some((p) => key.startsWith(p)))
        days.push(condition.age);
    }
  if ("Rules" in configuration)
    for (const { Filter, Expiration } of configuration.Rules)
      if (Expiration !== undefined && key.startsWith(Filter.Prefix))
        days.push(Expiration.Days);
  return days.length === 0 ? null : Math.min(...days);
}

const keys: readonly (readonly [key: string, days: number | null])[] = [
  ["purchase/2026/11/21/03/r-00000.ndjson", 30],
  ["Zebra/2026/11/21/03/r-00000.ndjson", 30],
  ["9lives/2026/11/21/03/r-00000.ndjson.gz", 30],
  ["not.in-the_catalog/2026/11/21/03/r-00000.ndjson", 30],
  ["_plans/2026/11/21/03/r.json", 30],
  ["_doctor/0123456789abcdef", 30],
  ["_manifests/2026/11/21/03.json", 400],
  ["_set_aside/2026/11/21/03/r.ndjson", 90],
  ["_quarantine/purchase/2026/11/21/03/r.ndjson", 60],
  ["_else/x", null],
];

describe("the lifecycle of a stage", () => {
  for (const [stage, folder] of [
    ["gs://acme-log-stage", ""],
    ["gs://acme-log-stage/logs/shop", "logs/shop/"],
    ["s3://acme-log-stage", ""],
    ["s3://acme-log-stage/logs/shop", "logs/shop/"],
  ] as const) {
    it(`in ${stage} lets each kind of object go after its own days, of any type`, () => {
      const { configuration } = makeFor(stage, whole);

      for (const [key, days] of keys)
        expect(daysOf(configuration, folder + key), key).to.equal(days);
      if (folder !== "")
        for (const other of [
          "purchase/x",
          "logs/shopping/x",
          "logs/purchase/x",
        ])
          expect(daysOf(configuration, other), other).to.equal(null);
    });

    it(`in ${stage} deletes nothing without retention but unfinished uploads`, () => {
      const { configuration, notes } = makeFor(stage, none);

      for (const [key] of keys)
        expect(daysOf(configuration, folder + key), key).to.equal(null);
      expect(JSON.stringify(configuration)).to.include(
        "AbortIncompleteMultipartUpload",
      );
      expect(notes[0]).to.equal(
        `catalog.yaml has no retention: nothing of ${stage} expires`,
      );
    });
  }

  it("lets go only what the catalog names", () => {
    const { configuration } = makeFor("gs://b-1", {
      ...none,
      setAsideDays: 7,
    });

    expect(daysOf(configuration, "purchase/x")).to.equal(null);
    expect(daysOf(configuration, "_manifests/x")).to.equal(null);
    expect(daysOf(configuration, "_set_aside/x")).to.equal(7);
  });

  it("stays within what the stores take, however many types there are", () => {
    const gcs = makeFor("gs://b-1", whole).configuration as GcsLifecycle;
    const s3 = makeFor("s3://b-1", whole).configuration as S3Lifecycle;

    expect(gcs.rule.length).to.be.at.most(100);
    for (const { condition } of gcs.rule)
      expect(condition.matchesPrefix?.length ?? 0).to.be.at.most(50);
    expect(s3.Rules.length).to.be.at.most(1000);
    expect(new Set(s3.Rules.map(({ ID }) => ID))).to.have.length(
      s3.Rules.length,
    );
  });

  it("ends unfinished uploads of the stage, and of nothing beside it, after a week", () => {
    const gcs = makeFor("gs://b-1/logs", whole).configuration as GcsLifecycle;
    const s3 = makeFor("s3://b-1/logs", whole).configuration as S3Lifecycle;

    expect(gcs.rule.at(-1)).to.deep.equal({
      action: { type: "AbortIncompleteMultipartUpload" },
      condition: { age: 7, matchesPrefix: ["logs/"] },
    });
    expect(s3.Rules.at(-1)).to.deep.equal({
      ID: "sluice-unfinished-uploads",
      Status: "Enabled",
      Filter: { Prefix: "logs/" },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
    });
  });

  it("is applied by the store's own tool, which the notes name, after a look at what it replaces", () => {
    expect(makeFor("gs://b-1/logs", whole).notes).to.deep.equal([
      "These rules take the place of all that the bucket has. To see those:",
      "  gcloud storage buckets describe gs://b-1 '--format=json(lifecycle_config)'",
      "To apply these, as lifecycle.json:",
      "  gcloud storage buckets update gs://b-1 --lifecycle-file=lifecycle.json",
    ]);
    expect(makeFor("s3://b-1/logs", whole).notes.slice(1)).to.deep.equal([
      "  aws s3api get-bucket-lifecycle-configuration --bucket b-1",
      "To apply these, as lifecycle.json:",
      "  aws s3api put-bucket-lifecycle-configuration --bucket b-1 --lifecycle-configuration file://lifecycle.json",
    ]);
  });

  it("warns where the stage is a whole bucket, because other objects of it would expire too", () => {
    expect(makeFor("gs://b-1", whole).notes[0]).to.equal(
      "The stage is the whole bucket b-1: whatever else lies in it expires too, if its name begins with a letter or digit",
    );
  });
});

describe("the lifecycle of a folder", () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "sluice 'life' "));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  function write(key: string, ageDays: number): void {
    const file = join(directory, key);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "{}\n");
    const time = Date.now() / 1000 - ageDays * 86_400;
    utimesSync(file, time, time);
  }

  function commandsFor(retention: Retention): readonly string[] {
    const { configuration } = makeFor(`file:${directory}`, retention);
    return (configuration as FileLifecycle).commands;
  }

  it("is commands that delete what is past its days, and nothing else", () => {
    for (const [key] of keys) write(key, 35);
    write("purchase/young.ndjson", 29);
    write("_set_aside/old", 95);
    write("_quarantine/old", 65);
    write("_manifests/old", 405);
    write(".sluice-tmp/private", 1000);
    for (const command of commandsFor(whole))
      execFileSync("sh", ["-c", command], { stdio: "inherit" });

    const left = readdirSync(directory, { recursive: true, encoding: "utf8" });
    expect(
      left.filter((name) => statSync(join(directory, name)).isFile()).sort(),
    ).to.deep.equal([
      ".sluice-tmp/private",
      "_else/x",
      "_manifests/2026/11/21/03.json",
      "_quarantine/purchase/2026/11/21/03/r.ndjson",
      "_set_aside/2026/11/21/03/r.ndjson",
      "purchase/young.ndjson",
    ]);
  });

  it("is no command without retention", () => {
    expect(commandsFor(none)).to.deep.equal([]);
    expect(makeFor(`file:${directory}`, none).notes).to.deep.equal([
      `catalog.yaml has no retention: nothing of file:${directory} expires`,
    ]);
  });
});
