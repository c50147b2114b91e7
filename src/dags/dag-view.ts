import type { PodView } from "./pod-view.js";
import type { PythonSource } from "./python-literal.js";

/** What every template names, each value as Python source. */
export interface DagView {
  readonly header: string;
  readonly dagId: PythonSource;
  readonly description: PythonSource;
  readonly startDate: PythonSource;
  readonly tags: PythonSource;
  readonly docLines: readonly PythonSource[];
  readonly hasOnFailure: boolean;
  readonly hasSecrets: boolean;
}

interface ScheduledView extends DagView {
  readonly cron: PythonSource;
  readonly catchup: PythonSource;
  readonly maxActiveRuns: PythonSource;
  /** Of the field `hour` in the form. */
  readonly hourDescription: PythonSource;
}

export interface ClassifierView extends ScheduledView {
  readonly sharded: boolean;
  /** Whether the failure callback is the DAG's, and not its tasks'. */
  readonly alertsForTheRun: boolean;
  readonly classify: PodView;
  readonly plan: PodView;
  readonly shard: PodView;
  readonly shardArguments: PythonSource;
  readonly commit: PodView;
}

export interface LoadView extends ScheduledView {
  readonly hasOutlet: boolean;
  readonly classifyMinute: PythonSource;
  readonly sensorTimeoutSeconds: PythonSource;
  /** Whether the sensor is waited for in the triggerer, which never calls `poke`. */
  readonly waitsInTriggerer: boolean;
  readonly load: PodView;
}

export interface ReloadView extends DagView {
  readonly owner: PythonSource;
  readonly types: readonly {
    readonly name: PythonSource;
    readonly pod: PythonSource;
  }[];
  readonly classify: PodView;
  readonly classifyAtOnce: PythonSource;
  readonly hourOfTask: PythonSource;
  readonly load: PodView;
  readonly loadsAtOnce: PythonSource;
  readonly typeAndHourOfTask: PythonSource;
}

export interface WatchView extends ScheduledView {
  readonly watch: PodView;
}

export interface ReportView extends DagView {
  readonly cron: PythonSource;
  readonly timezone: PythonSource;
  readonly report: PodView;
}

export interface ReconcileView extends DagView {
  readonly cron: PythonSource;
  readonly reconcile: PodView;
}
