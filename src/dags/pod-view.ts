import type {
  AirflowSettings,
  PodSettings,
  Toleration,
} from "../catalog/catalog.js";
import { toInertTemplate, toInertValue } from "./inert-template.js";
import { pythonLiteral, type PythonSource } from "./python-literal.js";

/** What the partial `pod` names, each value as Python source: the arguments of one pod operator. */
export interface PodView {
  readonly taskId: PythonSource;
  readonly owner: PythonSource;
  readonly podName: PythonSource;
  readonly namespace: PythonSource;
  readonly image: PythonSource;
  /** False where a mapped task brings them. */
  readonly hasArguments: boolean;
  readonly arguments: PythonSource;
  readonly hasResources: boolean;
  readonly requests: PythonSource;
  readonly limits: PythonSource;
  readonly hasEnv: boolean;
  readonly env: readonly {
    readonly name: PythonSource;
    readonly value: PythonSource;
  }[];
  readonly hasPodName: boolean;
  readonly hasSecrets: boolean;
  readonly secrets: readonly PythonSource[];
  readonly hasConfigMaps: boolean;
  readonly configMaps: PythonSource;
  /** Whether it names models of the Kubernetes client. */
  readonly hasModels: boolean;
  readonly hasVolumes: boolean;
  readonly hasSpool: boolean;
  readonly spoolSize: PythonSource;
  readonly hasCatalogMount: boolean;
  readonly catalogMount: PythonSource;
  readonly catalogKey: PythonSource;
  readonly hasSchemasMount: boolean;
  readonly schemasMount: PythonSource;
  readonly hasServiceAccount: boolean;
  readonly serviceAccount: PythonSource;
  readonly hasNodeSelector: boolean;
  readonly nodeSelector: PythonSource;
  readonly tolerations: readonly TolerationView[];
  readonly hasTolerations: boolean;
  readonly retries: PythonSource;
  readonly retryDelayMinutes: PythonSource;
  readonly pool: PythonSource;
  readonly priority: PythonSource;
  readonly hasOnFailure: boolean;
  readonly onFailure: PythonSource;
  readonly onFinish: PythonSource;
  readonly startupTimeoutSeconds: PythonSource;
  readonly executionTimeoutSeconds: PythonSource;
  /** Long enough to see how the pod was stopped. */
  readonly airflowTimeoutSeconds: PythonSource;
  readonly deferrable: PythonSource;
  readonly xcom: boolean;
  readonly doXcomPush: PythonSource;
  readonly skipsEmpty: boolean;
  readonly hasOutlet: boolean;
  readonly outlet: PythonSource;
}

interface TolerationView {
  readonly key: PythonSource;
  readonly operator: PythonSource;
  readonly value: PythonSource;
  readonly effect: PythonSource;
  readonly seconds: PythonSource;
}

/** What sets one pod apart from another. */
export interface PodTask {
  readonly taskId: string;
  readonly podName: string;
  readonly owner: string;
  readonly settings: PodSettings;
  /** Rendered by Airflow: texts of the catalog among them must be inert. Null: a mapped task brings them. */
  readonly arguments: readonly string[] | null;
  readonly mapsResources?: boolean;
  /** Whether it has a folder for its temporary files. */
  readonly spools?: boolean;
  /** Whether `SLUICE_POD_NAME` tells it its own name. */
  readonly knowsItsName?: boolean;
  /** Whether its own failure is told; true where nothing is said. */
  readonly alerts?: boolean;
  readonly skipsEmpty?: boolean;
  readonly outlet?: string | null;
  /** Of the catalog, for a job that finds that its own lacks something. */
  readonly catalogHash?: string;
}

export const catalogHashVariable = "SLUICE_CATALOG_HASH";

/** For Airflow to see that a pod has ended. */
const slackSeconds = 300;

/** Where the image keeps classified parts before their upload: its only folder that may be written. */
const spoolPath = "/spool";

export function buildPodView(airflow: AirflowSettings, task: PodTask): PodView {
  const { settings, spools = false, outlet = null } = task;
  const cpu = toInertTemplate(settings.resources.cpu);
  const memory = toInertTemplate(settings.resources.memory);
  const env = new Map([
    ...(spools ? [["TMPDIR", spoolPath] as const] : []),
    ...(task.catalogHash === undefined
      ? []
      : [[catalogHashVariable, task.catalogHash] as const]),
    ...airflow.env,
  ]);
  const { catalog, schemas } = airflow.mount;
  const hasPodName = task.knowsItsName ?? false;
  const hasVolumes = spools || catalog !== null || schemas !== null;
  const hasTolerations = settings.tolerations.length > 0;
  return {
    taskId: pythonLiteral(task.taskId),
    owner: pythonLiteral(task.owner),
    podName: pythonLiteral(task.podName),
    namespace: pythonLiteral(toInertTemplate(airflow.namespace)),
    image: pythonLiteral(toInertTemplate(airflow.image)),
    hasArguments: task.arguments !== null,
    arguments: pythonLiteral(task.arguments),
    hasResources: task.mapsResources !== true,
    requests: pythonLiteral({ cpu, memory }),
    limits: pythonLiteral({ memory }),
    hasEnv: env.size > 0,
    env: [...env].map(([name, value]) => ({
      name: pythonLiteral(toInertTemplate(name)),
      value: pythonLiteral(toInertValue(value)),
    })),
    hasPodName,
    // Airflow renders the names of ConfigMaps, but not those of Secrets and service accounts.
    hasSecrets: airflow.envFromSecrets.length > 0,
    secrets: airflow.envFromSecrets.map((name) => pythonLiteral(name)),
    hasConfigMaps: airflow.envFromConfigMaps.length > 0,
    configMaps: pythonLiteral(airflow.envFromConfigMaps.map(toInertTemplate)),
    hasModels: hasPodName || hasVolumes || hasTolerations,
    hasVolumes,
    hasSpool: spools,
    spoolSize: pythonLiteral(airflow.classify.spool),
    hasCatalogMount: catalog !== null,
    catalogMount: pythonLiteral(toInertTemplate(catalog ?? "")),
    catalogKey: pythonLiteral(toInertTemplate("catalog.yaml")),
    hasSchemasMount: schemas !== null,
    schemasMount: pythonLiteral(toInertTemplate(schemas ?? "")),
    hasServiceAccount: airflow.serviceAccount !== null,
    serviceAccount: pythonLiteral(airflow.serviceAccount),
    hasNodeSelector: Object.keys(settings.nodeSelector).length > 0,
    nodeSelector: pythonLiteral(
      Object.fromEntries(
        Object.entries(settings.nodeSelector).map(([key, value]) => [
          key,
          toInertTemplate(value),
        ]),
      ),
    ),
    hasTolerations,
    tolerations: settings.tolerations.map(buildTolerationView),
    retries: pythonLiteral(settings.retries),
    retryDelayMinutes: pythonLiteral(airflow.retryDelayMinutes),
    pool: pythonLiteral(settings.pool),
    priority: pythonLiteral(settings.priority),
    hasOnFailure: airflow.onFailure !== null && task.alerts !== false,
    onFailure: pythonLiteral(airflow.onFailure),
    onFinish: pythonLiteral(airflow.onFinish),
    startupTimeoutSeconds: pythonLiteral(airflow.startupTimeoutSeconds),
    executionTimeoutSeconds: pythonLiteral(airflow.executionTimeoutSeconds),
    airflowTimeoutSeconds: pythonLiteral(
      airflow.executionTimeoutSeconds +
        airflow.startupTimeoutSeconds +
        slackSeconds,
    ),
    deferrable: pythonLiteral(airflow.deferrable),
    xcom: airflow.xcom,
    doXcomPush: pythonLiteral(airflow.xcom),
    skipsEmpty: task.skipsEmpty ?? false,
    hasOutlet: outlet !== null,
    outlet: pythonLiteral(outlet),
  };
}

/** As Airflow takes the resources of a mapped pod: plain values, which it does not render. */
export function listResources({ resources }: PodSettings): {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly memory: string };
} {
  const { cpu, memory } = resources;
  return { requests: { cpu, memory }, limits: { memory } };
}

/** A Kubernetes name: at most 50 characters, so that Airflow's suffix fits behind it. */
export function toPodName(dagId: string): string {
  return dagId
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 50)
    .replace(/^-+|-+$/g, "");
}

function buildTolerationView(toleration: Toleration): TolerationView {
  return {
    key: pythonLiteral(toleration.key),
    operator: pythonLiteral(toleration.operator),
    value: pythonLiteral(toleration.value),
    effect: pythonLiteral(toleration.effect),
    seconds: pythonLiteral(toleration.tolerationSeconds),
  };
}
