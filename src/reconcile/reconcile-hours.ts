import pLimit from "p-limit";
import type { Catalog } from "../catalog/catalog.js";
import { readTypeSchema } from "../catalog/read-type-schema.js";
import { classifyHour } from "../classify/classify-hour.js";
import type { SplitLimits } from "../classify/split-task.js";
import type { SplitPorts } from "../classify/stage-split.js";
import { DataRefusedError, SluiceError } from "../errors.js";
import type { FolderHour } from "../folder-hour.js";
import { loadHour } from "../load/load-hour.js";
import type { Log } from "../log.js";
import type { Warehouse } from "../ports/warehouse.js";
import type { RunFailure } from "../run/run-hours.js";
import {
  findUndone,
  type FindUndoneOptions,
  type ReconcileStores,
} from "./find-undone.js";
import type { Finding } from "./finding.js";
import { isBeforeStart } from "../catalog/is-before-start.js";
import { sweepHour } from "./sweep-hour.js";
import { sweepQuarantine } from "./sweep-quarantine.js";

const loadsAtOnce = 4;

export interface ReconcileHoursOptions extends Omit<FindUndoneOptions, "now"> {
  /** Whether to do what is found. */
  readonly run: boolean;
  readonly spoolDirectory: string;
  readonly limits?: SplitLimits & { readonly workers: number };
}

export interface ReconcileHoursPorts extends ReconcileStores, SplitPorts {
  readonly clock: () => Date;
  readonly log: Log;
}

export interface ReconcileHoursResult {
  readonly hours: number;
  readonly findings: readonly (Finding & { readonly done: boolean })[];
  readonly failures: readonly RunFailure[];
}

/** Finds what the jobs of these hours left undone; with `run`, classifies, loads and sweeps. What fails as expected is reported, and the rest goes on. */
export async function reconcileHours(
  options: ReconcileHoursOptions,
  ports: ReconcileHoursPorts,
): Promise<ReconcileHoursResult> {
  const found = await findUndone({ ...options, now: ports.clock() }, ports);
  const failures: RunFailure[] = [];
  const done = new Set<Finding>();
  if (options.run) {
    for (const hour of options.hours) {
      const todo = found.filter((each) => each.hour === hour && each.automatic);
      await doHour(options, ports, hour, todo, done, failures);
    }
  }
  return {
    hours: options.hours.length,
    findings: found.map((each) => ({ ...each, done: done.has(each) })),
    failures,
  };
}

async function doHour(
  options: ReconcileHoursOptions,
  ports: ReconcileHoursPorts,
  hour: FolderHour,
  todo: readonly Finding[],
  done: Set<Finding>,
  failures: RunFailure[],
): Promise<void> {
  const { catalog } = options;
  /** Whether `work` said that it is done. */
  const attempt = async (
    type: string | null,
    work: () => Promise<boolean>,
  ): Promise<boolean> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      const { exitCode, message } = error;
      failures.push({ hour, type, exit_code: exitCode, message });
      return false;
    }
  };
  const source = todo.find(
    ({ kind }) => kind === "not_classified" || kind === "source_changed",
  );
  // Both may name a type, and one load of it does both.
  let types = new Set(
    todo.flatMap(({ kind, type }) =>
      (kind === "not_loaded" || kind === "quarantine_gone") && type !== null
        ? [type]
        : [],
    ),
  );
  if (
    source !== undefined &&
    (await attempt(null, async () => {
      await classify(options, ports, hour);
      return true;
    }))
  ) {
    done.add(source);
    await attempt(null, async () => {
      types = await chooseLoads(catalog, hour, ports.warehouse);
      return true;
    });
  }
  const limit = pLimit(loadsAtOnce);
  await Promise.all(
    [...types].map((type) =>
      limit(async () => {
        if (!(await attempt(type, () => load(options, ports, hour, type))))
          return;
        for (const each of todo) if (each.type === type) done.add(each);
      }),
    ),
  );
  const age = { now: ports.clock(), sweepAfterMs: options.sweepAfterMs };
  const left = todo.find(({ kind }) => kind === "quarantine_left");
  if (
    left !== undefined &&
    (await attempt(null, () =>
      sweepQuarantine(ports, hour, options.catalog.types.keys(), age),
    ))
  )
    done.add(left);
  const garbage = todo.find(({ kind }) => kind === "garbage");
  if (garbage === undefined) return;
  if (await attempt(null, () => sweepHour(ports.stage, hour, age)))
    done.add(garbage);
}

/** Of an hour that was classified: every type, but for those whose `start_date` is later and that were never loaded. */
async function chooseLoads(
  catalog: Catalog,
  hour: FolderHour,
  warehouse: Warehouse,
): Promise<Set<string>> {
  const types = [...catalog.types.values()];
  const due = types.filter((type) => !isBeforeStart(type, hour));
  const chosen = new Set(due.map(({ name }) => name));
  if (due.length === types.length) return chosen;
  for (const { logType } of await warehouse.readLedger(hour, hour))
    if (catalog.types.has(logType)) chosen.add(logType);
  return chosen;
}

async function classify(
  { catalog, limits, spoolDirectory: spoolDir }: ReconcileHoursOptions,
  ports: ReconcileHoursPorts,
  hour: FolderHour,
): Promise<void> {
  const { clock: now, log } = ports;
  await classifyHour({ ...limits, catalog, hour, spoolDir, now, log }, ports);
}

async function load(
  { catalog }: ReconcileHoursOptions,
  ports: ReconcileHoursPorts,
  hour: FolderHour,
  name: string,
): Promise<boolean> {
  const type = catalog.types.get(name);
  if (type === undefined) return false;
  const fields = await readTypeSchema(catalog, type);
  const { outcome, seq } = await loadHour(
    { type, hour, fields, timezone: catalog.timezone },
    ports,
  );
  if (outcome === "replaced") return true;
  throw new DataRefusedError(
    `${name} ${hour}: seq ${seq} was not loaded: a newer classification is loaded. Run again: sluice reconcile --from ${hour} --to ${hour}`,
  );
}
