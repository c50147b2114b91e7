import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { DemoOptions, DemoResult } from "../../jobs/demo.js";
import { readCatalog } from "../catalog/read-catalog.js";
import {
  hoursBetween,
  parseFolderHour,
  type FolderHour,
} from "../folder-hour.js";
import { findPackageRoot } from "../package-root.js";
import type { RunHoursPorts } from "../run/run-hours.js";
import { formatPairs } from "../terminal/format-pairs.js";
import { formatSetAside, formatStates } from "../terminal/tables.js";
import { openObjectStore, openWarehouse } from "../wiring.js";
import type { CommandContext } from "./context.js";

const hours = hoursBetween(
  parseFolderHour("2026-01-15T00"),
  parseFolderHour("2026-01-15T02"),
) as [FolderHour, ...FolderHour[]];

export interface OpenDemo {
  readonly options: Pick<
    DemoOptions,
    "catalog" | "hours" | "seed" | "spoolDirectory"
  >;
  readonly ports: RunHoursPorts;
  /** How many steps the progress bar has. */
  readonly steps: number;
  describe(result: DemoResult): string;
}

/** A fresh demo below `directory`, of the shop that comes with sluice. */
export async function openDemo(
  directory: string,
  context: CommandContext,
): Promise<OpenDemo> {
  for (const part of [
    "source",
    "stage",
    "spool",
    "warehouse.duckdb",
    "warehouse.duckdb.wal",
  ]) {
    await rm(join(directory, part), { recursive: true, force: true });
  }
  const file = join(directory, "warehouse.duckdb");
  const catalog = await readCatalog(join(findPackageRoot(), "catalog.yaml"), {
    source: `file:${join(directory, "source")}`,
    stage: `file:${join(directory, "stage")}`,
    warehouse: `duckdb:${file}`,
  });
  const log = await context.openLog();
  return {
    options: {
      catalog,
      hours,
      seed: 1,
      spoolDirectory: join(directory, "spool"),
    },
    ports: {
      source: await openObjectStore(catalog.source),
      stage: await openObjectStore(catalog.stage),
      warehouse: await openWarehouse(catalog.warehouse),
      clock: () => new Date(),
      log: {
        info: () => undefined,
        warn: (fields, message) => {
          log.info(fields, message);
        },
      },
    },
    steps: 1 + (hours.length + 1) * (1 + catalog.types.size),
    describe: (result) =>
      [
        formatStates(result.hours),
        "",
        formatSetAside(result.hours),
        "",
        `${result.rerun} was classified and loaded twice; every count equals what was written.`,
        "",
        formatPairs([
          ["logs", catalog.source],
          ["classified", catalog.stage],
          ["tables", file],
        ]),
        "",
        "Any DuckDB client opens the tables:",
        `  duckdb ${file} "SELECT folder_hour, count(*) AS orders, sum(price * quantity) AS sales FROM purchase GROUP BY ALL ORDER BY ALL"`,
      ].join("\n"),
  };
}
