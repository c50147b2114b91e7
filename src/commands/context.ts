import { existsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Argv } from "yargs";
import type { Catalog, MessageTargets } from "../catalog/catalog.js";
import type { Environment } from "../environment.js";
import type { Log } from "../log.js";
import type { Messenger } from "../ports/messenger.js";
import type { ObjectStore } from "../ports/object-store.js";
import type { Warehouse } from "../ports/warehouse.js";
import type { Progress } from "../terminal/progress.js";
import {
  openMail,
  openObjectStore,
  openSlack,
  openWarehouse,
  startSplitThread,
} from "../wiring.js";

export interface CatalogOverrides {
  readonly source?: string;
  readonly stage?: string;
  readonly warehouse?: string;
}

export interface GlobalArguments {
  readonly catalog: string;
  readonly source: string | undefined;
  readonly stage: string | undefined;
  readonly warehouse: string | undefined;
  readonly json: boolean;
}

export const defaultCatalog = "catalog.yaml";

export function addGlobalOptions(yargs: Argv) {
  return yargs
    .option("catalog", {
      type: "string",
      default: defaultCatalog,
      describe: "The catalog of log types",
      requiresArg: true,
    })
    .option("source", {
      type: "string",
      describe: "URL of the logs (over SLUICE_SOURCE, over the catalog)",
      requiresArg: true,
    })
    .option("stage", {
      type: "string",
      describe:
        "URL of the classified files (over SLUICE_STAGE, over the catalog)",
      requiresArg: true,
    })
    .option("warehouse", {
      type: "string",
      describe: "URL of the tables (over SLUICE_WAREHOUSE, over the catalog)",
      requiresArg: true,
    })
    .option("json", {
      type: "boolean",
      default: false,
      describe: "One JSON result on standard output",
    });
}

/** Where a pod's result goes besides standard output, for Airflow's XCom sidecar. */
const xcomDirectory = "/airflow/xcom";

/** What the commands share: the environment, the log, and the ways in and out. Each is loaded by the command that asks for it, because loading all of them costs more than a small hour. */
export interface CommandContext {
  readonly spoolDirectory: string;
  /** Of the catalog that the DAG was generated from; undefined outside of a DAG's pod. */
  readonly dagCatalogHash: string | undefined;
  /** A secret. */
  readonly heartbeatUrl: string | undefined;
  overrides(args: GlobalArguments): CatalogOverrides;
  openLog(): Promise<Log>;
  openCatalog(
    args: GlobalArguments,
    parts?: "whole" | "without_schemas",
  ): Promise<Catalog>;
  /** To read the logs; `to: "write"`: to write some, maybe where nothing is yet. */
  openSource(catalog: Catalog, to?: "read" | "write"): Promise<ObjectStore>;
  openStage(catalog: Catalog): Promise<ObjectStore>;
  openWarehouse(catalog: Catalog): Promise<Warehouse>;
  readonly startSplitThread: typeof startSplitThread;
  /** Opens the warehouse for as long as `use` runs. */
  withWarehouse<T>(
    catalog: Catalog,
    use: (warehouse: Warehouse) => Promise<T>,
  ): Promise<T>;
  /** One for each target that is set; UsageError where a secret of one is missing. */
  openMessengers(targets: MessageTargets): Promise<readonly Messenger[]>;
  startProgress(total: number): Promise<Progress>;
  /** Prints a command's one result: words, or JSON with `--json`. */
  finish(args: { readonly json: boolean }, result: object, words: string): void;
}

export function createCommandContext(environment: Environment): CommandContext {
  const terminal = process.stderr.isTTY;
  const overrides = (args: GlobalArguments): CatalogOverrides => {
    const source = args.source ?? environment.source;
    const stage = args.stage ?? environment.stage;
    const warehouse = args.warehouse ?? environment.warehouse;
    return {
      ...(source !== undefined && { source }),
      ...(stage !== undefined && { stage }),
      ...(warehouse !== undefined && { warehouse }),
    };
  };
  const openLog = async () => {
    const { createLog } = await import("../log.js");
    return createLog({ level: environment.logLevel, terminal });
  };
  const openConfiguredWarehouse = (catalog: Catalog) => {
    const { warehouse, bigquery } = catalog;
    const tell = (words: string): void => {
      void openLog().then((log) => {
        log.warn({ warehouse }, words);
      });
    };
    return openWarehouse(warehouse, environment.endpoints, bigquery, tell);
  };
  return {
    spoolDirectory: environment.spoolDirectory ?? join(tmpdir(), "sluice"),
    dagCatalogHash: environment.dagCatalogHash,
    heartbeatUrl: environment.heartbeatUrl,
    overrides,
    openLog,
    openCatalog: async (args, parts) => {
      const { readCatalog } = await import("../catalog/read-catalog.js");
      return readCatalog(args.catalog, overrides(args), parts);
    },
    openSource: (catalog, to = "read") =>
      openObjectStore(catalog.source, environment.endpoints, {
        mustExist: to === "read",
      }),
    openStage: (catalog) =>
      openObjectStore(catalog.stage, environment.endpoints),
    startSplitThread,
    openWarehouse: openConfiguredWarehouse,
    withWarehouse: async (catalog, use) => {
      const warehouse = await openConfiguredWarehouse(catalog);
      try {
        return await use(warehouse);
      } finally {
        await warehouse.close();
      }
    },
    openMessengers: async ({ slack, mail }) => [
      ...(slack === null
        ? []
        : [await openSlack(slack, environment.messengers)]),
      ...(mail === null ? [] : [await openMail(mail, environment.messengers)]),
    ],
    startProgress: async (total) => {
      const { startProgress } = await import("../terminal/progress.js");
      return startProgress(total, terminal);
    },
    finish: (args, result, words) => {
      const json = JSON.stringify(result);
      process.stdout.write(`${args.json ? json : words}\n`);
      if (existsSync(xcomDirectory))
        writeFileSync(join(xcomDirectory, "return.json"), json);
    },
  };
}

/** The command line with its global options. */
export type CommandLine = ReturnType<typeof addGlobalOptions>;

/** Adds one command to the command line. */
export type AddCommand = (
  yargs: CommandLine,
  context: CommandContext,
) => unknown;
