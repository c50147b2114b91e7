import { campaignTypes } from "./campaign-catalog.js";
import { checkDone, checkReaders, checkSweptByCommit } from "./check-round.js";
import { rangeOf } from "./play-round.js";
import type { Round } from "./round.js";

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
  return problems;
}

async function mustRun(
  round: Round,
  problems: string[],
  words: readonly string[],
): Promise<void> {
  const end = await round.runJob(words);
  round.ends.push(end);
  const { exitCode, result, log } = end;
  for (const { kind } of findingsOf(result))
    round.tally.count(`reconcile found: ${kind}`);
  if (exitCode === 0) return;
  problems.push(
    `sluice ${words.join(" ")} ends with ${exitCode ?? "a signal"} where nothing is wrong any more: ${JSON.stringify(result)} ${log}`,
  );
}

function findingsOf(
  result: Readonly<Record<string, unknown>> | null,
): readonly { readonly kind: string }[] {
  const findings = result?.["findings"];
  return Array.isArray(findings) ? (findings as { kind: string }[]) : [];
}
