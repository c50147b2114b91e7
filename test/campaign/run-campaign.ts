import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import pLimit from "p-limit";
import { findPackageRoot } from "../../src/package-root.js";
import {
  campaignTypes,
  mendedTypes,
  writeCampaignCatalog,
} from "./campaign-catalog.js";
import { openCloudWorlds } from "./cloud-world.js";
import { finishRound } from "./finish-round.js";
import { judgeEnds } from "./judge-ends.js";
import { openLocalWorlds } from "./local-world.js";
import { playAimedKill } from "./play-aimed-kill.js";
import { playRound } from "./play-round.js";
import { createRound } from "./round.js";
import { createRunJob, type JobEnd } from "./run-job.js";
import { createTempo } from "./tempo.js";
import { countAll, createTally, formatTally } from "./tally.js";
import type { World } from "./world.js";

/**
 * Rounds of the main job while services fail, jobs are killed, frozen and run at once, and source objects arrive; after
 * each, what readers see, and after reruns all of it, is compared with the source, line by line.
 */
const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    rounds: { type: "string", default: "20" },
    /** Only this one. */
    round: { type: "string" },
    /** Only acts whose name has this part. */
    acts: { type: "string", default: "" },
    lanes: { type: "string", default: "3" },
    /** Folders and DuckDB instead of the services. */
    local: { type: "boolean", default: false },
    /** Folder that holds the package.json and the dist to run; by default this one. */
    program: { type: "string", default: findPackageRoot() },
    /** Each job of each round on standard error. */
    verbose: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const rounds =
  values.round === undefined
    ? Array.from({ length: Number(values.rounds) }, (_, index) => index + 1)
    : [Number(values.round)];
const waiting = [...rounds];
/** Ends with the rounds that are under way, and tells what came of those that were played. */
process.on("SIGTERM", () => {
  waiting.length = 0;
});
const laneCount = Math.min(Number(values.lanes), rounds.length);
const say = (text: string) => process.stderr.write(`${text}\n`);
say(
  `campaign: seed ${seed}, ${rounds.length} rounds${values.local ? ", local" : ""}`,
);

const startedMs = Date.now();
// The servers' processes alone do not keep this one alive while they are stopped.
const alive = setInterval(() => undefined, 60_000);
const root = await mkdtemp(join(tmpdir(), "sluice-campaign-"));
const tally = createTally();
const tempo = createTempo();
const failures: { readonly round: number; readonly problems: string[] }[] = [];
const worlds = values.local
  ? await openLocalWorlds(root)
  : await openCloudWorlds(tally);
try {
  const program = await copyProgram(resolve(values.program), root);
  const catalogs = {
    first: await writeCampaignCatalog(join(root, "catalog"), campaignTypes),
    mended: await writeCampaignCatalog(join(root, "mended"), mendedTypes),
  };
  const runLane = async (lane: number): Promise<void> => {
    const world = await worlds.openLane(lane);
    try {
      for (
        let round = waiting.shift();
        round !== undefined;
        round = waiting.shift()
      )
        await runRound(world, round, program, catalogs);
    } finally {
      await world.stop();
    }
  };
  const limit = pLimit(laneCount);
  await Promise.all(
    Array.from({ length: laneCount }, (_, lane) => limit(() => runLane(lane))),
  );
} finally {
  await worlds.stop();
  await rm(root, { recursive: true, force: true });
  clearInterval(alive);
}
report();

async function runRound(
  world: World,
  number: number,
  program: string,
  catalogs: { readonly first: string; readonly mended: string },
): Promise<void> {
  const begunMs = Date.now();
  await world.prepare(number);
  const variables = world.variables(number);
  const jobsOf = (catalog: string) =>
    createRunJob(program, catalog, variables, tally);
  const round = createRound(seed, number, {
    world,
    runJob: jobsOf(catalogs.first),
    runMended: jobsOf(catalogs.mended),
    tally,
    tempo,
    onlyActs: values.acts,
  });
  const problems: string[] = [];
  try {
    world.setFaults([seed, number]);
    await playRound(round);
    problems.push(...(await playAimedKill(round)));
    problems.push(...judgeEnds(round.ends, tally));
    problems.push(...(await finishRound(round)));
  } catch (error) {
    problems.push(
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    );
  } finally {
    world.setFaults(null);
    await world.settle();
  }
  tally.count("rounds");
  const events = describeRound(round.ends, world.takeFaults());
  if (values.verbose || problems.length > 0) say(events);
  const seconds = ((Date.now() - begunMs) / 1000).toFixed(1);
  if (problems.length === 0) {
    say(`round ${number}: ${round.ends.length} jobs in ${seconds} s`);
    return;
  }
  failures.push({ round: number, problems });
  const again = `npm run campaign -- --seed ${seed} --round ${number}${values.local ? " --local" : ""}`;
  say(
    `round ${number} FAILED; again: ${again}\n${problems.map((problem) => `  ${problem}`).join("\n")}`,
  );
}

/** Its jobs and its faults, in the order of time. */
function describeRound(
  ends: readonly JobEnd[],
  faults: ReturnType<World["takeFaults"]>,
): string {
  const begun = Math.min(...ends.map(({ startedMs }) => startedMs));
  const events = [
    ...faults.map(({ atMs, what }) => ({ atMs, text: `    ${what}` })),
    ...ends.map(({ words, exitCode, startedMs, endedMs }) => ({
      atMs: startedMs,
      text: `  ${words.join(" ")}: ${exitCode ?? "killed"} at ${endedMs - begun}`,
    })),
  ];
  return events
    .sort((one, other) => one.atMs - other.atMs)
    .map(({ atMs, text }) => `${String(atMs - begun).padStart(7)} ms ${text}`)
    .join("\n");
}

/** Whoever builds meanwhile does not change what runs here. */
async function copyProgram(from: string, to: string): Promise<string> {
  const program = join(to, "program");
  for (const name of ["dist", "package.json", "schemas"])
    await cp(join(from, name), join(program, name), { recursive: true });
  await symlink(
    join(findPackageRoot(), "node_modules"),
    join(program, "node_modules"),
  );
  return program;
}

function report(): void {
  const seconds = Math.round((Date.now() - startedMs) / 1000);
  const faults = countAll(tally, "faults: ");
  if (values.json) {
    const counts = Object.fromEntries([...tally.counts].sort());
    process.stdout.write(
      `${JSON.stringify({ seed, seconds, faults, counts, failures })}\n`,
    );
  } else {
    process.stdout.write(`${formatTally(tally)}\n`);
  }
  say(
    `${tally.counts.get("rounds") ?? 0} rounds in ${seconds} s, ${faults} faults: ${failures.length === 0 ? "nothing lost, nothing twice" : `${failures.length} rounds FAILED`}; seed ${seed}`,
  );
  if (failures.length > 0) process.exitCode = 1;
}
