import {
  campaignTypes,
  mendedTypes,
  quarantinedType,
} from "./campaign-catalog.js";
import { checkDone, checkReaders, expectSetAside } from "./check-round.js";
import { judgeEnds } from "./judge-ends.js";
import { mustRun } from "./must-run.js";
import { job, load, rangeOf } from "./play-round.js";
import { newestState, type Round } from "./round.js";

/**
 * Mends the schema of the quarantined type, and replays what was set aside: first while services fail, jobs are killed, and loads with
 * the old schema come late; then soundly. The table must be that of a clean load at last, with nothing set aside.
 */
export async function mendRound(round: Round): Promise<string[]> {
  const { dice, hours, tally, world } = round;
  const mended: Round = { ...round, runJob: round.runMended };
  const replay = ["replay", ...rangeOf(round)] as const;
  const isSound = hours.every((hour) => {
    const { expected } = newestState(hour);
    const { fits } = quarantinedType;
    return expectSetAside(expected, quarantinedType, fits).length === 0;
  });
  // Nothing would be replayed, and the table would keep its columns.
  if (isSound) return [];
  tally.count("schemas mended");
  const begun = round.ends.length;
  world.setFaults([dice.below(2 ** 31)]);
  const others = dice.pick([
    () => [job(mended, replay)],
    () => [load(round, dice.pick(hours), quarantinedType.name)],
    () => [],
  ]);
  await Promise.all([job(mended, replay), ...others()]);
  world.setFaults(null);
  await world.settle();
  const problems = judgeEnds(round.ends.slice(begun), tally);
  problems.push(...(await checkReaders(round, [campaignTypes, mendedTypes])));
  await mustRun(mended, problems, replay);
  const reconcile = ["reconcile", ...rangeOf(round), "--sweep-after", "0h"];
  await mustRun(mended, problems, [...reconcile, "--run"]);
  await mustRun(mended, problems, reconcile);
  problems.push(...(await checkDone(mended, mendedTypes)));
  return problems;
}
