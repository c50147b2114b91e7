import { UsageError } from "../errors.js";
import type { Catalog } from "../catalog/catalog.js";
import { requireAirflow } from "./require-airflow.js";

/** The minutes given out, as `schedule.lock.json` keeps them. */
export interface ScheduleLock {
  /** The classifier's minute: every logical date and every sensor hangs on it. */
  readonly classifyMinute: number;
  /** By type name. */
  readonly minutes: ReadonlyMap<string, number>;
}

export interface SchedulePlan {
  readonly classifyMinute: number;
  readonly fastMinute: number;
  readonly stagger: { readonly from: number; readonly to: number };
  readonly types: readonly {
    readonly name: string;
    readonly load: "fast" | "spread";
  }[];
}

export const scheduleLockFile = "schedule.lock.json";

const about =
  "Minutes that sluice gave out. A type keeps its minute for life: commit this file. Only --rebalance deals anew.";

/** Reads the lock's text; throws UsageError on anything that `formatScheduleLock` does not write. */
export function parseScheduleLock(text: string, file: string): ScheduleLock {
  const refuse = (what: string): never => {
    throw new UsageError(
      `${file}: ${what}. Restore it from version control: the minutes in it must not change (sluice generate --rebalance deals all anew)`,
    );
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse(
      `is not JSON (${error instanceof Error ? error.message : String(error)})`,
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return refuse("is not a JSON object");
  const entries = new Map<string, unknown>(Object.entries(value));
  if (entries.get("_version") !== 1) return refuse("has no _version 1");
  const classifyMinute = entries.get("_classify");
  if (!isMinute(classifyMinute))
    return refuse("_classify is not a minute from 0 to 59");
  const minutes = new Map<string, number>();
  for (const [name, minute] of entries) {
    if (name.startsWith("_")) continue;
    if (!isMinute(minute))
      return refuse(
        `${JSON.stringify(name)}: ${JSON.stringify(minute)} is not a minute from 0 to 59`,
      );
    minutes.set(name, minute);
  }
  return { classifyMinute, minutes };
}

/** One line a type, sorted; the last line is always the same, so that a new type is one new line. */
export function formatScheduleLock(lock: ScheduleLock): string {
  const entries: [string, unknown][] = [
    ["_about", about],
    ["_classify", lock.classifyMinute],
    ...[...lock.minutes].sort(([a], [b]) => (a < b ? -1 : 1)),
    ["_version", 1],
  ];
  const lines = entries.map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  return `{\n${lines.join(",\n")}\n}\n`;
}

export function planSchedule(catalog: Catalog): SchedulePlan {
  const airflow = requireAirflow(catalog);
  return {
    classifyMinute: airflow.classify.minute,
    fastMinute: airflow.fastMinute,
    stagger: airflow.stagger,
    types: [...catalog.types.values()].map(({ name, load }) => ({
      name,
      load,
    })),
  };
}

/**
 * Gives every type its minute: the locked one, or for a new type the least loaded one. A type that changed between fast and spread moves;
 * a type that is gone loses its line, and would be dealt a new minute if it came back. Independent of the catalog's order.
 * Throws UsageError where a locked minute contradicts the plan; null as the lock deals all anew.
 */
export function dealMinutes(
  plan: SchedulePlan,
  lock: ScheduleLock | null,
): ScheduleLock {
  const types = [...plan.types].sort((a, b) => (a.name < b.name ? -1 : 1));
  const problems: string[] = [];
  if (lock !== null && lock.classifyMinute !== plan.classifyMinute)
    problems.push(
      `airflow.classify.minute is ${plan.classifyMinute}, and ${scheduleLockFile} says ${lock.classifyMinute}`,
    );
  const minutes = new Map<string, number>();
  const load = new Map(dealingOrder(plan.stagger).map((minute) => [minute, 0]));
  const undealt: string[] = [];
  for (const { name, load: speed } of types) {
    const locked = lock?.minutes.get(name);
    const inStagger = locked !== undefined && load.has(locked);
    if (speed === "fast") {
      if (locked !== undefined && locked !== plan.fastMinute && !inStagger)
        problems.push(
          `${name} is locked at minute ${locked}, and airflow.fast.minute is ${plan.fastMinute}`,
        );
      minutes.set(name, plan.fastMinute);
    } else if (inStagger) {
      minutes.set(name, locked);
      load.set(locked, (load.get(locked) ?? 0) + 1);
    } else if (locked === undefined || locked === plan.fastMinute) {
      undealt.push(name);
    } else {
      problems.push(
        `${name} is locked at minute ${locked}, outside of airflow.stagger ${plan.stagger.from} to ${plan.stagger.to}`,
      );
    }
  }
  for (const name of undealt) {
    const minute = leastLoaded(load);
    minutes.set(name, minute);
    load.set(minute, (load.get(minute) ?? 0) + 1);
  }
  for (const [name, minute] of minutes)
    if (minute <= plan.classifyMinute)
      problems.push(
        `${name} would load at minute ${minute}, not later than airflow.classify.minute ${plan.classifyMinute}`,
      );
  if (problems.length > 0)
    throw new UsageError(
      `${problems.join("\n")}\nMoving a minute shifts logical dates: put the catalog back, or run sluice generate --rebalance to deal all minutes anew`,
    );
  return { classifyMinute: plan.classifyMinute, minutes };
}

/** Every second minute first, so that few types are two minutes apart, and more of them one. */
function dealingOrder({ from, to }: { from: number; to: number }): number[] {
  const all = Array.from(
    { length: Math.max(0, to - from + 1) },
    (_, index) => from + index,
  );
  return [
    ...all.filter((_, index) => index % 2 === 0),
    ...all.filter((_, index) => index % 2 === 1),
  ];
}

function leastLoaded(load: ReadonlyMap<number, number>): number {
  let best: [number, number] | undefined;
  for (const entry of load)
    if (best === undefined || entry[1] < best[1]) best = entry;
  if (best === undefined)
    throw new UsageError(
      "airflow.stagger holds no minute: from must not be after to",
    );
  return best[0];
}

function isMinute(value: unknown): value is number {
  return (
    typeof value === "number" &&
    Number.isInteger(value) &&
    value >= 0 &&
    value <= 59
  );
}
