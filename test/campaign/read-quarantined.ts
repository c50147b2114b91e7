import type { Round } from "./round.js";

/** A line of a quarantine file, as far as it can be compared with the stage. */
export interface QuarantinedLine {
  readonly source: string;
  readonly line: number;
  readonly offset: number;
  readonly misfits: readonly unknown[];
  readonly row: string;
}

/** Null: there is no such file. */
export async function readQuarantined(
  { world, number }: Round,
  key: string,
): Promise<QuarantinedLine[] | null> {
  const bytes = await world.readStage(number, key);
  if (bytes === null) return null;
  return bytes
    .toString()
    .split("\n")
    .slice(0, -1)
    .map((text) => JSON.parse(text) as QuarantinedLine);
}

/** Whether each row stands at the stage where its line says, and has a reason. */
export async function checkPlaces(
  { world, number }: Round,
  lines: readonly QuarantinedLine[],
): Promise<string[]> {
  const problems: string[] = [];
  const files = new Map<string, Buffer | null>();
  for (const { source, line, offset, misfits, row } of lines) {
    const bytes = files.get(source) ?? (await world.readStage(number, source));
    files.set(source, bytes);
    const before = bytes?.subarray(0, offset).toString() ?? "";
    const after = bytes?.subarray(offset).toString() ?? "";
    const isThere =
      before.split("\n").length === line && after.startsWith(`${row}\n`);
    if (!isThere || misfits.length === 0)
      problems.push(
        `a row set aside is not at ${source}:${line}, offset ${offset}, or has no reason: ${row}`,
      );
  }
  return problems;
}
