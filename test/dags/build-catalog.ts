import type {
  AirflowSettings,
  Catalog,
  ColumnRule,
  LoadPodSettings,
  LogType,
} from "../../src/catalog/catalog.js";
import { defaultWatchSettings } from "../../src/watch/default-settings.js";

export const plainPod: LoadPodSettings = {
  resources: { cpu: "100m", memory: "128Mi" },
  retries: 2,
  pool: "default_pool",
  priority: 1,
  nodeSelector: {},
  tolerations: [],
  skipEmpty: false,
};

export const plainRule: ColumnRule = {
  from: null,
  to: null,
  rename: null,
  drop: false,
  sql: null,
  wrap: null,
};

export function buildType(
  name: string,
  changes: Partial<LogType> = {},
): LogType {
  return {
    name,
    table: name.replace(/[^A-Za-z0-9_]/g, "_"),
    load: "spread",
    description: null,
    owner: "data",
    tags: ["logs"],
    startDate: "2026-01-01T00:00:00Z",
    partitionBy: "day",
    clusterBy: [],
    expirationDays: null,
    requirePartitionFilter: false,
    onBadRow: "fail",
    maxBad: 0.1,
    mask: [],
    recordShares: false,
    labels: {},
    watch: defaultWatchSettings,
    columns: new Map(),
    wrapped: [],
    pod: plainPod,
    ...changes,
  };
}

export function buildAirflow(
  changes: Partial<AirflowSettings> = {},
): AirflowSettings {
  return {
    image: "registry.example/sluice:1.0.0",
    namespace: "data",
    startDate: "2026-01-01T00:00:00Z",
    catchup: true,
    owner: "data",
    tags: ["logs"],
    retryDelayMinutes: 5,
    sensorTimeoutSeconds: 3600,
    serviceAccount: null,
    env: new Map(),
    envFromSecrets: [],
    envFromConfigMaps: [],
    pools: new Map(),
    onFailure: null,
    onFinish: "delete_succeeded_pod",
    startupTimeoutSeconds: 600,
    executionTimeoutSeconds: 21_600,
    deferrable: false,
    xcom: false,
    outlets: null,
    mount: { catalog: null, schemas: null },
    classify: {
      ...plainPod,
      minute: 5,
      shards: 1,
      maxActiveRuns: 4,
      spool: "20Gi",
    },
    load: plainPod,
    reconcile: { minute: 20, hours: 48 },
    watch: { ...plainPod, minute: 15 },
    report: { ...plainPod, hour: 8, minute: 0 },
    fastMinute: 10,
    stagger: { from: 30, to: 59 },
    ...changes,
  };
}

export function buildCatalog(
  types: readonly LogType[],
  changes: Partial<Catalog> = {},
): Catalog {
  return {
    file: "catalog.yaml",
    directory: "/nowhere",
    hash: "sha256:0",
    source: "file:source",
    stage: "file:stage",
    warehouse: "duckdb:warehouse.duckdb",
    typeKey: ["log_type"],
    timezone: "UTC",
    settleMinutes: 5,
    allowEmpty: false,
    compression: "none",
    maxSetAside: null,
    mask: [],
    bigquery: { labels: {}, maximumBytesBilled: null },
    retention: {
      stageDays: null,
      manifestsDays: null,
      setAsideDays: null,
      quarantineDays: null,
    },
    watch: { settings: defaultWatchSettings, silences: [] },
    report: { slack: null, mail: null },
    airflow: buildAirflow(),
    types: new Map(types.map((type) => [type.name, type])),
    ...changes,
  };
}
