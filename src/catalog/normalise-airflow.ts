import type {
  AirflowSettings,
  LoadPodSettings,
  LogType,
  PodSettings,
  Toleration,
} from "./catalog.js";
import { present } from "./present.js";
import type {
  RawAirflow,
  RawPod,
  RawToleration,
  RawType,
} from "./raw-catalog.js";

const fastPriority = 10;
/** Above every load: all of them wait for it. */
const classifyPriority = 100;
const plainPod: PodSettings = {
  resources: { cpu: "100m", memory: "128Mi" },
  retries: 2,
  pool: "default_pool",
  priority: 1,
  nodeSelector: {},
  tolerations: [],
};

/** Fills in every default. */
export function normaliseAirflow(raw: RawAirflow): AirflowSettings {
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
    pools: new Map(Object.entries(raw.pools ?? {})),
    onFailure: raw.on_failure ?? null,
    onFinish: raw.on_finish ?? "delete_succeeded_pod",
    startupTimeoutSeconds: raw.startup_timeout_seconds ?? 600,
    executionTimeoutSeconds: raw.execution_timeout_seconds ?? 6 * 3600,
    deferrable: raw.deferrable ?? false,
    xcom: raw.xcom ?? false,
    outlets: raw.outlets ?? null,
    mount: {
      catalog: raw.mount?.catalog ?? null,
      schemas: raw.mount?.schemas ?? null,
    },
    classify: {
      ...normalisePod(raw.classify, {
        ...normalisePod(airflowPod(raw), plainPod),
        resources: { cpu: "1", memory: "1Gi" },
        priority: classifyPriority,
      }),
      minute: raw.classify?.minute ?? 5,
      shards: raw.classify?.shards ?? 1,
      maxActiveRuns: raw.classify?.max_active_runs ?? 4,
      spool: raw.classify?.spool ?? "20Gi",
    },
    load: normaliseLoad({}, "spread", raw),
    reconcile: {
      minute: raw.reconcile?.minute ?? 20,
      hours: raw.reconcile?.hours ?? 48,
    },
    watch: {
      ...normaliseReader(raw.watch, raw),
      minute: raw.watch?.minute ?? 15,
    },
    report: { ...normaliseReader(raw.report, raw), ...readTimeOfDay(raw) },
    fastMinute: raw.fast?.minute ?? 10,
    stagger: { from: raw.stagger?.from ?? 30, to: raw.stagger?.to ?? 59 },
  };
}

/** The pod of a type's load; of a type that says nothing, what every load gets. */
export function normaliseLoad(
  raw: RawType,
  load: LogType["load"],
  airflow: RawAirflow,
): LoadPodSettings {
  const pod = normalisePod(
    airflow.load,
    normalisePod(airflowPod(airflow), plainPod),
  );
  const priority = airflow.fast?.priority ?? fastPriority;
  return {
    ...normalisePod(raw, load === "fast" ? { ...pod, priority } : pod),
    skipEmpty: raw.skip_empty ?? airflow.load?.skip_empty ?? false,
  };
}

/** A pod that reads weeks of the ledger: a load's, with more memory. */
function normaliseReader(
  raw: Pick<RawPod, "resources"> | undefined,
  airflow: RawAirflow,
): PodSettings {
  return normalisePod(raw, {
    ...normaliseLoad({}, "spread", airflow),
    resources: { cpu: "250m", memory: "512Mi" },
  });
}

function readTimeOfDay({ report }: RawAirflow) {
  const [hour = 8, minute = 0] = (report?.at ?? "08:00").split(":").map(Number);
  return { hour, minute };
}

/** What `airflow` itself says of every pod. */
function airflowPod(raw: RawAirflow): RawPod {
  return {
    ...(raw.node_selector !== undefined && {
      node_selector: raw.node_selector,
    }),
    ...(raw.tolerations !== undefined && { tolerations: raw.tolerations }),
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
    nodeSelector: raw?.node_selector ?? defaults.nodeSelector,
    tolerations:
      raw?.tolerations === undefined
        ? defaults.tolerations
        : present(raw.tolerations).map(normaliseToleration),
  };
}

function normaliseToleration(raw: RawToleration): Toleration {
  return {
    key: raw.key ?? null,
    operator: raw.operator ?? "Equal",
    value: raw.value ?? null,
    effect: raw.effect ?? null,
    tolerationSeconds: raw.toleration_seconds ?? null,
  };
}
