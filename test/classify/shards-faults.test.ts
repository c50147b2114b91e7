import { expect } from "chai";
import { planKey } from "../../src/classify/plan.js";
import { readManifest } from "../../src/classify/read-manifest.js";
import {
  NotReadyError,
  PreconditionFailedError,
  ServiceError,
} from "../../src/errors.js";
import type { ObjectStore } from "../../src/ports/object-store.js";
import { collect, readObject } from "../contract/object-store.js";
import {
  classifyPlace,
  hour,
  prefix,
  removePlaces,
  type Place,
} from "./fixtures.js";
import {
  aroundCalls,
  commitPlace,
  createGate,
  describeHour,
  makeMemoryPlace,
  planPlace,
  shardPlace,
  writeHour,
  type StoreCall,
} from "./shards-fixtures.js";

const manifestKey = "_manifests/2026/11/21/03.json";
const run = "00000000000000aa";

const isPutOfRecord = ({ method, key }: StoreCall): boolean =>
  method === "put" && key.includes("-of-");
const isDelete = ({ method }: StoreCall): boolean => method === "delete";

/** The store, which does `work` once, right before the first such call. */
function once(
  store: ObjectStore,
  when: (call: StoreCall) => boolean,
  work: () => Promise<unknown>,
): ObjectStore {
  let done = false;
  return aroundCalls(store, async (call, make) => {
    if (!done && when(call)) {
      done = true;
      await work();
    }
    return make();
  });
}

/** A step that is killed at the first such call. */
async function killAt(
  place: Place,
  when: (call: StoreCall) => boolean,
  step: (place: Place) => Promise<unknown>,
): Promise<void> {
  const stage = aroundCalls(place.stage, async (call, make) => {
    if (when(call)) throw new Error("killed");
    return make();
  });
  const error: unknown = await step({ ...place, stage }).catch(
    (reason: unknown) => reason,
  );
  expect(String(error)).to.equal("Error: killed");
}

async function errorOf(work: Promise<unknown>): Promise<Error> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  return error instanceof Error ? error : expect.fail("expected an error");
}

describe("an hour in shards, where answers are lost, files go, and others come between", () => {
  let place: Place;
  beforeEach(async () => {
    place = await makeMemoryPlace();
    await writeHour(place);
  });
  after(removePlaces);

  const keys = async (): Promise<string[]> =>
    (await collect(place.stage.list(""))).map(({ key }) => key);
  const putLine = (name: string, type: string) =>
    place.source.put(
      `${prefix}${name}`,
      Buffer.from(`{"log_type":"${type}","n":1}\n`),
    );

  it("keeps a shard's files where the answer to its record was lost, and a commit swept the record before the shard read it", async () => {
    const plan = await planPlace(place, 1);
    let isLost = false;
    const stage = aroundCalls(place.stage, async (call, make) => {
      if (isPutOfRecord(call)) {
        await make();
        isLost = true;
        throw new PreconditionFailedError("it stands, since the first try");
      }
      if (isLost && call.key.includes("-of-")) {
        isLost = false;
        await commitPlace(place, plan);
      }
      return make();
    });
    const { outcome } = await shardPlace({ ...place, stage }, plan, 1, 1);
    expect(outcome).to.equal("committed");
    const found = await describeHour(place);
    expect(found?.lines["view"]?.length).to.equal(6);
    expect(found?.orphans).to.deep.equal([]);
  });

  it("deletes a shard's files where another attempt's record was committed and swept before the shard read it, by a commit that had listed before they came", async () => {
    const plan = await planPlace(place, 1);
    const [listed, read] = [createGate(), createGate()];
    const slow = aroundCalls(place.stage, async (call, make) => {
      if (call.method === "put") {
        listed.open();
        await read.passed;
      }
      return make();
    });
    let commit: Promise<unknown> | null = null;
    const late = once(
      place.stage,
      ({ method }) => method === "put",
      async () => {
        await shardPlace(place, plan, 1, 1);
        commit = commitPlace({ ...place, stage: slow }, plan);
        await listed.passed;
      },
    );
    let isRefused = false;
    const stage = aroundCalls(late, async (call, make) => {
      if (isRefused) {
        read.open();
        await commit;
      }
      isRefused ||= isPutOfRecord(call);
      return make();
    });
    const { outcome } = await shardPlace({ ...place, stage }, plan, 1, 1);
    expect(outcome).to.equal("committed");
    const found = await describeHour(place);
    expect(found?.lines["view"]?.length).to.equal(6);
    expect(found?.orphans).to.deep.equal([]);
  });

  it("adopts the same work of another run that committed and swept the plan while a shard was under way", async () => {
    const plan = await planPlace(place, 1);
    const stage = once(place.stage, isPutOfRecord, () => classifyPlace(place));
    const { outcome } = await shardPlace({ ...place, stage }, plan, 1, 1);
    expect(outcome).to.equal("adopted");
    expect((await describeHour(place))?.orphans).to.deep.equal([]);
  });

  it("adopts it as well where a commit finds the records swept", async () => {
    const plan = await planPlace(place, 1);
    await shardPlace(place, plan, 1, 1);
    const stage = once(
      place.stage,
      ({ key }) => key.includes("-of-"),
      () => classifyPlace(place),
    );
    const { adopted } = await commitPlace({ ...place, stage }, plan);
    expect(adopted).to.equal(true);
  });

  it("is dead, and says so, where other work was committed and swept the plan while a shard was under way", async () => {
    const plan = await planPlace(place, 1);
    const stage = once(place.stage, isPutOfRecord, async () => {
      await putLine("late", "view");
      await classifyPlace(place);
    });
    const error = await errorOf(shardPlace({ ...place, stage }, plan, 1, 1));
    expect(error).to.be.instanceOf(NotReadyError);
    expect(error.message).to.include("was classified by another run since");
    expect((await describeHour(place))?.orphans).to.deep.equal([]);
  });

  it("leaves the files of a running classification, of whose run id somebody commits a plan", async () => {
    await classifyPlace(place);
    const stage = once(
      place.stage,
      ({ method, key }) => method === "put" && key === manifestKey,
      async () => {
        const error = await errorOf(commitPlace(place, { hour, run }));
        expect(error.message).to.include("there is no plan");
      },
    );
    await classifyPlace({ ...place, stage }, { newRunId: () => run });
    const found = await describeHour(place);
    expect([found?.seq, found?.lines["view"]?.length]).to.deep.equal([2, 6]);
  });

  it("commits no plan whose files a sweep has taken, where somebody deleted the sweeper's manifest", async () => {
    const plan = await planPlace(place, 1);
    await shardPlace(place, plan, 1, 1);
    await killAt(
      place,
      (call) => isDelete(call) && call.key.startsWith("_plans/"),
      (mortal) => classifyPlace(mortal),
    );
    await place.stage.delete(manifestKey);
    const error = await errorOf(commitPlace(place, plan));
    expect(error).to.be.instanceOf(NotReadyError);
    expect(error.message).to.match(/: 4 files that the shards of plan .* gone/);
    expect(error.message).to.include("sluice plan --hour 2026-11-21T03");
    expect(await readManifest(place.stage, hour)).to.equal(null);
    await classifyPlace(place);
    expect((await describeHour(place))?.orphans).to.deep.equal([]);
  });

  it("commits no classification whose files somebody deleted meanwhile", async () => {
    const stage = once(
      place.stage,
      ({ method, key }) => method === "list" && key.startsWith("view/"),
      () => place.stage.delete(`view/2026/11/21/03/${run}-00000.ndjson`),
    );
    const error = await errorOf(
      classifyPlace({ ...place, stage }, { newRunId: () => run }),
    );
    expect(error).to.be.instanceOf(ServiceError);
    expect(error.message).to.include(
      `: 1 file that run ${run} staged is gone, view/2026/11/21/03/${run}-00000.ndjson among them; nothing was committed`,
    );
    expect(await keys()).to.deep.equal([]);
  });

  describe("a type that the catalog lacks, and that does not come again", () => {
    it("of a manifest before a plan is swept by the classification after its killed commit", async () => {
      await putLine("old", "gone");
      await classifyPlace(place);
      await place.source.delete(`${prefix}old`);
      const plan = await planPlace(place, 1);
      await shardPlace(place, plan, 1, 1);
      await killAt(place, isDelete, (mortal) => commitPlace(mortal, plan));
      expect((await keys()).join()).to.include("gone/");
      await classifyPlace(place);
      expect((await describeHour(place))?.orphans).to.deep.equal([]);
    });

    it("of a manifest before a plan is swept by a commit that found it committed meanwhile by another, which was killed", async () => {
      await putLine("old", "gone");
      await classifyPlace(place);
      await place.source.delete(`${prefix}old`);
      const plan = await planPlace(place, 1);
      await shardPlace(place, plan, 1, 1);
      let isListed = false;
      const stage = aroundCalls(place.stage, async (call, make) => {
        if (isListed && call.method === "get") {
          isListed = false;
          await killAt(place, isDelete, (mortal) => commitPlace(mortal, plan));
        }
        isListed ||= call.method === "list" && call.key.startsWith("gone/");
        return make();
      });
      await commitPlace({ ...place, stage }, plan);
      expect((await describeHour(place))?.orphans).to.deep.equal([]);
    });

    it("of a shard of a plan that another one overtook is swept with the plan", async () => {
      await putLine("odd", "odd");
      const old = await planPlace(place, 1);
      await shardPlace(place, old, 1, 1);
      await putLine("odd", "view");
      const plan = await planPlace(place, 1);
      await shardPlace(place, plan, 1, 1);
      await commitPlace(place, plan);
      expect((await describeHour(place))?.orphans).to.deep.equal([]);
    });

    it("of a shard of a dead plan is swept by that plan's own commit", async () => {
      await putLine("odd", "odd");
      const plan = await planPlace(place, 1);
      await shardPlace(place, plan, 1, 1);
      await putLine("odd", "view");
      await killAt(place, isDelete, (mortal) => classifyPlace(mortal));
      expect(await errorOf(commitPlace(place, plan))).to.be.instanceOf(
        NotReadyError,
      );
      expect((await describeHour(place))?.orphans).to.deep.equal([]);
    });

    it("of another hour stays", async () => {
      const old = await planPlace(place, 1);
      const key = "odd/2026/11/21/04/x.ndjson";
      await place.stage.put(key, Buffer.from("{}\n"));
      await shardPlace(place, old, 1, 1);
      await classifyPlace(place);
      expect((await describeHour(place))?.orphans).to.deep.equal([key]);
    });
  });

  it("sweeps plans and records that it can't read, and objects among them that are neither", async () => {
    const old = await planPlace(place, 1);
    const folder = planKey(old).replace(/\.json$/, "");
    for (const key of [
      planKey(old),
      `${folder}/00001-of-00001.json`,
      `${folder}/notes.txt`,
    ])
      await place.stage.put(key, Buffer.from("{"));
    await classifyPlace(place);
    expect((await describeHour(place))?.orphans).to.deep.equal([]);
  });

  it("names no key of another hour in a plan, whatever the manifest before it names", async () => {
    await classifyPlace(place);
    const standing = String(await readObject(place.stage, manifestKey));
    const foreign = "view/2026/11/21/04/x.ndjson";
    await place.stage.put(
      manifestKey,
      Buffer.from(standing.replace(/view\/2026[^"]*/, foreign)),
    );
    await place.stage.put(foreign, Buffer.from("{}\n"));
    const plan = await planPlace(place, 1);
    expect(plan.previous?.files.length).to.equal(3);
    await shardPlace(place, plan, 1, 1);
    await commitPlace(place, plan);
    expect((await describeHour(place))?.orphans).to.deep.equal([foreign]);
  });
});
