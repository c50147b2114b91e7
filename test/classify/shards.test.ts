import { expect } from "chai";
import { balanceShares } from "../../src/classify/balance-shares.js";
import type { Plan } from "../../src/classify/plan.js";
import {
  parsePlanId,
  parseShard,
  planKey,
  runOfName,
} from "../../src/classify/plan.js";
import {
  shardRecordKey,
  type ShardRecord,
} from "../../src/classify/shard-record.js";
import { readManifest } from "../../src/classify/read-manifest.js";
import {
  DataRefusedError,
  NotReadyError,
  ServiceError,
  UsageError,
} from "../../src/errors.js";
import {
  classifyPlace,
  hour,
  listSpool,
  makeCatalog,
  makePlace,
  prefix,
  readStage,
  removePlaces,
  type Place,
} from "./fixtures.js";
import {
  aroundCalls,
  classifyInShards,
  commitPlace,
  createGate,
  describeHour,
  planPlace,
  shardPlace,
  wrappingCatalog,
  writeHour,
  type StoreCall,
} from "./shards-fixtures.js";

const plansPrefix = "_plans/2026/11/21/03/";

async function errorOf(work: Promise<unknown>): Promise<Error> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  return error instanceof Error ? error : expect.fail("expected an error");
}

describe("an hour in shards", () => {
  let place: Place;
  beforeEach(async () => {
    place = await makePlace();
    await writeHour(place);
  });
  after(removePlaces);

  const keys = async (): Promise<string[]> => [
    ...(await readStage(place)).keys(),
  ];
  const plans = async (): Promise<string[]> =>
    (await keys()).filter((key) => key.startsWith("_plans/"));
  const stageAt = (
    when: (call: StoreCall) => boolean,
    work: () => Promise<unknown>,
    moment: "before" | "after" = "before",
  ): Place => {
    let done = false;
    const stage = aroundCalls(place.stage, async (call, make) => {
      const isNow = !done && when(call);
      if (isNow) done = true;
      if (isNow && moment === "before") await work();
      const result = await make();
      if (isNow && moment === "after") await work();
      return result;
    });
    return { ...place, stage };
  };
  const isPutOf =
    (start: string) =>
    ({ method, key }: StoreCall): boolean =>
      method === "put" && key.startsWith(start);
  const isPutOfRecord = ({ method, key }: StoreCall): boolean =>
    method === "put" && /^_plans\/.*-of-/.test(key);

  describe("plan", () => {
    it("records one listing, the manifest before it, and shares by size", async () => {
      const { manifest } = await classifyPlace(place);
      const plan = await planPlace(place, 2, { catalog: wrappingCatalog() });
      const stored = (await readStage(place)).get(planKey(plan));
      expect(JSON.parse(String(stored))).to.deep.equal(plan);
      const standing = await readManifest(place.stage, hour);
      expect(plan).to.deep.include({
        version: 1,
        hour,
        catalog: "sha256:2",
        wrapped: { view: ["body"] },
        compression: "none",
        created_at: "2026-11-21T04:06:10.000Z",
        inputs: manifest.inputs,
        shares: [[2], [0, 1]],
      });
      expect(plan.previous).to.deep.include({ etag: standing?.etag, seq: 1 });
      expect([...(plan.previous?.files ?? [])].sort()).to.deep.equal(
        (await keys()).filter(
          (key) => !key.startsWith("_m") && !key.startsWith("_p"),
        ),
      );
    });

    it("waits for the hour to settle, and for objects, as classify does", async () => {
      const early = planPlace(place, 1, {
        now: () => new Date("2026-11-21T04:04:59Z"),
      });
      expect(await errorOf(early)).to.be.instanceOf(NotReadyError);
      const empty = await makePlace();
      expect(await errorOf(planPlace(empty, 1))).to.be.instanceOf(
        NotReadyError,
      );
      const catalog = makeCatalog({ allowEmpty: true });
      const { manifest } = await classifyInShards(empty, 2, catalog);
      expect([manifest.lines, manifest.inputs.length]).to.deep.equal([0, 0]);
    });

    it("reads the manifest before it lists: what is committed meanwhile makes it dead, and is not lost", async () => {
      const source = aroundCalls(place.source, async (call, make) => {
        const listed = await make();
        if (call.method === "list") {
          await place.source.put(`${prefix}late`, Buffer.from("{}\n"));
          await classifyPlace(place);
        }
        return listed;
      });
      const plan = await planPlace({ ...place, source }, 1);
      expect(await errorOf(shardPlace(place, plan, 1, 1))).to.be.instanceOf(
        NotReadyError,
      );
      expect((await describeHour(place))?.inputs.length).to.equal(4);
    });

    it("knows its own plan where the answer was lost", async () => {
      const stage = aroundCalls(place.stage, async (call, make) => {
        const result = await make();
        return call.method === "put" ? make() : result;
      });
      const plan = await planPlace({ ...place, stage }, 2);
      expect(await plans()).to.deep.equal([planKey(plan)]);
    });

    const balanced: readonly [number[], number, number[][]][] = [
      [[], 2, [[], []]],
      [[5], 3, [[0], [], []]],
      [
        [1, 2, 3, 4],
        2,
        [
          [0, 3],
          [1, 2],
        ],
      ],
      [[7, 7, 7], 2, [[0, 2], [1]]],
      [
        [0, 0, 0, 0],
        2,
        [
          [0, 2],
          [1, 3],
        ],
      ],
      [[10, 1, 1, 1], 2, [[0], [1, 2, 3]]],
    ];
    for (const [sizes, shards, shares] of balanced) {
      it(`deals sizes ${sizes.join(", ")} to ${shards} shards`, () => {
        expect(balanceShares(sizes, shards)).to.deep.equal(shares);
      });
    }
  });

  describe("names", () => {
    it("makes a plan's run of a name, the same for whoever knows it", () => {
      const id = parsePlanId("2026-11-21T03@classify-plan-1");
      expect(id).to.deep.equal({ hour, run: runOfName("classify-plan-1") });
      expect(id.run).to.match(/^[0-9a-f]{16}$/);
      expect(runOfName("classify-plan-2")).not.to.equal(id.run);
    });

    it("reads a plan's id and a shard, 0/n as n/n", () => {
      expect(parsePlanId("2026-11-21T03-5651bb556e827d17")).to.deep.equal({
        hour,
        run: "5651bb556e827d17",
      });
      expect(
        ["1/3", "3/3", "0/3", "0/1"].map((text) => parseShard(text)),
      ).to.deep.equal([
        { index: 1, of: 3 },
        { index: 3, of: 3 },
        { index: 3, of: 3 },
        { index: 1, of: 1 },
      ]);
    });

    for (const text of [
      "",
      "1",
      "4/3",
      "0/0",
      "-1/3",
      "1/3/3",
      "1.5/3",
      "a/b",
    ]) {
      it(`refuses the shard ${JSON.stringify(text)}`, () => {
        expect(() => parseShard(text)).to.throw(UsageError, "expected i/n");
      });
    }

    for (const text of [
      "2026-11-21T03",
      "5651bb556e827d17",
      "2026-11-21T03-5651bb556e827d1",
      "2026-11-21T03-../../../../x",
      "2026-02-30T03-5651bb556e827d17",
      "2026-11-21T03@",
      "2026-11-21T03@None pod",
      "2026-02-30T03@pod",
    ]) {
      it(`refuses the plan ${JSON.stringify(text)}`, () => {
        expect(() => parsePlanId(text)).to.throw(UsageError, "expected");
      });
    }
  });

  describe("commit", () => {
    it("makes of all shards what one classification makes", async () => {
      const { manifest } = await classifyPlace(place);
      const expected = await describeHour(place);
      const result = await classifyInShards(place, 2);
      expect(result.adopted).to.equal(false);
      expect(await describeHour(place)).to.deep.equal({ ...expected, seq: 2 });
      expect(Object.keys(result.manifest.types)).to.deep.equal(
        Object.keys(manifest.types),
      );
      expect(await listSpool(place)).to.deep.equal([]);
    });

    it("refuses while a shard is missing, and names each", async () => {
      const plan = await planPlace(place, 3);
      await shardPlace(place, plan, 2, 3);
      const error = await errorOf(commitPlace(place, plan));
      expect(error).to.be.instanceOf(NotReadyError);
      expect(error.message).to.include("misses 2 of 3 shards: 1/3, 3/3");
      expect(await readManifest(place.stage, hour)).to.equal(null);
      await shardPlace(place, plan, 1, 3);
      await shardPlace(place, plan, 3, 3);
      expect((await commitPlace(place, plan)).manifest.lines).to.equal(30);
    });

    it("is done again with the same result, also once the plan is swept, and removes what came late", async () => {
      const plan = await planPlace(place, 1);
      await shardPlace(place, plan, 1, 1);
      const first = await commitPlace(place, plan);
      expect(await plans()).to.deep.equal([]);
      const late = [
        `view/2026/11/21/03/${plan.run}-s1-dead-00000.ndjson`,
        `${plansPrefix}${plan.run}/00001-of-00001.json`,
      ];
      const foreign = "view/2026/11/21/03/begun-since-00000.ndjson";
      for (const key of [...late, foreign])
        await place.stage.put(key, Buffer.from("{}\n"));
      expect(await commitPlace(place, plan)).to.deep.equal(first);
      expect((await describeHour(place))?.orphans).to.deep.equal([foreign]);
      const shard = await shardPlace(place, plan, 1, 1);
      expect(shard.outcome).to.equal("committed");
    });

    it("judges max_set_aside and unknown types over all shards", async () => {
      const broken = "x\n".repeat(9);
      await place.source.put(`${prefix}broken`, Buffer.from(broken));
      const refused = makeCatalog({ maxSetAside: 0.4 });
      const error = await errorOf(classifyInShards(place, 4, refused));
      expect(error).to.be.instanceOf(DataRefusedError);
      expect(error.message).to.include("15 of 33 lines would be set aside");
      expect(error.message).to.include(
        "or raise max_set_aside, then make a new plan: sluice plan --hour 2026-11-21T03",
      );
      expect(await readManifest(place.stage, hour)).to.equal(null);
      const allowed = makeCatalog({ maxSetAside: 0.5 });
      const { manifest } = await classifyInShards(place, 4, allowed);
      expect(manifest.set_aside.rows).to.equal(15);
      expect((await describeHour(place))?.orphans).to.deep.equal([]);
    });

    it("refuses more unknown types than ten thousand in all shards together", async () => {
      const plan = await planPlace(place, 2);
      for (const index of [1, 2]) {
        const names = Array.from(
          { length: 5_001 },
          (_, number) => `t${index}-${number}`,
        );
        const record: ShardRecord = {
          version: 1,
          hour,
          run: plan.run,
          shard: index,
          shards: 2,
          attempt: `${plan.run}-s${index}-a`,
          counts: {
            lines: names.length,
            blank: 0,
            bytes: 1,
            reasons: {},
            rows: Object.fromEntries(names.map((name) => [name, 1])),
          },
          files: names.map((name) => ({
            name,
            key: `${name}/2026/11/21/03/${plan.run}-s${index}-a-00000.ndjson`,
            rows: 1,
            bytes: 1,
            crc32c: "x",
          })),
        };
        await place.stage.put(
          shardRecordKey(plan, { index, of: 2 }),
          Buffer.from(JSON.stringify(record)),
        );
      }
      const error = await errorOf(commitPlace(place, plan));
      expect(error).to.be.instanceOf(DataRefusedError);
      expect(error.message).to.include("more than 10000 types");
      expect(error.message).to.include(
        "the right type_key? Mend it, then make a new plan",
      );
    });

    it("refuses a plan that another classification has overtaken, and removes what was the plan's", async () => {
      const plan = await planPlace(place, 1);
      const overtaking = stageAt(isPutOf("_manifests/"), async () => {
        await place.source.put(`${prefix}more`, Buffer.from("{}\n"));
        await classifyPlace(place);
      });
      await shardPlace(place, plan, 1, 1);
      const error = await errorOf(commitPlace(overtaking, plan));
      expect(error).to.be.instanceOf(NotReadyError);
      expect(error.message).to.include("was classified by another run since");
      expect(error.message).to.include("sluice plan --hour 2026-11-21T03");
      const hourNow = await describeHour(place);
      expect([hourNow?.seq, hourNow?.inputs.length]).to.deep.equal([1, 4]);
      expect(hourNow?.orphans).to.deep.equal([]);
      expect(await errorOf(commitPlace(place, plan))).to.be.instanceOf(
        NotReadyError,
      );
      expect(await errorOf(shardPlace(place, plan, 1, 1))).to.be.instanceOf(
        NotReadyError,
      );
    });

    it("adopts the manifest of a run that did the same work meanwhile", async () => {
      const plan = await planPlace(place, 1);
      await shardPlace(place, plan, 1, 1);
      const other = stageAt(isPutOf("_manifests/"), () => classifyPlace(place));
      const result = await commitPlace(other, plan);
      expect(result.adopted).to.equal(true);
      const hourNow = await describeHour(place);
      expect([hourNow?.seq, hourNow?.orphans]).to.deep.equal([1, []]);
    });

    it("does not adopt one that wrapped other columns", async () => {
      const plan = await planPlace(place, 1);
      await shardPlace(place, plan, 1, 1);
      const catalog = { ...wrappingCatalog(), hash: "sha256:1" };
      const other = stageAt(isPutOf("_manifests/"), () =>
        classifyPlace(place, { catalog }),
      );
      expect(await errorOf(commitPlace(other, plan))).to.be.instanceOf(
        NotReadyError,
      );
    });

    it("deletes nothing where no manifest stands", async () => {
      const plan = await planPlace(place, 1);
      await shardPlace(place, plan, 1, 1);
      await commitPlace(place, plan);
      await place.stage.delete("_manifests/2026/11/21/03.json");
      const before = await keys();
      expect(await errorOf(commitPlace(place, plan))).to.be.instanceOf(
        NotReadyError,
      );
      expect(await keys()).to.deep.equal(before);
    });
  });

  describe("a shard", () => {
    it("is done at once where it is recorded already", async () => {
      const plan = await planPlace(place, 2);
      const first = await shardPlace(place, plan, 1, 2);
      const before = await keys();
      const again = await shardPlace(place, plan, 1, 2);
      expect([first.outcome, again.outcome]).to.deep.equal([
        "staged",
        "recorded",
      ]);
      expect(again.record).to.deep.equal(first.record);
      expect(await keys()).to.deep.equal(before);
    });

    it("adopts the attempt that recorded first, and deletes its own files", async () => {
      const plan = await planPlace(place, 1);
      let first: unknown = null;
      const late = stageAt(isPutOfRecord, async () => {
        first = (await shardPlace(place, plan, 1, 1)).record;
      });
      const result = await shardPlace(late, plan, 1, 1);
      expect(result.outcome).to.equal("recorded");
      expect(result.record).to.deep.equal(first);
      const files = result.record?.files.map(({ key }) => key) ?? [];
      expect(
        (await keys()).filter((key) => !key.startsWith("_plans/")),
      ).to.have.members(files);
      await commitPlace(place, plan);
      expect((await describeHour(place))?.orphans).to.deep.equal([]);
    });

    it("knows its own record where the answer was lost", async () => {
      const plan = await planPlace(place, 1);
      const stage = aroundCalls(place.stage, async (call, make) => {
        const result = await make();
        return isPutOfRecord(call) ? make() : result;
      });
      const { outcome } = await shardPlace({ ...place, stage }, plan, 1, 1);
      expect(outcome).to.equal("staged");
      expect((await commitPlace(place, plan)).manifest.lines).to.equal(30);
      expect((await describeHour(place))?.orphans).to.deep.equal([]);
    });

    it("keeps its files where it can't know whether its record stands", async () => {
      const plan = await planPlace(place, 1);
      const stage = aroundCalls(place.stage, async (call, make) => {
        const result = await make();
        if (isPutOfRecord(call)) throw new ServiceError("the line went dead");
        return result;
      });
      const error = await errorOf(shardPlace({ ...place, stage }, plan, 1, 1));
      expect(error.message).to.equal("the line went dead");
      expect((await commitPlace(place, plan)).manifest.lines).to.equal(30);
      expect((await describeHour(place))?.lines["view"]?.length).to.equal(6);
    });

    it("that ends after the commit leaves nothing, and takes nothing that the manifest names", async () => {
      for (const when of [isPutOf("view/"), isPutOfRecord]) {
        const plan = await planPlace(place, 1);
        const late = stageAt(when, async () => {
          await shardPlace(place, plan, 1, 1);
          await commitPlace(place, plan);
        });
        const result = await shardPlace(late, plan, 1, 1);
        expect(result.outcome).to.equal("committed");
        const hourNow = await describeHour(place);
        expect(hourNow?.lines["view"]?.length).to.equal(6);
        expect(hourNow?.orphans).to.deep.equal([]);
      }
    });

    it("whose record is committed before it looks again is committed, with its files", async () => {
      const plan = await planPlace(place, 1);
      const late = stageAt(
        isPutOfRecord,
        () => commitPlace(place, plan),
        "after",
      );
      const result = await shardPlace(late, plan, 1, 1);
      expect(result.outcome).to.equal("committed");
      const hourNow = await describeHour(place);
      expect(hourNow?.lines["view"]?.length).to.equal(6);
      expect(hourNow?.orphans).to.deep.equal([]);
    });

    it("of another number of shards is a usage error", async () => {
      const plan = await planPlace(place, 3);
      const error = await errorOf(shardPlace(place, plan, 1, 2));
      expect(error).to.be.instanceOf(UsageError);
      expect(error.message).to.include("has 3 shards; expected i/3");
    });

    it("and a commit refuse another catalog than the plan's", async () => {
      const plan = await planPlace(place, 1);
      const others = [
        makeCatalog({ hash: "sha256:2" }),
        { ...wrappingCatalog(), hash: "sha256:1" },
        makeCatalog({ compression: "gzip" }),
      ];
      for (const catalog of others) {
        for (const work of [
          () => shardPlace(place, plan, 1, 1, { catalog }),
          () => commitPlace(place, plan, catalog),
        ]) {
          const error = await errorOf(work());
          expect(error).to.be.instanceOf(DataRefusedError);
          expect(error.message).to.include("is not the catalog of plan");
          expect(error.message).to.include("sluice plan --hour 2026-11-21T03");
        }
      }
      expect(await keys()).to.deep.equal([planKey(plan)]);
    });

    for (const [name, change] of [
      [
        "changed",
        () => place.source.put(`${prefix}1.log`, Buffer.from("{}\n")),
      ],
      ["went away", () => place.source.delete(`${prefix}1.log`)],
    ] as const) {
      it(`says to plan anew where a source object ${name}`, async () => {
        const plan = await planPlace(place, 1);
        await change();
        const error = await errorOf(shardPlace(place, plan, 1, 1));
        expect(error).to.be.instanceOf(NotReadyError);
        expect(error.message).to.include(`${prefix}1.log`);
        expect(error.message).to.not.match(/(list the hour|read it) again/);
        expect(error.message).to.include("sluice plan --hour 2026-11-21T03");
        expect(await keys()).to.deep.equal([planKey(plan)]);
      });
    }
  });

  describe("older plans", () => {
    it("are swept by the commit of a newer one, with what their shards staged", async () => {
      const old = await planPlace(place, 2);
      await shardPlace(place, old, 1, 2);
      const { manifest } = await classifyInShards(place, 2);
      expect(manifest.run).to.not.equal(old.run);
      expect(await plans()).to.deep.equal([]);
      expect((await describeHour(place))?.orphans).to.deep.equal([]);
      for (const work of [
        () => shardPlace(place, old, 2, 2),
        () => commitPlace(place, old),
      ])
        expect((await errorOf(work())).message).to.include(
          `there is no plan 2026-11-21T03-${old.run}`,
        );
    });

    it("are swept by a classification of the whole hour", async () => {
      const old = await planPlace(place, 2);
      await shardPlace(place, old, 1, 2);
      await classifyPlace(place);
      expect((await describeHour(place))?.orphans).to.deep.equal([]);
    });

    it("of another hour are left alone", async () => {
      const key = "_plans/2026/11/21/04/0000000000000000.json";
      await place.stage.put(key, Buffer.from("{}"));
      await classifyInShards(place, 1);
      expect(await plans()).to.deep.equal([key]);
    });
  });

  it("is committed although its sweep fails, keeps its plans then, and sweeps when it is committed again", async () => {
    await classifyPlace(place);
    const plan = await planPlace(place, 1);
    await shardPlace(place, plan, 1, 1);
    const before = await describeHour(place);
    const warned: string[] = [];
    const log = {
      warn: (_: object, message: string) => warned.push(message),
    };
    const failing = (method: StoreCall["method"], keyPart: string) => ({
      ...place,
      stage: aroundCalls(place.stage, (call, make) =>
        call.method === method && call.key.includes(keyPart)
          ? Promise.reject(new ServiceError("the stage is down"))
          : make(),
      ),
    });
    const stuck = failing("delete", "view/");
    const first = await commitPlace(stuck, plan, makeCatalog(), log);
    expect([first.manifest.run, first.adopted]).to.deep.equal([
      plan.run,
      false,
    ]);
    expect(warned).to.have.length(1);
    expect(warned[0]).to.match(
      /is committed, but 3 objects that its manifest does not name could not be deleted, view\/\S+ among them; sluice reconcile --run/,
    );
    const left = (await describeHour(place))?.orphans ?? [];
    expect(left).to.have.length(3);
    expect(left).to.include(planKey(plan));
    expect(before?.orphans).to.include(planKey(plan));

    const unlisted = failing("list", "pay/");
    const second = await commitPlace(unlisted, plan, makeCatalog(), log);
    expect(second.manifest).to.deep.equal(first.manifest);
    expect(warned[1]).to.include("could not be listed; sluice reconcile");

    const third = await commitPlace(place, plan, makeCatalog(), log);
    expect(third.manifest).to.deep.equal(first.manifest);
    expect((await describeHour(place))?.orphans).to.deep.equal([]);
    expect(warned).to.have.length(2);
  });

  describe("two commits of a plan at once", () => {
    const isListOf =
      (start: string) =>
      ({ method, key }: StoreCall): boolean =>
        method === "list" && key.startsWith(start);
    const isManifestGet = ({ method, key }: StoreCall): boolean =>
      method === "get" && key.startsWith("_manifests/");
    let gets = 0;
    const moments: readonly [string, (call: StoreCall) => boolean][] = [
      ["reads the plan", ({ key }) => key.startsWith("_plans/")],
      ["reads the manifest", isManifestGet],
      ["reads the records", ({ key }) => key.includes("-of-")],
      ["lists the files of a type", isListOf("view/")],
      ["lists the plans", isListOf("_plans/")],
      [
        "reads the manifest again",
        (call) => isManifestGet(call) && ++gets === 2,
      ],
      ["writes the manifest", isPutOf("_manifests/")],
      ["sweeps", ({ method }) => method === "delete"],
    ];
    for (const [name, when] of moments) {
      for (const moment of ["before", "after"] as const) {
        it(`leave one manifest with all its files, and what a third run has begun, where the other and it come ${moment} one ${name}`, async () => {
          gets = 0;
          await classifyPlace(place);
          const plan = await planPlace(place, 2);
          await shardPlace(place, plan, 1, 2);
          await shardPlace(place, plan, 2, 2);
          await place.stage.put(
            `view/2026/11/21/03/${plan.run}-s1-killed-00000.ndjson`,
            Buffer.from("{}\n"),
          );
          const thirds: Plan[] = [];
          const begun = "view/2026/11/21/03/begun-since-00000.ndjson";
          const other = stageAt(
            when,
            async () => {
              await commitPlace(place, plan);
              thirds.push(await planPlace(place, 1));
              await place.stage.put(begun, Buffer.from("{}\n"));
            },
            moment,
          );
          const result = await commitPlace(other, plan);
          expect(result.manifest.run).to.equal(plan.run);
          expect(thirds.length).to.equal(1);
          const hourNow = await describeHour(place);
          expect([hourNow?.seq, hourNow?.counts.lines]).to.deep.equal([2, 30]);
          expect(hourNow?.lines["view"]?.length).to.equal(6);
          expect(hourNow?.orphans).to.have.members([
            ...thirds.map((plan) => planKey(plan)),
            begun,
          ]);
        });
      }
    }

    it("sweep by the manifest that stands, where a late attempt recorded a swept shard again", async () => {
      const plan = await planPlace(place, 1);
      const gates = {
        record: createGate(),
        recorded: createGate(),
        end: createGate(),
      };
      let isRecorded = false;
      const late = aroundCalls(place.stage, async (call, make) => {
        if (isRecorded) await gates.end.passed;
        if (!isPutOfRecord(call)) return make();
        await gates.record.passed;
        const result = await make();
        isRecorded = true;
        gates.recorded.open();
        return result;
      });
      const attempt = shardPlace({ ...place, stage: late }, plan, 1, 1);
      await shardPlace(place, plan, 1, 1);
      const other = stageAt(
        ({ key }) => key.includes("-of-"),
        async () => {
          await commitPlace(place, plan);
          gates.record.open();
          await gates.recorded.passed;
        },
      );
      const result = await commitPlace(other, plan);
      gates.end.open();
      expect((await attempt).outcome).to.equal("committed");
      const hourNow = await describeHour(place);
      expect(hourNow?.lines["view"]?.length).to.equal(6);
      expect(hourNow?.orphans).to.deep.equal([]);
      const standing = await readManifest(place.stage, hour);
      expect(result.manifest).to.deep.equal(standing?.manifest);
    });
  });

  describe("records that somebody changed", () => {
    const rewrite = async (key: string, change: (text: string) => string) => {
      const text = String((await readStage(place)).get(key));
      expect(change(text)).to.not.equal(text);
      await place.stage.put(key, Buffer.from(change(text)));
    };

    for (const [name, change, words] of [
      ["no JSON", () => "{", "JSON"],
      [
        "another version",
        (text: string) => text.replace('"version":1', '"version":2'),
        "/version",
      ],
      [
        "another run",
        (text: string) =>
          text.replaceAll(/"run":"\w{16}"/g, '"run":"0000000000000000"'),
        "it tells of 2026-11-21T03-0000000000000000",
      ],
      [
        "an object in no share",
        (text: string) => text.replace(/"shares":\[\[\d,?/, '"shares":[['),
        "not every object is in one share",
      ],
      [
        "an object in two shares",
        (text: string) => text.replace('"shares":[[', '"shares":[[0,'),
        "not every object is in one share",
      ],
      ...[
        "_manifests/2026/11/21/03.json",
        "view/2026/11/21/04/x.ndjson",
        "view/2026/11/21/03/../x.ndjson",
        "../2026/11/21/03/x.ndjson",
        "view/2026/11/21/03/",
        "x",
      ].map(
        (key) =>
          [
            `a file before it at ${key}`,
            (text: string) =>
              text.replace(
                '"previous":null',
                `"previous":{"etag":"x","seq":1,"files":["${key}"]}`,
              ),
            `names "${key}", which is no file of 2026-11-21T03`,
          ] as const,
      ),
    ] as const) {
      it(`refuse a plan with ${name}`, async () => {
        const plan = await planPlace(place, 2);
        await rewrite(planKey(plan), change);
        const error = await errorOf(shardPlace(place, plan, 1, 2));
        expect(error).to.be.instanceOf(DataRefusedError);
        expect(error.message).to.include(words);
      });
    }

    for (const [name, change, words] of [
      ["no JSON", () => "{", "JSON"],
      [
        "another shard",
        (text: string) => text.replace('"shard":1', '"shard":2'),
        "it tells of shard 2/2",
      ],
      [
        "a count that does not add up",
        (text: string) => text.replace(/"lines":\d+/, '"lines":1'),
        "1 line was read",
      ],
      [
        "a missing part",
        (text: string) => text.replace('"files"', '"flies"'),
        "files",
      ],
      [
        "an attempt of another shard",
        (text: string) => text.replaceAll("-s1-", "-s2-"),
        "its attempt is",
      ],
      [
        "a file of another attempt",
        (text: string) => text.replace(/(view\/\S*?)-s1-/, "$1-s1-0"),
        "which is no file of",
      ],
      [
        "a file of another hour",
        (text: string) =>
          text.replace("view/2026/11/21/03", "view/2026/11/21/04"),
        "which is no file of",
      ],
      [
        "a file's key that leaves its folder",
        (text: string) =>
          text.replace(/view\/2026\/11\/21\/03\/[^"]*/, "$&/../../x"),
        "which is no file of",
      ],
      [
        "a manifest among its files",
        (text: string) =>
          text.replace(
            /view\/2026\/11\/21\/03\/[^"]*/,
            "_manifests/2026/11/21/03.json",
          ),
        "which is no file of",
      ],
      [
        "a file of another type than its key says",
        (text: string) => text.replace('"name":"view"', '"name":"pay"'),
        'is of "pay"',
      ],
      [
        "a file of a type that it does not count",
        (text: string) =>
          text.replace(
            /\{"name":"view"[^}]*\}/,
            (file) => `${file.replaceAll("view", "extra")},${file}`,
          ),
        "but counts no rows of extra",
      ],
      [
        "a file twice",
        (text: string) => text.replace(/\{"name":"view"[^}]*\}/, "$&,$&"),
        " twice",
      ],
      [
        "a type that is no folder's name",
        (text: string) => text.replace('"rows":{', '"rows":{"../x":0,'),
        "which is no type's name",
      ],
    ] as const) {
      it(`refuse a commit where a shard's record has ${name}`, async () => {
        const plan = await planPlace(place, 2);
        await shardPlace(place, plan, 1, 2);
        await shardPlace(place, plan, 2, 2);
        await rewrite(`${plansPrefix}${plan.run}/00001-of-00002.json`, change);
        const error = await errorOf(commitPlace(place, plan));
        expect(error).to.be.instanceOf(DataRefusedError);
        expect(error.message).to.include(words);
        expect(await readManifest(place.stage, hour)).to.equal(null);
      });
    }
  });
});
