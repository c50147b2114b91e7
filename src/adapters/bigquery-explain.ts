import type { Misfit } from "../errors.js";
import type { LoadSource, LoadTempOptions } from "../ports/warehouse.js";
import { compileRowJudge } from "../schema/judge-row.js";
import { createMisfitCollector } from "../schema/misfit-collector.js";
import type { ErrorProto } from "./bigquery-failure.js";
import { quoteWords } from "./quote-words.js";
import { readPlacedLines, type LinePlace } from "./read-placed-lines.js";

/** How the sources of a refused job went to BigQuery. */
export interface RefusedJob {
  readonly sources: readonly LoadSource[];
  /** The sources' bytes went one behind the other, so that a position counts from the first one's start. */
  readonly isUpload: boolean;
  readonly protos: readonly ErrorProto[];
  /** In words of ours, for a refusal that no row explains. */
  readonly note?: string;
}

/** Why a load was refused. No misfits: only BigQuery's own words are known. */
export interface Refusal {
  readonly message: string;
  readonly misfits: readonly Misfit[];
}

/** A row that BigQuery names. */
interface NamedRow {
  /** In decompressed bytes from the start of its source. */
  readonly position: number;
  readonly words: string;
}

/**
 * Why rows were refused: reads the sources of the load again, as far as `limitBytes`, judges each row as DuckDB's load does, and
 * shows the rows that BigQuery names and our judge takes with BigQuery's own words. Past the limit, only the named rows are
 * judged, wherever in their sources they are.
 */
export async function explainRefusal(
  options: LoadTempOptions,
  job: RefusedJob,
  limitBytes: number,
): Promise<Refusal> {
  const judge = compileRowJudge(options.fields, options.timeFormats);
  const mask = options.mask ?? [];
  const misfits = createMisfitCollector({ mask });
  let pending: readonly PendingRow[] = [...readPositions(job.protos)];
  let lookedAt = 0;
  let uploaded = 0;
  let isCutShort = false;
  for (const source of orderSources(options.sources, job)) {
    const sourceStart = job.isUpload ? uploaded : 0;
    const isSent = job.sources.includes(source);
    const isNamedHere = (row: PendingRow) =>
      isSent && (job.isUpload || isNamed(row.proto, source, job));
    const ofSource = pending.filter(isNamedHere);
    // BigQuery's positions are of rows' starts; a position inside of a row is that row's too.
    const isNamedIn = (row: PendingRow, { start, end }: LinePlace) =>
      row.position >= sourceStart + start && row.position < sourceStart + end;
    if (lookedAt >= limitBytes) {
      isCutShort = true;
      if (ofSource.length === 0) continue;
    }
    const found = new Set<PendingRow>();
    let size = 0;
    const lines = readPlacedLines(await source.open(), (place) => {
      size = place.end;
      return (
        lookedAt < limitBytes || ofSource.some((row) => isNamedIn(row, place))
      );
    });
    for await (const place of lines) {
      const { text, line, start, end } = place;
      const named = ofSource.filter((row) => isNamedIn(row, place));
      for (const row of named) found.add(row);
      const judged = judge(text);
      if ("misfits" in judged) {
        misfits.add(judged.misfits, source.key, line, text);
      } else if (named[0] !== undefined) {
        const words = quoteWords(named[0].words, mask);
        const misfit = { column: "", expected: "a row of the schema" };
        misfits.add(
          [{ ...misfit, found: `what BigQuery refuses (${words})` }],
          source.key,
          line,
          text,
        );
      }
      if (lookedAt < limitBytes) lookedAt += end - start;
      if (lookedAt < limitBytes) continue;
      isCutShort = true;
      if (found.size === ofSource.length) break;
    }
    pending = pending.filter((row) => !found.has(row));
    if (isSent) uploaded += size;
  }
  const notes = [
    ...(isCutShort
      ? [
          `Only the first ${lookedAt} bytes of the rows were looked at, and the rows that BigQuery names: further ones may not fit either.`,
        ]
      : []),
    ...(misfits.rowCount === 0 && job.note !== undefined ? [job.note] : []),
    ...describeRest(
      misfits.rowCount === 0 ? job.protos : pending.map(({ proto }) => proto),
      mask,
    ),
  ];
  const summary =
    misfits.rowCount === 0
      ? `${options.temp}: BigQuery refused the load; nothing was loaded`
      : misfits.toError(options.temp).message;
  return {
    message: [summary, ...notes].join("\n"),
    misfits: misfits.misfits(),
  };
}

interface PendingRow extends NamedRow {
  readonly proto: ErrorProto;
}

const positionText = /row starting at position (\d+)/;

/** `... JSON parsing error in row starting at position 1024: No such field: x. File: gs://bucket/key` */
function* readPositions(protos: readonly ErrorProto[]): Generator<PendingRow> {
  for (const proto of protos) {
    const { message = "" } = proto;
    const position = positionText.exec(message)?.[1];
    if (position === undefined) continue;
    const words = message
      .replace(
        /^.*row starting at position \d+(?: at file: [^ ]+[.])?:?\s*/s,
        "",
      )
      .replace(/\s*File: gs:\/\/.*$/s, "");
    yield { position: Number(position), words, proto };
  }
}

function isNamed(
  { location, message = "" }: ErrorProto,
  { uri }: LoadSource,
  { sources }: RefusedJob,
): boolean {
  if (uri !== null && (location === uri || message.includes(uri))) return true;
  return (
    sources.length === 1 && !/gs:\/\//.test(`${location ?? ""} ${message}`)
  );
}

/** The job's sources in their order, those that BigQuery names first where each is a file of its own; then the other jobs' sources. */
function orderSources(
  all: readonly LoadSource[],
  job: RefusedJob,
): readonly LoadSource[] {
  const named = job.sources.filter(
    (source) =>
      job.isUpload || job.protos.some((proto) => isNamed(proto, source, job)),
  );
  return [...new Set([...named, ...job.sources, ...all])];
}

function describeRest(
  protos: readonly ErrorProto[],
  mask: readonly string[],
): readonly string[] {
  const messages = protos.map((proto) => {
    const { location } = proto;
    const message = describeProto(proto, mask);
    return location === undefined || message.includes(location)
      ? message
      : `${message} (${location})`;
  });
  return [...new Set(messages)].map((message) => `BigQuery: ${message}`);
}

function describeProto(
  { message = "", reason = "refused" }: ErrorProto,
  mask: readonly string[],
): string {
  if (mask.length === 0) return message;
  const [place] = positionText.exec(message) ?? [];
  return `${place === undefined ? reason : `${reason}, ${place}`}; ${quoteWords(message, mask)}`;
}
