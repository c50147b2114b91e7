import { campaignTypes } from "./campaign-catalog.js";
import { checkDone, checkReaders, checkSweptByCommit } from "./check-round.js";
import { mendRound } from "./mend-round.js";
import { mustRun } from "./must-run.js";
import { rangeOf } from "./play-round.js";
import type { Round } from "./round.js";

/** Of the rounds whose schema is mended at their end. */
const mendedShare = 0.5;

/** With the services sound again: what readers see, everything done in one of the ways that there are, and all of it compared. */
export async function finishRound(round: Round): Promise<string[]> {
  const { dice, tally, world } = round;
  world.setFaults(null);
  await world.settle();
  const problems = await checkReaders(round);
  const way = dice.pick([
    "reconcile",
    "reconcile",
    "reconcile",
    "run",
    "one by one",
  ] as const);
  tally.count(`finished by: ${way}`);
  if (way === "run") {
    await mustRun(round, problems, ["run", ...rangeOf(round)]);
    problems.push(...(await checkSweptByCommit(round)));
  }
  if (way === "one by one") {
    const { hour } = dice.pick(round.hours);
    await mustRun(round, problems, ["classify", "--hour", hour]);
    problems.push(...(await checkSweptByCommit(round, hour)));
    for (const { name } of campaignTypes)
      await mustRun(round, problems, ["load", "--type", name, "--hour", hour]);
  }
  const reconcile = ["reconcile", ...rangeOf(round), "--sweep-after", "0h"];
  await mustRun(round, problems, [...reconcile, "--run"]);
  await mustRun(round, problems, reconcile);
  problems.push(...(await checkDone(round)));
  if (problems.length === 0 && dice.chance(mendedShare))
    problems.push(...(await mendRound(round)));
  return problems;
}
