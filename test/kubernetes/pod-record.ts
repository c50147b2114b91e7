import { spawn } from "node:child_process";
import { cluster } from "./cluster.js";

export interface RecordedPod {
  readonly uid: string;
  readonly name: string;
  /** Of its container, as the API server has them. */
  readonly words: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly phase: string;
  readonly exitCode: number | null;
}

interface PodObject {
  readonly metadata: {
    readonly uid: string;
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly containers: readonly { name: string; args?: string[] }[];
  };
  readonly status: {
    readonly phase?: string;
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly state: { readonly terminated?: { readonly exitCode: number } };
    }[];
  };
}

/** Not Airflow's sidecar. */
function isBase({ name }: { readonly name: string }): boolean {
  return name === "base";
}

/** Every pod of the namespace from now on, by uid, as it was last seen: Airflow deletes those that succeed. */
export function recordPods(): {
  readonly pods: ReadonlyMap<string, RecordedPod>;
  stop: () => void;
} {
  const pods = new Map<string, RecordedPod>();
  const watch = spawn(
    cluster.kubectl,
    ["get", "pods", "-n", cluster.namespace, "--watch-only", "-o=json"],
    { env: { ...process.env, KUBECONFIG: cluster.adminConfig } },
  );
  let text = "";
  watch.stdout.on("data", (data: Buffer) => {
    text += data.toString();
    const end = text.lastIndexOf("\n}\n");
    if (end === -1) return;
    const whole = text.slice(0, end + 3);
    text = text.slice(end + 3);
    for (const object of whole.split(/(?<=^\}\n)/m)) {
      const { metadata, spec, status } = JSON.parse(object) as PodObject;
      const container = spec.containers.find(isBase);
      const ended = status.containerStatuses?.find(isBase)?.state.terminated;
      pods.set(metadata.uid, {
        uid: metadata.uid,
        name: metadata.name,
        words: container?.args ?? [],
        labels: metadata.labels ?? {},
        phase: status.phase ?? "",
        exitCode: ended?.exitCode ?? pods.get(metadata.uid)?.exitCode ?? null,
      });
    }
  });
  return {
    pods,
    stop: () => {
      watch.kill();
    },
  };
}
