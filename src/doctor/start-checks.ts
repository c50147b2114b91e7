import { PreconditionFailedError, SluiceError } from "../errors.js";
import type { CheckRow, Service } from "./check-row.js";
import { grantFor, type Check } from "./grants.js";

/** The checks of one service, one after the other; a failed one stops none of the others. */
export interface Checks {
  readonly rows: readonly CheckRow[];
  /** Null where the run failed. What it tells is printed beside its ok. */
  attempt<T>(
    check: Check,
    run: (tell: (detail: string) => void) => Promise<T>,
  ): Promise<{ readonly value: T } | null>;
  skip(check: Check, reason: string): void;
}

export function startChecks(service: Service, url: string): Checks {
  const rows: CheckRow[] = [];
  return {
    rows,
    attempt: async (check, run) => {
      try {
        let detail: string | null = null;
        const value = await run((told) => {
          detail = told;
        });
        rows.push({ service, url, check, result: "ok", detail, grant: null });
        return { value };
      } catch (error) {
        const detail = describeFailure(error);
        const grant = grantFor(url, check);
        rows.push({ service, url, check, result: "failed", detail, grant });
        return null;
      }
    },
    skip: (check, detail) => {
      const result = "not_tried";
      rows.push({ service, url, check, result, detail, grant: null });
    },
  };
}

function describeFailure(error: unknown): string {
  if (error instanceof SluiceError) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  return `this is a bug, please report it: ${message}`;
}

/** Whether a store refused a write or read whose condition does not hold. Other errors are thrown. */
export async function isRefused(
  request: Promise<unknown>,
  refusal: new (message: string) => SluiceError = PreconditionFailedError,
): Promise<boolean> {
  try {
    await request;
    return false;
  } catch (error) {
    if (error instanceof refusal) return true;
    throw error;
  }
}
