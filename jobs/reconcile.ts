import { exitCodes, type ExitCode } from "../src/errors.js";
import { chooseExitCode } from "../src/run/run-hours.js";
import {
  reconcileHours,
  type ReconcileHoursOptions,
  type ReconcileHoursPorts,
  type ReconcileHoursResult,
} from "../src/reconcile/reconcile-hours.js";

/** Finds what failed or missed runs left undone, and does it where `run` says so. */
export async function reconcile(
  options: ReconcileHoursOptions,
  ports: ReconcileHoursPorts,
): Promise<ReconcileHoursResult> {
  return reconcileHours(options, ports);
}

/** 0 where nothing is left undone; the gravest failure's code, or 3 where there was none. */
export function chooseReconcileExit(result: ReconcileHoursResult): ExitCode {
  if (result.failures.length > 0) return chooseExitCode(result.failures);
  return result.findings.every(({ done }) => done)
    ? exitCodes.done
    : exitCodes.dataRefused;
}
