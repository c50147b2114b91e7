import type { Dice } from "./dice.js";
import type { Service } from "./draw-fault.js";

export type KillKind =
  | "quarantine file written"
  | "quarantine file deleted"
  | "hour replaced, ledger and all"
  | "manifest written"
  | "stage file deleted";

/** A request of a job, and whether it is killed before the server sees it, or when the server has answered. */
export interface KillTarget {
  readonly kind: KillKind;
  readonly at: "request" | "answer";
  /** Requests of this kind that pass before. */
  readonly skip: number;
}

interface Request {
  readonly method: string;
  readonly path: string;
}

const loadKinds = [
  "quarantine file written",
  "quarantine file deleted",
  "hour replaced, ledger and all",
] as const;
const classifyKinds = ["manifest written", "stage file deleted"] as const;
const allKinds = [...classifyKinds, ...loadKinds] as const;
const kindsOf: Readonly<Record<string, readonly [KillKind, ...KillKind[]]>> = {
  load: loadKinds,
  replay: loadKinds,
  classify: classifyKinds,
  commit: classifyKinds,
  run: allKinds,
  reconcile: allKinds,
};

/** Null where the command makes no such request. */
export function drawKillTarget(dice: Dice, command: string): KillTarget | null {
  const kinds = kindsOf[command];
  if (kinds === undefined) return null;
  const kind = dice.pick(kinds);
  const skip = kind === "stage file deleted" ? dice.below(3) : 0;
  return { kind, at: dice.pick(["request", "answer"]), skip };
}

/** Whether a request is the one; asked of each request of one job in their order. */
export function createKillMatch(
  target: KillTarget,
): (service: Service, request: Request) => boolean {
  let passed = 0;
  let isFilled = false;
  const isOfKind = (service: Service, { method, path }: Request): boolean => {
    if (service === "bigquery") {
      // TEMP is looked at when it is filled; the job after that replaces the hour.
      if (/_TEMP_.*numRows/.test(path)) isFilled = true;
      return (
        target.kind === "hour replaced, ledger and all" &&
        isFilled &&
        method === "POST" &&
        /\/jobs\b/.test(path)
      );
    }
    const isWrite = method === "POST" && /\/o\?/.test(path);
    const isDelete = method === "DELETE" && /\/o\//.test(path);
    const isQuarantine = path.includes("_quarantine");
    switch (target.kind) {
      case "quarantine file written":
        return isWrite && isQuarantine;
      case "quarantine file deleted":
        return isDelete && isQuarantine;
      case "manifest written":
        return isWrite && path.includes("_manifests");
      case "stage file deleted":
        return isDelete && !isQuarantine;
      case "hour replaced, ledger and all":
        return false;
    }
  };
  return (service, request) =>
    isOfKind(service, request) && (passed += 1) === target.skip + 1;
}
