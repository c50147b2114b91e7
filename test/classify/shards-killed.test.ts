import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { formatPlanId, type PlanId } from "../../src/classify/plan.js";
import {
  classifyPlace,
  makePlace,
  prefix,
  removePlaces,
  type Place,
} from "./fixtures.js";
import {
  aroundCalls,
  commitPlace,
  describeHour,
  makeMemoryPlace,
  planPlace,
  shardPlace,
  writeHour,
} from "./shards-fixtures.js";

const child = fileURLToPath(new URL("./shards-child.ts", import.meta.url));
const shards = 2;
const forever = new Promise<never>(() => undefined);

/** A step that runs to its end, or to its death right before or after its nth call of a store, counted from 0; true: it died. */
async function runMortal(
  place: Place,
  nth: number,
  moment: "before" | "after",
  step: (place: Place) => Promise<unknown>,
): Promise<boolean> {
  let calls = 0;
  let die: () => void = () => undefined;
  const death = new Promise<true>((resolve) => {
    die = () => {
      resolve(true);
    };
  });
  let isDead = false;
  const around = async <T>(_: unknown, make: () => Promise<T>): Promise<T> => {
    if (isDead) return forever;
    const isLast = calls === nth;
    calls += 1;
    if (isLast) isDead = true;
    if (isLast && moment === "after") await make();
    if (!isLast) return make();
    die();
    return forever;
  };
  const mortal = {
    ...place,
    source: aroundCalls(place.source, around),
    stage: aroundCalls(place.stage, around),
  };
  return Promise.race([death, step(mortal).then(() => false)]);
}

/** A fresh hour, or one whose manifest names files, of a type that does not come again or of one that does. */
async function makeHour(
  place: Place,
  before: "gone" | "view" | null,
): Promise<Place> {
  if (before !== null) {
    await place.source.put(
      `${prefix}old.log`,
      Buffer.from(`{"log_type":"${before}","n":"old"}\nold\n`),
    );
    await classifyPlace(place);
    await place.source.delete(`${prefix}old.log`);
  }
  await writeHour(place);
  return place;
}

async function finishPlan(place: Place, plan: PlanId): Promise<void> {
  for (let index = 1; index <= shards; index += 1)
    await shardPlace(place, plan, index, shards);
  await commitPlace(place, plan);
}

function withoutEtags(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, each: unknown) =>
      key === "etag" ? undefined : each,
    ),
  );
}

/** Runs the step in a process of its own, which kills itself at that call. */
function runChild(
  place: Place,
  words: readonly string[],
): Promise<NodeJS.Signals | number | null> {
  const run = spawn(
    process.execPath,
    ["--import", "tsx", child, place.root, ...words],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  return new Promise((resolve, reject) => {
    run.once("error", reject);
    run.once("exit", (code, signal) => {
      resolve(signal ?? code);
    });
  });
}

describe("a shard or a commit that is killed", () => {
  after(removePlaces);

  /** The hour, planned, with all done that `step` needs. */
  const makeReady = async (place: Place, step: "shard" | "commit") => {
    const plan = await planPlace(place, shards);
    await shardPlace(place, plan, 2, shards);
    if (step === "commit") await shardPlace(place, plan, 1, shards);
    const run = (mortal: Place): Promise<unknown> =>
      step === "shard"
        ? shardPlace(mortal, plan, 1, shards)
        : commitPlace(mortal, plan);
    return { plan, run };
  };

  for (const before of [null, "gone"] as const) {
    const of = before === null ? "a fresh hour" : "an hour with a manifest";
    for (const moment of ["before", "after"] as const) {
      for (const step of ["shard", "commit"] as const) {
        it(`ends as an undisturbed one of ${of}: a ${step}, killed ${moment} each call to a store and run again`, async () => {
          const undisturbed = await makeHour(await makeMemoryPlace(), before);
          await finishPlan(undisturbed, await planPlace(undisturbed, shards));
          const expected = await describeHour(undisturbed);
          expect(expected?.orphans).to.deep.equal([]);
          let calls = 0;
          for (let isKilled = true; isKilled; calls += 1) {
            const place = await makeHour(await makeMemoryPlace(), before);
            const { plan, run } = await makeReady(place, step);
            const standing = await describeHour(place);
            isKilled = await runMortal(place, calls, moment, run);
            const left = await describeHour(place);
            expect(left?.lines, `call ${calls}`).to.deep.equal(
              left?.seq === standing?.seq ? standing?.lines : expected?.lines,
            );
            await finishPlan(place, plan);
            expect(await describeHour(place), `call ${calls}`).to.deep.equal(
              expected,
            );
          }
          expect(calls).to.be.greaterThan(10);
        }).timeout(60_000);
      }
    }
  }

  for (const before of [null, "view", "gone"] as const) {
    for (const step of ["shard", "commit"] as const) {
      it(`leaves nothing behind the next classification of ${before === null ? "a fresh hour" : `an hour with a manifest that names ${before}`}: a ${step}, killed after each call`, async () => {
        for (let calls = 0, isKilled = true; isKilled; calls += 1) {
          const place = await makeHour(await makeMemoryPlace(), before);
          const { run } = await makeReady(place, step);
          isKilled = await runMortal(place, calls, "after", run);
          await classifyPlace(place);
          const found = await describeHour(place);
          expect(found?.orphans, `call ${calls}`).to.deep.equal([]);
        }
      }).timeout(60_000);
    }
  }

  const kills = [
    ["shard", "before", "put _plans/"],
    ["shard", "after", "put _plans/"],
    ["commit", "before", "put _manifests/"],
    ["commit", "after", "put _manifests/"],
    ["commit", "after", "delete "],
  ] as const;
  for (const before of [null, "gone"] as const) {
    for (const [step, moment, call] of kills) {
      it(`is the same by kill -9 of a ${step} ${moment} "${call}", ${before === null ? "fresh" : "with a manifest"}`, async () => {
        const undisturbed = await makeHour(await makePlace(), before);
        await finishPlan(undisturbed, await planPlace(undisturbed, shards));
        const place = await makeHour(await makePlace(), before);
        const { plan } = await makeReady(place, step);
        expect(
          await runChild(place, [step, formatPlanId(plan), moment, call]),
        ).to.equal("SIGKILL");
        await finishPlan(place, plan);
        expect(withoutEtags(await describeHour(place))).to.deep.equal(
          withoutEtags(await describeHour(undisturbed)),
        );
      }).timeout(30_000);
    }
  }

  it("commits once from two processes at once", async () => {
    const place = await makeHour(await makePlace(), "view");
    const { plan } = await makeReady(place, "shard");
    const id = formatPlanId(plan);
    const never = ["before", "never"];
    const twice = (step: string) =>
      Promise.all([1, 2].map(() => runChild(place, [step, id, ...never])));
    expect(await twice("shard")).to.deep.equal([0, 0]);
    expect(await twice("commit")).to.deep.equal([0, 0]);
    const found = await describeHour(place);
    expect([found?.seq, found?.counts.lines, found?.orphans]).to.deep.equal([
      2,
      30,
      [],
    ]);
  }).timeout(60_000);
});
