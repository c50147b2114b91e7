import { countOf } from "../count-of.js";
import pRetry from "p-retry";
import {
  DataRefusedError,
  MisfitError,
  ObjectChangedError,
  ServiceError,
} from "../errors.js";
import { readLines } from "../json/read-lines.js";
import type { ObjectStore } from "../ports/object-store.js";
import type { LoadSource } from "../ports/warehouse.js";
import { compileRowJudge, type RowMisfit } from "../schema/judge-row.js";
import { maskMisfits } from "../schema/mask-misfits.js";
import { createMisfitCollector } from "../schema/misfit-collector.js";
import type { TableField } from "../schema/table-field.js";
import type { OriginShape } from "../catalog/origin-shape.js";
import { listTopReasons, type ToldReasons } from "./describe-reasons.js";
import { createRowMarks, markRow, type RowMarks } from "./drop-rows.js";

/** One line of a quarantine file. */
export interface QuarantinedRow {
  /** The stage file's key. */
  readonly source: string;
  /** Counted from 1. */
  readonly line: number;
  /** Of the row's first byte, in the plain bytes of the stage file. */
  readonly offset: number;
  /** Masked, as messages are made from them. */
  readonly misfits: readonly RowMisfit[];
  /** As it came, masked columns too. */
  readonly row: string;
}

export interface SetAside extends ToldReasons {
  readonly rows: number;
  /** Which rows of each source were set aside, in the order of the sources. */
  readonly marks: readonly RowMarks[];
}

export interface SetAsideOptions {
  /** The type and hour, for messages. */
  readonly what: string;
  readonly fields: readonly TableField[];
  readonly timeFormats: OriginShape["timeFormats"];
  readonly sources: readonly LoadSource[];
  /** Share of the rows, 0..1. */
  readonly maxBad: number;
  /** Dotted paths of columns whose values no message shows. */
  readonly mask: readonly string[];
  /** Where the rows go. */
  readonly key: string;
}

/** After the store's own: it can't begin a stream anew, as Cloud Storage asks for where it has lost an upload. */
const streamRetries = { retries: 2, minTimeout: 500, randomize: true };
const blockBytes = 64 * 1024;

/**
 * Judges each row of the sources, and writes those that do not fit to the stage, whole and durable when this resolves. Null, and
 * nothing is written, where all fit. Throws MisfitError, and nothing is written, where more than `maxBad` of them do not.
 */
export async function setAsideRows(
  options: SetAsideOptions,
  stage: ObjectStore,
): Promise<SetAside | null> {
  return pRetry(
    async () => {
      const judgement = startJudgement(options);
      try {
        await stage.put(options.key, inBlocks(judgement.rows()));
      } catch (error) {
        if (error instanceof AllFit) return null;
        throw error;
      }
      return judgement.setAside();
    },
    {
      ...streamRetries,
      shouldRetry: ({ error }) =>
        error instanceof ServiceError &&
        error.retryable &&
        !(error instanceof ObjectChangedError),
    },
  );
}

/** Ends the writing of a file that would be empty. */
class AllFit extends Error {}

function startJudgement(options: SetAsideOptions) {
  const { what, fields, timeFormats, sources, maxBad, mask } = options;
  const judge = compileRowJudge(fields, timeFormats);
  const collector = createMisfitCollector({ mask });
  const marks = sources.map(({ rows }) => createRowMarks(rows));
  const total = sources.reduce((sum, { rows }) => sum + rows, 0);
  const isTooMuch = () => collector.rowCount / total > maxBad;

  async function* judgeSource(
    source: LoadSource,
    marked: RowMarks,
  ): AsyncGenerator<QuarantinedRow> {
    let line = 0;
    let offset = 0;
    for await (const row of readLines(await source.open())) {
      line += 1;
      const judged = judge(row);
      if ("misfits" in judged) {
        const misfits = maskMisfits(judged.misfits, mask);
        collector.add(misfits, source.key, line, row);
        markRow(marked, line - 1);
        if (!isTooMuch())
          yield { source: source.key, line, offset, misfits, row };
      }
      offset += Buffer.byteLength(row) + 1;
    }
    if (line === source.rows) return;
    throw new DataRefusedError(
      `${source.key} holds ${countOf(line, "row")}, but the manifest says ${source.rows}: classify the hour again`,
    );
  }

  return {
    async *rows(): AsyncGenerator<QuarantinedRow> {
      for (const [index, source] of sources.entries())
        yield* judgeSource(source, marks[index] ?? createRowMarks(0));
      if (collector.rowCount === 0) throw new AllFit();
      if (!isTooMuch()) return;
      const refusal = collector.toError(what, total);
      throw new MisfitError(
        `${refusal.message}\nThat is a share of ${(collector.rowCount / total).toPrecision(3)}, and max_bad allows ${maxBad}: none was set aside.`,
        refusal.misfits,
      );
    },
    setAside(): SetAside {
      return {
        ...listTopReasons(collector),
        rows: collector.rowCount,
        marks,
      };
    },
  };
}

async function* inBlocks(
  rows: AsyncIterable<QuarantinedRow>,
): AsyncGenerator<Uint8Array> {
  let lines: Buffer[] = [];
  let bytes = 0;
  for await (const row of rows) {
    const line = Buffer.from(`${JSON.stringify(row)}\n`);
    lines.push(line);
    bytes += line.length;
    if (bytes < blockBytes) continue;
    yield Buffer.concat(lines);
    lines = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(lines);
}
