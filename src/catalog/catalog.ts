import type { Partitioning, TimeFormat } from "../ports/warehouse.js";

/** What the catalog says of one column of a type's schema file. Null: it says nothing of that. */
export interface ColumnRule {
  readonly from: TimeFormat | null;
  /** Set where `from` is. */
  readonly to: "timestamp" | "datetime" | null;
  readonly rename: string | null;
  readonly drop: boolean;
  readonly sql: string | null;
  readonly wrap: "string" | null;
}

export interface Resources {
  /** Kubernetes quantities, such as `100m` and `128Mi`. */
  readonly cpu: string;
  readonly memory: string;
}

export interface LogType {
  readonly name: string;
  readonly table: string;
  readonly load: "fast" | "spread";
  readonly description: string | null;
  readonly owner: string;
  readonly tags: readonly string[];
  /** ISO 8601 UTC; the type's first logical date. Null where the catalog has no `airflow`. */
  readonly startDate: string | null;
  readonly partitionBy: Partitioning;
  /** By column name of the schema file, in the catalog's order. */
  readonly columns: ReadonlyMap<string, ColumnRule>;
  /** Names of the columns with `wrap: string`, sorted. */
  readonly wrapped: readonly string[];
  /** Load pod; null where the catalog has no `airflow`. */
  readonly pod: PodSettings | null;
}

export interface PodSettings {
  readonly resources: Resources;
  readonly retries: number;
  readonly pool: string;
  /** Airflow's priority_weight. */
  readonly priority: number;
}

export interface AirflowSettings {
  readonly image: string;
  readonly namespace: string;
  /** ISO 8601 UTC. */
  readonly startDate: string;
  readonly catchup: boolean;
  readonly owner: string;
  readonly tags: readonly string[];
  readonly retryDelayMinutes: number;
  readonly sensorTimeoutSeconds: number;
  readonly serviceAccount: string | null;
  /** Environment of every pod: plain values, and names of Secrets and ConfigMaps to take whole. */
  readonly env: ReadonlyMap<string, string>;
  readonly envFromSecrets: readonly string[];
  readonly envFromConfigMaps: readonly string[];
  readonly classify: PodSettings & { readonly minute: number };
  readonly fastMinute: number;
  /** Minutes, both included, over which spread loads are dealt. */
  readonly stagger: { readonly from: number; readonly to: number };
}

/** The whole catalog, read, checked, with every default filled in. */
export interface Catalog {
  /** As it was named on the command line, for messages. */
  readonly file: string;
  /** Absolute; `schemas/tables/{type}.json` lie below it. */
  readonly directory: string;
  /** `sha256:` and the hash of the file's bytes. */
  readonly hash: string;
  readonly source: string;
  readonly stage: string;
  readonly warehouse: string;
  /** Key path of the log type: `event.dataset` is ["event", "dataset"]. */
  readonly typeKey: readonly string[];
  /** IANA name. */
  readonly timezone: string;
  /** Minutes after its end before an hour may be classified. */
  readonly settleMinutes: number;
  readonly allowEmpty: boolean;
  readonly compression: "none" | "gzip";
  /** Share of an hour's filled lines, 0..1, past which lines set aside fail it. */
  readonly maxSetAside: number | null;
  readonly airflow: AirflowSettings | null;
  /** By name, in the catalog's order. */
  readonly types: ReadonlyMap<string, LogType>;
}
