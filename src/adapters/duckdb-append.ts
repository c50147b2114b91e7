import {
  DuckDBDataChunk,
  type DuckDBConnection,
  type DuckDBType,
  type DuckDBValue,
} from "@duckdb/node-api";
import { DataRefusedError } from "../errors.js";
import { readLines } from "../json/read-lines.js";
import type { LoadTempOptions } from "../ports/warehouse.js";
import { compileRowJudge } from "../schema/judge-row.js";
import { createMisfitCollector } from "../schema/misfit-collector.js";
import { compileToDuckDb } from "./duckdb-types.js";

/** DuckDB's vector size: the most rows that a chunk holds. */
const chunkRows = 2048;

/**
 * Judges the sources' rows and appends them to the TEMP table, chunk by chunk. Resolves to their number. Throws MisfitError once
 * every row was judged; the caller's transaction must be rolled back then.
 */
export async function appendSources(
  connection: DuckDBConnection,
  options: LoadTempOptions,
): Promise<number> {
  const judge = compileRowJudge(options.fields, options.timeFormats);
  const converters = options.fields.map(compileToDuckDb);
  const misfits = createMisfitCollector({ mask: options.mask ?? [] });
  const appender = await connection.createAppender(options.temp, "main");
  try {
    const types = converters.map((_, index) => appender.columnType(index));
    let rows: DuckDBValue[][] = [];
    let appended = 0;
    let judgedRows = 0;
    for (const source of options.sources) {
      let line = 0;
      for await (const text of readLines(await source.open())) {
        line += 1;
        const judged = judge(text);
        if ("misfits" in judged) {
          misfits.add(judged.misfits, source.key, line, text);
        } else if (misfits.rowCount === 0) {
          rows.push(
            converters.map((convert, index) =>
              convert(judged.cells[index] ?? null),
            ),
          );
          appended += 1;
        }
        if (rows.length === chunkRows) {
          appender.appendDataChunk(toChunk(types, rows));
          rows = [];
        }
      }
      judgedRows += line;
      if (line !== source.rows) {
        throw new DataRefusedError(
          `${source.key} holds ${line} rows, but the manifest says ${source.rows}: classify the hour again`,
        );
      }
    }
    if (misfits.rowCount > 0) throw misfits.toError(options.temp, judgedRows);
    if (rows.length > 0) appender.appendDataChunk(toChunk(types, rows));
    appender.flushSync();
    return appended;
  } catch (error) {
    appender.clear();
    throw error;
  } finally {
    appender.closeSync();
  }
}

function toChunk(
  types: readonly DuckDBType[],
  rows: readonly DuckDBValue[][],
): DuckDBDataChunk {
  const chunk = DuckDBDataChunk.create(types);
  chunk.setRows(rows);
  return chunk;
}
