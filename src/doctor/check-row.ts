export type Service = "source" | "stage" | "warehouse";

export type CheckResult = "ok" | "failed" | "not_tried";

/** One thing that the jobs need of a service, tried. Printed as it is by `--json`. */
export interface CheckRow {
  readonly service: Service;
  readonly url: string;
  readonly check: string;
  readonly result: CheckResult;
  /** Why it failed, or was not tried; null where there is nothing to say. */
  readonly detail: string | null;
  /** What to grant where it failed. */
  readonly grant: string | null;
}
