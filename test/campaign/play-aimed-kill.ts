import { quarantinedType } from "./campaign-catalog.js";
import { checkReaders } from "./check-round.js";
import { drawKillTarget } from "./kill-target.js";
import { classify, drawMoment, load, writeNext } from "./play-round.js";
import type { Round } from "./round.js";
import type { JobFate } from "./run-job.js";

const reloadShare = 0.8;
const classifyShare = 0.5;

/**
 * An hour that stands is loaded, or classified, once more, by a job that is killed at one of the requests that matter: what readers see
 * then must be whole.
 */
export async function playAimedKill(round: Round): Promise<string[]> {
  const { dice, hours } = round;
  const problems: string[] = [];
  if (dice.chance(reloadShare)) {
    const hour = dice.pick(hours);
    const { name } = quarantinedType;
    await load(round, hour, name, {});
    await load(round, hour, name, drawKill(round, "load"));
    problems.push(...(await checkQuiet(round)));
  }
  if (dice.chance(classifyShare)) {
    const hour = dice.pick(hours);
    await writeNext(round, hour);
    await classify(round, hour, drawKill(round, "classify"));
    problems.push(...(await checkQuiet(round)));
  }
  return problems;
}

/** Where requests are not seen, at a time. */
function drawKill(round: Round, command: string): JobFate {
  const { dice, world } = round;
  const target = drawKillTarget(dice, command);
  const killAfterMs = drawMoment(round, command);
  return target === null || world.dialect === "duckdb"
    ? { killAfterMs }
    : { aimKill: (kill) => world.aimKill(target, kill) };
}

async function checkQuiet(round: Round): Promise<string[]> {
  await round.world.settle();
  return checkReaders(round);
}
