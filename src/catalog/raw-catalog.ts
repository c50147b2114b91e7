import type {
  AirflowSettings,
  Catalog,
  ColumnRule,
  LogType,
  Toleration,
} from "./catalog.js";
import type { RuleName, Sensitivity } from "../watch/model.js";

/** The catalog as it is written, once its shape was checked; what was at fault is left out. */
export interface RawCatalog {
  source?: string;
  stage?: string;
  warehouse?: string;
  type_key?: string;
  timezone?: string;
  settle?: number;
  allow_empty?: boolean;
  compression?: Catalog["compression"];
  max_set_aside?: number;
  record_shares?: boolean;
  on_bad_row?: LogType["onBadRow"];
  max_bad?: number;
  mask?: string[];
  bigquery?: RawBigQuery;
  retention?: {
    stage_days?: number;
    manifests_days?: number;
    set_aside_days?: number;
    quarantine_days?: number;
  };
  watch?: RawWatch;
  report?: RawTargets;
  airflow?: RawAirflow;
  types?: Record<string, RawType | null>;
}

export interface RawTypeWatch {
  sensitivity?: Sensitivity;
  min_rows?: number;
  confirm?: { hours?: number; of?: number };
  rules?: { [Rule in RuleName]?: { enabled?: boolean; share?: number } };
}

export interface RawWatch extends RawTypeWatch {
  calendar?: string[];
  silence?: { type?: string; rule?: RuleName; until?: string; why?: string }[];
}

export interface RawTargets {
  slack?: { channel?: string };
  mail?: { from?: string; to?: string[] };
}

export interface RawBigQuery {
  labels?: Record<string, string>;
  maximum_bytes_billed?: number;
  require_partition_filter?: boolean;
}

export interface RawAirflow {
  image?: string;
  namespace?: string;
  start_date?: string;
  catchup?: boolean;
  owner?: string;
  tags?: string[];
  retry_delay_minutes?: number;
  sensor_timeout_seconds?: number;
  service_account?: string;
  env?: Record<string, string>;
  env_from?: { secrets?: string[]; config_maps?: string[] };
  pools?: Record<string, number | null>;
  on_failure?: string;
  on_finish?: AirflowSettings["onFinish"];
  startup_timeout_seconds?: number;
  execution_timeout_seconds?: number;
  deferrable?: boolean;
  xcom?: boolean;
  outlets?: string;
  mount?: { catalog?: string; schemas?: string };
  node_selector?: Record<string, string>;
  tolerations?: RawToleration[];
  reconcile?: { minute?: number; hours?: number };
  watch?: Pick<RawPod, "resources"> & { minute?: number };
  report?: Pick<RawPod, "resources"> & { at?: string };
  classify?: RawPod & {
    minute?: number;
    shards?: number;
    max_active_runs?: number;
    spool?: string;
  };
  fast?: { minute?: number; priority?: number };
  stagger?: { from?: number; to?: number };
  load?: RawPod & { skip_empty?: boolean };
}

export interface RawPod {
  resources?: { cpu?: string | number; memory?: string };
  retries?: number;
  pool?: string;
  priority?: number;
  node_selector?: Record<string, string>;
  tolerations?: RawToleration[];
}

export interface RawToleration {
  key?: string;
  operator?: Toleration["operator"];
  value?: string;
  effect?: NonNullable<Toleration["effect"]>;
  toleration_seconds?: number;
}

export interface RawType extends RawPod {
  skip_empty?: boolean;
  table?: string;
  load?: LogType["load"];
  description?: string;
  owner?: string;
  tags?: string[];
  start_date?: string;
  partition?: LogType["partitionBy"];
  cluster_by?: string[];
  expiration_days?: number;
  record_shares?: boolean;
  require_partition_filter?: boolean;
  on_bad_row?: LogType["onBadRow"];
  max_bad?: number;
  mask?: string[];
  labels?: Record<string, string>;
  watch?: RawTypeWatch;
  columns?: Record<string, RawColumn>;
}

export type RawColumn = {
  [Key in keyof ColumnRule]?: NonNullable<ColumnRule[Key]>;
};
