import type { Partitioning, TimeFormat } from "../ports/warehouse.js";
import type { Silence, WatchSettings } from "../watch/model.js";

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
  /** Columns of the table by which BigQuery clusters, besides `folder_hour`. */
  readonly clusterBy: readonly string[];
  /** Null: partitions are kept. */
  readonly expirationDays: number | null;
  readonly requirePartitionFilter: boolean;
  /** Whether loads count null, missing, 0 and empty in each column. */
  readonly recordShares: boolean;
  /** What a load does with rows that do not fit the schema. */
  readonly onBadRow: "fail" | "quarantine";
  /** Share of an hour's rows, 0..1, past which such rows refuse the load all the same. */
  readonly maxBad: number;
  /** Dotted paths of columns whose values no message shows; those of every type included. */
  readonly mask: readonly string[];
  /** Those of every table included. */
  readonly labels: Readonly<Record<string, string>>;
  readonly watch: WatchSettings;
  /** By column name of the schema file, in the catalog's order. */
  readonly columns: ReadonlyMap<string, ColumnRule>;
  /** Names of the columns with `wrap: string`, sorted. */
  readonly wrapped: readonly string[];
  /** Load pod; null where the catalog has no `airflow`. */
  readonly pod: LoadPodSettings | null;
}

export interface PodSettings {
  readonly resources: Resources;
  readonly retries: number;
  readonly pool: string;
  /** Airflow's priority_weight. */
  readonly priority: number;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly Toleration[];
}

export interface LoadPodSettings extends PodSettings {
  /** Whether a load that had no rows counts as skipped. */
  readonly skipEmpty: boolean;
}

/** As Kubernetes has it; null: it is not said. */
export interface Toleration {
  readonly key: string | null;
  readonly operator: "Equal" | "Exists";
  readonly value: string | null;
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute" | null;
  readonly tolerationSeconds: number | null;
}

export interface BigQuerySettings {
  /** Of every job. */
  readonly labels: Readonly<Record<string, string>>;
  /** Null: no limit but the project's own. */
  readonly maximumBytesBilled: number | null;
}

/** Days after which the stage's objects may go, by the bucket's own rules. Null: they are kept. */
export interface Retention {
  readonly stageDays: number | null;
  readonly manifestsDays: number | null;
  readonly setAsideDays: number | null;
  readonly quarantineDays: number | null;
}

/** Who is told by which means; null: not by this one. */
export interface MessageTargets {
  /** Without a channel it is the webhook's own. */
  readonly slack: { readonly channel: string | null } | null;
  readonly mail: {
    readonly from: string;
    readonly to: readonly string[];
  } | null;
}

export interface CatalogWatch {
  /** Of types that the catalog lacks, and of the hours as a whole. */
  readonly settings: WatchSettings;
  readonly silences: readonly Silence[];
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
  /** Slots by name; null: a pool that is none of ours. `default_pool` is not among them. */
  readonly pools: ReadonlyMap<string, number | null>;
  /** Import path of a function that is called with the context of a failed task. */
  readonly onFailure: string | null;
  readonly onFinish: "delete_succeeded_pod" | "delete_pod" | "keep_pod";
  readonly startupTimeoutSeconds: number;
  readonly executionTimeoutSeconds: number;
  readonly deferrable: boolean;
  readonly xcom: boolean;
  /** URI before the names of tables. */
  readonly outlets: string | null;
  /** ConfigMaps over the image's `catalog.yaml` and `schemas/tables`. */
  readonly mount: {
    readonly catalog: string | null;
    readonly schemas: string | null;
  };
  readonly classify: PodSettings & {
    readonly minute: number;
    readonly shards: number;
    readonly maxActiveRuns: number;
    /** A Kubernetes quantity, such as `20Gi`. */
    readonly spool: string;
  };
  /** Of loads whose type says nothing. */
  readonly load: LoadPodSettings;
  readonly reconcile: { readonly minute: number; readonly hours: number };
  readonly watch: PodSettings & { readonly minute: number };
  /** Runs once a day at this time of the catalog's time zone. */
  readonly report: PodSettings & {
    readonly hour: number;
    readonly minute: number;
  };
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
  /** Dotted paths of columns of any type whose values no message shows. */
  readonly mask: readonly string[];
  readonly bigquery: BigQuerySettings;
  readonly retention: Retention;
  readonly report: MessageTargets;
  readonly watch: CatalogWatch;
  readonly airflow: AirflowSettings | null;
  /** By name, in the catalog's order. */
  readonly types: ReadonlyMap<string, LogType>;
}
