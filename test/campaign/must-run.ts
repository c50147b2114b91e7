import type { Round } from "./round.js";

/** Runs a job with nothing in its way, so that it has to end well. */
export async function mustRun(
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
