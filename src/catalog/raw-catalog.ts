import type { Catalog, ColumnRule, LogType } from "./catalog.js";

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
  airflow?: RawAirflow;
  types?: Record<string, RawType | null>;
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
  classify?: RawPod & { minute?: number };
  fast?: { minute?: number };
  stagger?: { from?: number; to?: number };
  load?: RawPod;
}

export interface RawPod {
  resources?: { cpu?: string | number; memory?: string };
  retries?: number;
  pool?: string;
  priority?: number;
}

export interface RawType extends RawPod {
  table?: string;
  load?: LogType["load"];
  description?: string;
  owner?: string;
  tags?: string[];
  start_date?: string;
  partition?: LogType["partitionBy"];
  columns?: Record<string, RawColumn>;
}

export type RawColumn = {
  [Key in keyof ColumnRule]?: NonNullable<ColumnRule[Key]>;
};
