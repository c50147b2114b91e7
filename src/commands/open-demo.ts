import { join } from "node:path";
import type { DemoOptions, DemoResult } from "../../jobs/demo.js";
import { manifestKey } from "../classify/manifest.js";
import { readCatalog } from "../catalog/read-catalog.js";
import {
  hourPath,
  hoursBetween,
  parseFolderHour,
  type FolderHour,
} from "../folder-hour.js";
import { UsageError } from "../errors.js";
import { findPackageRoot } from "../package-root.js";
import type { RunHoursPorts } from "../run/run-hours.js";
import { formatPairs } from "../terminal/format-pairs.js";
import { formatSetAside, formatStates } from "../terminal/tables.js";
import type { CommandContext, GlobalArguments } from "./context.js";
import { emptyDemoFolder, requireDemoFolder } from "./demo-folder.js";

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

/**
 * A fresh demo below `directory`, of the shop that comes with sluice. URLs that are given go before the folder's own; the
 * environment's do not, so that nobody's real tables get made-up rows. Throws UsageError where something is in their place, or the folder is not a demo's;
 * nothing is deleted then.
 */
export async function openDemo(
  directory: string,
  given: Pick<GlobalArguments, "source" | "stage" | "warehouse">,
  context: CommandContext,
): Promise<OpenDemo> {
  const catalog = await readCatalog(join(findPackageRoot(), "catalog.yaml"), {
    source: given.source ?? `file:${join(directory, "source")}`,
    stage: given.stage ?? `file:${join(directory, "stage")}`,
    warehouse:
      given.warehouse ?? `duckdb:${join(directory, "warehouse.duckdb")}`,
  });
  requireDemoFolder(directory);
  const log = await context.openLog();
  const openServices = async () => ({
    source: await context.openSource(catalog, "write"),
    stage: await context.openStage(catalog),
    warehouse: await context.openWarehouse(catalog),
  });
  const checked = await openServices();
  try {
    await refuseFilled(checked, given);
  } finally {
    await checked.warehouse.close();
  }
  await emptyDemoFolder(directory);
  const services = await openServices();
  return {
    options: {
      catalog,
      hours,
      seed: 1,
      spoolDirectory: join(directory, "spool"),
    },
    ports: {
      ...services,
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
          ["tables", catalog.warehouse],
        ]),
        "",
        ...describeQuery(catalog.warehouse),
      ].join("\n"),
  };
}

/** Only of those that are given: the folder's own are emptied. */
async function refuseFilled(
  {
    source,
    stage,
    warehouse,
  }: Pick<RunHoursPorts, "source" | "stage" | "warehouse">,
  given: Pick<GlobalArguments, "source" | "stage" | "warehouse">,
): Promise<void> {
  const expected = "the demo writes only where nothing is: name another place";
  for (const hour of hours) {
    const looked = [
      ...(given.source === undefined
        ? []
        : [{ store: source, prefix: `${hourPath(hour)}/` }]),
      ...(given.stage === undefined
        ? []
        : [{ store: stage, prefix: manifestKey(hour) }]),
    ];
    for (const { store, prefix } of looked)
      for await (const { key } of store.list(prefix))
        throw new UsageError(`${store.uri(key)} is there already; ${expected}`);
  }
  if (given.warehouse === undefined) return;
  const [loaded] = await warehouse.readLedger(
    hours[0],
    hours.at(-1) ?? hours[0],
  );
  if (loaded === undefined) return;
  throw new UsageError(
    `${warehouse.url}: ${loaded.logType} of ${loaded.folderHour} is loaded already; ${expected}`,
  );
}

function describeQuery(warehouse: string): string[] {
  const query = (table: string) =>
    `SELECT folder_hour, count(*) AS orders, sum(price * quantity) AS sales FROM ${table} GROUP BY folder_hour ORDER BY folder_hour`;
  const [, project, dataset] =
    /^bigquery:\/\/([^/]+)\/([^?]+)/.exec(warehouse) ?? [];
  return project === undefined
    ? [
        "Any DuckDB client opens the tables:",
        `  duckdb ${warehouse.slice("duckdb:".length)} "${query("purchase")}"`,
      ]
    : [
        "To look at the tables:",
        `  bq query --project_id=${project} --nouse_legacy_sql "${query(`${String(dataset)}.purchase`)}"`,
      ];
}
