import { setTimeout as sleep } from "node:timers/promises";
import { campaignTypes } from "./campaign-catalog.js";
import { drawKillTarget } from "./kill-target.js";
import { makeObject } from "./make-object.js";
import { putObject, type Round, type RoundHour } from "./round.js";
import type { JobEnd, JobFate } from "./run-job.js";

/** A frozen job that has the DuckDB file open keeps the others waiting. */
const duckDbFreezeMs = 3_000;

interface Act {
  readonly name: string;
  readonly play: (round: Round) => Promise<unknown>;
}

/** Writes the hours' first objects, and lets jobs at them that fail, are killed, and run at once. */
export async function playRound(round: Round): Promise<void> {
  const { dice, hours } = round;
  for (const hour of hours) {
    const objects = 1 + dice.below(2);
    for (let index = 0; index < objects; index += 1)
      await writeNext(round, hour);
  }
  await Promise.all(hours.map((hour) => classify(round, hour)));
  const count = 1 + dice.below(2);
  const chosen = acts.filter(({ name }) => name.includes(round.onlyActs));
  for (let turn = 0; turn < count; turn += 1) {
    const act = chosen[dice.below(chosen.length)];
    if (act === undefined) throw new Error(`no act is named ${round.onlyActs}`);
    round.tally.count(`acts: ${act.name}`);
    await act.play(round);
  }
}

const acts: readonly Act[] = [
  {
    name: "classified twice at once",
    async play(round) {
      const hour = round.dice.pick(round.hours);
      await changeSource(round, hour);
      await Promise.all([classify(round, hour), classify(round, hour)]);
    },
  },
  {
    name: "classified while an object arrives",
    async play(round) {
      const hour = round.dice.pick(round.hours);
      await changeSource(round, hour);
      await Promise.all([
        classify(round, hour),
        sleep(round.dice.below(round.tempo.of("classify"))).then(() =>
          writeNext(round, hour),
        ),
        classify(round, hour),
      ]);
    },
  },
  { name: "classified by shards", play: classifyByShards },
  { name: "classified by shards", play: classifyByShards },
  {
    name: "a table's hours loaded side by side",
    async play(round) {
      const { name } = round.dice.pick(campaignTypes);
      await Promise.all(round.hours.map((hour) => load(round, hour, name)));
    },
  },
  {
    name: "the same load twice at once",
    async play(round) {
      const { name } = round.dice.pick(campaignTypes);
      const hour = round.dice.pick(round.hours);
      await Promise.all([load(round, hour, name), load(round, hour, name)]);
    },
  },
  { name: "a load of an old manifest races a new one", play: loadOldManifest },
  { name: "a load of an old manifest races a new one", play: loadOldManifest },
  {
    name: "run beside a load",
    async play(round) {
      const [hour] = round.hours;
      await changeSource(round, hour);
      await Promise.all([
        job(round, ["run", ...rangeOf(round)]),
        load(round, hour, round.dice.pick(campaignTypes).name),
      ]);
    },
  },
  {
    name: "reconcile beside a classify",
    async play(round) {
      const hour = round.dice.pick(round.hours);
      await changeSource(round, hour);
      await Promise.all([
        job(round, [
          "reconcile",
          "--run",
          "--sweep-after",
          "0h",
          ...rangeOf(round),
        ]),
        classify(round, hour),
      ]);
    },
  },
];

/** A load that has read a manifest stands still until a newer one is classified and loaded. */
async function loadOldManifest(round: Round): Promise<void> {
  const { dice } = round;
  const hour = dice.pick(round.hours);
  const { name } = dice.pick(campaignTypes);
  let thaw: () => void = () => undefined;
  const thawed = new Promise<void>((resolve) => (thaw = resolve));
  const loadMs = round.tempo.of("load");
  const begun = round.world.nextLoad();
  const old = job(round, ["load", "--type", name, "--hour", hour.hour], {
    ...(begun === null
      ? { freezeAfterMs: 0.3 * loadMs + dice.below(0.7 * loadMs) }
      : { freezeWhen: begun }),
    thaw: () =>
      round.world.dialect === "duckdb"
        ? Promise.race([thawed, sleep(duckDbFreezeMs)])
        : thawed,
  });
  await Promise.race([begun ?? sleep(loadMs), old]);
  await writeNext(round, hour);
  await classify(round, hour, {});
  await load(round, hour, name, {});
  thaw();
  await old;
}

async function classifyByShards(round: Round): Promise<void> {
  const { dice } = round;
  const hour = dice.pick(round.hours);
  await changeSource(round, hour);
  const count = 1 + dice.below(3);
  const planned = await job(
    round,
    ["plan", "--hour", hour.hour, "--shards", String(count)],
    {},
  );
  const plan = planned.result?.["plan"];
  if (typeof plan !== "string") return;
  const shards = Array.from({ length: count }, (_, index) => index + 1);
  if (dice.chance(0.3)) shards.push(dice.pick([1, count]));
  const classifyShard = (shard: number) =>
    job(round, ["classify", "--plan", plan, "--shard", `${shard}/${count}`]);
  const others = dice.chance(0.2) ? [classify(round, hour)] : [];
  await Promise.all([...shards.map(classifyShard), ...others]);
  const commits = dice.chance(0.3) ? 2 : 1;
  await Promise.all(
    Array.from({ length: commits }, () =>
      job(round, ["commit", "--plan", plan]),
    ),
  );
}

export function classify(
  round: Round,
  { hour }: RoundHour,
  fate?: JobFate,
): Promise<JobEnd> {
  return job(round, ["classify", "--hour", hour], fate);
}

export function load(
  round: Round,
  { hour }: RoundHour,
  type: string,
  fate?: JobFate,
): Promise<JobEnd> {
  return job(round, ["load", "--type", type, "--hour", hour], fate);
}

export async function job(
  round: Round,
  words: readonly [string, ...string[]],
  fate: JobFate = drawFate(round, words[0]),
): Promise<JobEnd> {
  const end = await round.runJob(words, fate);
  round.ends.push(end);
  if (end.exitCode === 0 && Object.keys(fate).length === 0)
    round.tempo.learn(words[0], end.endedMs - end.startedMs);
  return end;
}

/** Within the time that such a job takes, or soon after. */
export function drawMoment({ dice, tempo }: Round, command: string): number {
  return 50 + dice.below(1.1 * tempo.of(command));
}

function drawFate(round: Round, command: string): JobFate {
  const { dice, world } = round;
  const moment = () => drawMoment(round, command);
  if (dice.chance(0.2)) return { killAfterMs: moment() };
  const target = dice.chance(0.2) ? drawKillTarget(dice, command) : null;
  if (target !== null && world.dialect === "duckdb")
    return { killAfterMs: moment() };
  if (target !== null)
    return { aimKill: (kill) => world.aimKill(target, kill) };
  if (dice.chance(0.05))
    return { freezeAfterMs: moment(), thaw: () => sleep(moment()) };
  return {};
}

export function rangeOf({ hours }: Round): string[] {
  const [first] = hours;
  return ["--from", first.hour, "--to", (hours.at(-1) ?? first).hour];
}

/** Mostly: an object more, or another in its place. */
async function changeSource(round: Round, hour: RoundHour): Promise<void> {
  const { dice } = round;
  if (dice.chance(0.3)) return;
  if (dice.chance(0.7)) return writeNext(round, hour);
  round.tally.count("source objects replaced");
  const bytes = makeObject(dice, nameOf(round, hour));
  await putObject(round, hour, "0.log", bytes);
}

export async function writeNext(round: Round, hour: RoundHour): Promise<void> {
  round.tally.count("source objects written");
  const name = `${hour.states.at(-1)?.objects.size ?? 0}.log`;
  await putObject(
    round,
    hour,
    name,
    makeObject(round.dice, nameOf(round, hour)),
  );
}

/** No two objects ever hold the same line. */
function nameOf({ number }: Round, { hour, states }: RoundHour): string {
  return `${number}-${hour}-${states.length}`;
}
