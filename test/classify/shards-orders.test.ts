import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { Plan } from "../../src/classify/plan.js";
import { readManifest } from "../../src/classify/read-manifest.js";
import { NotReadyError } from "../../src/errors.js";
import type { ObjectStore } from "../../src/ports/object-store.js";
import { createRandom, type Random } from "../../src/sample/random.js";
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
  describeHour,
  makeMemoryPlace,
  planPlace,
  shardPlace,
  writeHour,
} from "./shards-fixtures.js";

const rounds = 150;
const shards = 2;

interface Actor {
  readonly name: string;
  readonly run: (place: Place) => Promise<unknown>;
}

/** Lets one call to a store through at a time, of an actor chosen by chance, and kills some of them before or after a call. */
function createOrder(random: Random, deaths: number) {
  const waiting: { actor: string; go: (mode: "make" | "die") => void }[] = [];
  const dead = new Set<string>();
  const trace: string[] = [];
  const forever = new Promise<never>(() => undefined);
  let [deathsLeft, running] = [deaths, 0];

  const gate = (actor: string, store: ObjectStore): ObjectStore =>
    aroundCalls(store, async (call, make) => {
      if (dead.has(actor)) return forever;
      const mode = await new Promise<"make" | "die">((resolve) => {
        waiting.push({ actor, go: resolve });
      });
      if (dead.has(actor) && mode === "make") return forever;
      trace.push(
        `${actor} ${call.method} ${call.key}${mode === "die" ? " dies" : ""}`,
      );
      if (mode === "die") {
        if (random.chance(0.5)) await make();
        return forever;
      }
      return make();
    });

  return {
    trace,
    start({ name, run }: Actor, place: Place): Promise<unknown> {
      running += 1;
      const mortal = {
        ...place,
        source: gate(name, place.source),
        stage: gate(name, place.stage),
      };
      return run(mortal).finally(() => {
        running -= 1;
      });
    },
    /** Until every actor has ended or is dead. */
    async play(afterEach: () => Promise<void>): Promise<void> {
      for (let idle = 0; idle < 2_000;) {
        const [next] = waiting.splice(
          waiting.length > 1 ? random.integer(0, waiting.length - 1) : 0,
          1,
        );
        if (next === undefined) {
          if (running === dead.size) return;
          idle += 1;
          await sleep(1);
          continue;
        }
        idle = 0;
        if (!dead.has(next.actor)) {
          const dies = deathsLeft > 0 && random.chance(0.03);
          if (dies) {
            deathsLeft -= 1;
            dead.add(next.actor);
          }
          next.go(dies ? "die" : "make");
          for (let turn = 0; turn < 3; turn += 1)
            await new Promise((resolve) => setImmediate(resolve));
          await afterEach();
        }
      }
      throw new Error("an actor neither ended nor asked for anything");
    },
  };
}

/** Comes later by so many turns. */
async function linger({ stage }: Place, turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await stage.get("nothing");
}

describe("plans, shards, commits and classifications at once, in any order, some of them killed", () => {
  after(removePlaces);

  it(`never leave a manifest without its files, and nothing unnamed behind, in ${rounds} orders`, async function () {
    this.timeout(300_000);
    const seed = Number(process.env["SLUICE_TEST_SEED"] ?? Date.now() % 1e9);
    const outcomes = new Map<string, number>();
    for (let round = 0; round < rounds; round += 1) {
      const random = createRandom(seed + round);
      const place = await makeMemoryPlace();
      await writeHour(place);
      if (random.chance(0.5)) {
        // A type that the catalog lacks, and that does not come again.
        await place.source.put(
          `${prefix}old`,
          Buffer.from('{"log_type":"gone"}\n'),
        );
        await classifyPlace(place);
        await place.source.delete(`${prefix}old`);
      }
      const first = await planPlace(place, shards);
      const plans: Plan[] = [first];
      const order = createOrder(random, random.integer(0, 2));
      const shard =
        (plan: Plan, index: number) =>
        (mortal: Place): Promise<unknown> =>
          shardPlace(mortal, plan, index, shards);
      const retried =
        (step: (mortal: Place) => Promise<unknown>) =>
        async (mortal: Place): Promise<unknown> => {
          for (let tries = 1; ; tries += 1) {
            try {
              return await step(mortal);
            } catch (error) {
              if (!(error instanceof NotReadyError) || tries === 12)
                throw error;
            }
          }
        };
      const all: readonly Actor[] = [
        { name: "shard 1", run: shard(first, 1) },
        { name: "shard 1 again", run: shard(first, 1) },
        { name: "shard 2", run: shard(first, 2) },
        {
          name: "commit",
          run: retried((mortal) => commitPlace(mortal, first)),
        },
        {
          name: "commit again",
          run: retried((mortal) => commitPlace(mortal, first)),
        },
        {
          name: "second plan",
          async run(mortal) {
            await linger(mortal, random.integer(0, 40));
            const plan = await planPlace(mortal, shards);
            plans.push(plan);
            await shard(plan, 2)(mortal);
            await shard(plan, 1)(mortal);
            await commitPlace(mortal, plan);
          },
        },
        {
          name: "classify",
          async run(mortal) {
            await linger(mortal, random.integer(0, 40));
            await classifyPlace(mortal);
          },
        },
        {
          name: "late object",
          run: (mortal) =>
            mortal.source.put(
              `${prefix}late`,
              Buffer.from('{"log_type":"view","n":"late"}\n'),
            ),
        },
      ];
      const actors = all.filter(
        ({ name }) =>
          !["second plan", "classify", "late object"].includes(name) ||
          random.chance(0.4),
      );
      const fail = (words: string): never =>
        expect.fail(
          `seed ${seed + round}: ${words}\n${order.trace.join("\n")}`,
        );

      let checked: string | null = null;
      let seq = 0;
      const checkStanding = async (): Promise<void> => {
        const standing = await readManifest(place.stage, hour);
        if (standing === null) return;
        if (standing.etag !== checked) {
          if (checked !== null && standing.manifest.seq !== seq + 1)
            fail(`seq ${standing.manifest.seq} after ${seq}`);
          checked = standing.etag;
          seq = standing.manifest.seq;
        }
        for (const { key } of Object.values(standing.manifest.types).flatMap(
          ({ files }) => files,
        )) {
          if ((await place.stage.get(key)) === null)
            fail(`${key} is named, but gone`);
        }
      };
      await checkStanding();

      const problems: string[] = [];
      for (const actor of actors) {
        void order.start(actor, place).then(
          () => {
            outcomes.set("done", (outcomes.get("done") ?? 0) + 1);
          },
          (error: unknown) => {
            if (!(error instanceof NotReadyError))
              problems.push(`${actor.name}: ${String(error)}`);
            outcomes.set("not ready", (outcomes.get("not ready") ?? 0) + 1);
          },
        );
      }
      await order.play(checkStanding);
      if (problems.length > 0) fail(problems.join("; "));

      for (const plan of plans) {
        const again = await commitPlace(place, plan).then(
          () => "done",
          (error: unknown) =>
            error instanceof NotReadyError ? "not ready" : fail(String(error)),
        );
        outcomes.set(
          `again ${again}`,
          (outcomes.get(`again ${again}`) ?? 0) + 1,
        );
      }
      await checkStanding();
      const standing = await readManifest(place.stage, hour);
      const settled = await describeHour(place);
      for (const plan of plans) {
        const left =
          settled?.orphans.filter((key) => key.includes(plan.run)) ?? [];
        const isDone = standing?.etag !== plan.previous?.etag;
        if (isDone && left.length > 0) fail(`left behind: ${left.join(", ")}`);
      }
      await classifyPlace(place);
      const found = await describeHour(place);
      if (found?.orphans.length !== 0)
        fail(`left behind: ${String(found?.orphans.join(", "))}`);
      const late =
        actors.some(({ name }) => name === "late object") &&
        found?.inputs.length === 4;
      if (found?.counts.lines !== (late ? 31 : 30)) fail("lines were lost");
      await removePlaces();
    }
    const counted = JSON.stringify(Object.fromEntries(outcomes));
    for (const outcome of [
      "done",
      "not ready",
      "again done",
      "again not ready",
    ])
      expect(outcomes.get(outcome) ?? 0, counted).to.be.greaterThan(
        rounds / 20,
      );
  });
});
