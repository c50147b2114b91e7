import { createHash } from "node:crypto";
import path from "node:path";
import type {
  AirflowSettings,
  Catalog,
  ColumnRule,
  LogType,
  PodSettings,
} from "./catalog.js";
import type {
  RawAirflow,
  RawCatalog,
  RawColumn,
  RawPod,
  RawType,
} from "./raw-catalog.js";
import { normaliseStoreUrl, normaliseWarehouseUrl } from "./service-url.js";

const classifyPod: PodSettings = {
  resources: { cpu: "1", memory: "1Gi" },
  retries: 2,
  pool: "default_pool",
  priority: 1,
};
const loadPod: PodSettings = {
  ...classifyPod,
  resources: { cpu: "100m", memory: "128Mi" },
};

/** Fills in every default. What is missing without having one becomes empty text; the shape check has told of it. */
export function normaliseCatalog(
  raw: RawCatalog,
  file: string,
  bytes: Uint8Array,
): Catalog {
  const airflow =
    raw.airflow === undefined ? null : normaliseAirflow(raw.airflow);
  const pod =
    raw.airflow === undefined ? null : normalisePod(raw.airflow.load, loadPod);
  const types = Object.entries(raw.types ?? {}).map(([name, type]) =>
    normaliseType(name, type ?? {}, airflow, pod),
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
    airflow,
    types: new Map(types.map((type) => [type.name, type])),
  };
}

function normaliseAirflow(raw: RawAirflow): AirflowSettings {
  return {
    image: raw.image ?? "",
    namespace: raw.namespace ?? "",
    startDate: raw.start_date ?? "",
    catchup: raw.catchup ?? true,
    owner: raw.owner ?? "sluice",
    tags: present(raw.tags),
    retryDelayMinutes: raw.retry_delay_minutes ?? 5,
    sensorTimeoutSeconds: raw.sensor_timeout_seconds ?? 3600,
    serviceAccount: raw.service_account ?? null,
    env: new Map(Object.entries(raw.env ?? {})),
    envFromSecrets: present(raw.env_from?.secrets),
    envFromConfigMaps: present(raw.env_from?.config_maps),
    classify: {
      ...normalisePod(raw.classify, classifyPod),
      minute: raw.classify?.minute ?? 5,
    },
    fastMinute: raw.fast?.minute ?? 10,
    stagger: { from: raw.stagger?.from ?? 30, to: raw.stagger?.to ?? 59 },
  };
}

function normalisePod(
  raw: RawPod | undefined,
  defaults: PodSettings,
): PodSettings {
  return {
    resources: {
      cpu: String(raw?.resources?.cpu ?? defaults.resources.cpu),
      memory: raw?.resources?.memory ?? defaults.resources.memory,
    },
    retries: raw?.retries ?? defaults.retries,
    pool: raw?.pool ?? defaults.pool,
    priority: raw?.priority ?? defaults.priority,
  };
}

function normaliseType(
  name: string,
  raw: RawType,
  airflow: AirflowSettings | null,
  pod: PodSettings | null,
): LogType {
  const columns = Object.entries(raw.columns ?? {}).map(
    ([column, rule]) => [column, normaliseColumn(rule)] as const,
  );
  return {
    name,
    table: raw.table ?? name.replace(/[^A-Za-z0-9_]/g, "_"),
    load: raw.load ?? "spread",
    description: raw.description ?? null,
    owner: raw.owner ?? airflow?.owner ?? "sluice",
    tags: [...new Set([...(airflow?.tags ?? []), ...present(raw.tags)])],
    startDate: airflow === null ? null : (raw.start_date ?? airflow.startDate),
    partitionBy: raw.partition ?? "day",
    columns: new Map(columns),
    wrapped: columns
      .filter(([, rule]) => rule.wrap !== null)
      .map(([column]) => column)
      .sort(),
    pod: pod === null ? null : normalisePod(raw, pod),
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

function present<T>(list: readonly T[] | undefined): T[] {
  return (list ?? []).filter((item) => item !== undefined);
}
