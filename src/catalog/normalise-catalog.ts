import { createHash } from "node:crypto";
import path from "node:path";
import type {
  AirflowSettings,
  Catalog,
  ColumnRule,
  LogType,
} from "./catalog.js";
import { normaliseAirflow, normaliseLoad } from "./normalise-airflow.js";
import { normaliseTargets } from "./normalise-targets.js";
import {
  layTypeWatch,
  normaliseSilences,
  normaliseWatch,
} from "./normalise-watch.js";
import { present } from "./present.js";
import type { RawCatalog, RawColumn, RawType } from "./raw-catalog.js";
import type { WatchSettings } from "../watch/model.js";
import { normaliseStoreUrl, normaliseWarehouseUrl } from "./service-url.js";

/** Fills in every default. What is missing without having one becomes empty text; the shape check has told of it. */
export function normaliseCatalog(
  raw: RawCatalog,
  file: string,
  bytes: Uint8Array,
): Catalog {
  const airflow =
    raw.airflow === undefined ? null : normaliseAirflow(raw.airflow);
  const watch = normaliseWatch(raw);
  const types = Object.entries(raw.types ?? {}).map(([name, type]) =>
    normaliseType(name, type ?? {}, raw, airflow, watch),
  );
  return {
    file,
    directory: path.dirname(path.resolve(file)),
    hash: `sha256:${createHash("sha256").update(bytes).digest("hex")}`,
    source: normaliseStoreUrl(raw.source ?? ""),
    stage: normaliseStoreUrl(raw.stage ?? ""),
    warehouse: normaliseWarehouseUrl(raw.warehouse ?? ""),
    typeKey: (raw.type_key ?? "").split("."),
    timezone: raw.timezone ?? "UTC",
    settleMinutes: raw.settle ?? 5,
    allowEmpty: raw.allow_empty ?? false,
    compression: raw.compression ?? "none",
    maxSetAside: raw.max_set_aside ?? null,
    mask: present(raw.mask),
    bigquery: {
      labels: { ...raw.bigquery?.labels },
      maximumBytesBilled: raw.bigquery?.maximum_bytes_billed ?? null,
    },
    retention: {
      stageDays: raw.retention?.stage_days ?? null,
      manifestsDays: raw.retention?.manifests_days ?? null,
      setAsideDays: raw.retention?.set_aside_days ?? null,
      quarantineDays: raw.retention?.quarantine_days ?? null,
    },
    report: normaliseTargets(raw.report ?? {}),
    watch: {
      settings: watch,
      silences: normaliseSilences(raw.watch ?? {}),
    },
    airflow,
    types: new Map(types.map((type) => [type.name, type])),
  };
}

function normaliseType(
  name: string,
  raw: RawType,
  top: RawCatalog,
  airflow: AirflowSettings | null,
  watch: WatchSettings,
): LogType {
  const columns = Object.entries(raw.columns ?? {}).map(
    ([column, rule]) => [column, normaliseColumn(rule)] as const,
  );
  const load = raw.load ?? "spread";
  return {
    name,
    table: raw.table ?? name.replace(/[^A-Za-z0-9_]/g, "_"),
    load,
    description: raw.description ?? null,
    owner: raw.owner ?? airflow?.owner ?? "sluice",
    tags: [...new Set([...(airflow?.tags ?? []), ...present(raw.tags)])],
    startDate: airflow === null ? null : (raw.start_date ?? airflow.startDate),
    partitionBy: raw.partition ?? "day",
    clusterBy: present(raw.cluster_by),
    expirationDays: raw.expiration_days ?? null,
    requirePartitionFilter:
      raw.partition !== "none" &&
      (raw.require_partition_filter ??
        top.bigquery?.require_partition_filter ??
        false),
    recordShares: raw.record_shares ?? top.record_shares ?? false,
    onBadRow: raw.on_bad_row ?? top.on_bad_row ?? "fail",
    maxBad: raw.max_bad ?? top.max_bad ?? 0.1,
    mask: [...new Set([...present(top.mask), ...present(raw.mask)])],
    labels: { ...top.bigquery?.labels, ...raw.labels },
    watch: layTypeWatch(watch, raw.watch ?? {}),
    columns: new Map(columns),
    wrapped: columns
      .filter(([, rule]) => rule.wrap !== null)
      .map(([column]) => column)
      .sort(),
    pod:
      top.airflow === undefined ? null : normaliseLoad(raw, load, top.airflow),
  };
}

function normaliseColumn(raw: RawColumn): ColumnRule {
  return {
    from: raw.from ?? null,
    to: raw.to ?? (raw.from === undefined ? null : "timestamp"),
    rename: raw.rename ?? null,
    drop: raw.drop ?? false,
    sql: raw.sql ?? null,
    wrap: raw.wrap ?? null,
  };
}
