import { spawn } from "node:child_process";
import { join } from "node:path";
import { homedir } from "node:os";
import { setTimeout as wait } from "node:timers/promises";

const lab =
  process.env["LAB"] ??
  join(
    process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"),
    "sluice/kube-lab",
  );

/** What test/kubernetes/up and image made. */
export const cluster = {
  /** The bridge that pods hang on: the machine, seen from a pod. */
  hostAddress: "10.99.0.1",
  namespace: "jobs",
  image: "localhost/sluice:lab",
  adminConfig: join(lab, "run/admin.kubeconfig"),
  airflowConfig: join(lab, "run/airflow.kubeconfig"),
  kubectl: join(lab, "bin/kubectl"),
} as const;

const pollMs = 200;

export interface PodRequest {
  readonly name: string;
  /** Of `sluice`, or of `command`. */
  readonly words: readonly string[];
  readonly command?: readonly string[];
  readonly cpu?: string;
  readonly memory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Names of ConfigMaps, by the path that each is mounted at; with a key, that file alone. */
  readonly configMaps?: readonly {
    readonly name: string;
    readonly path: string;
    readonly key?: string;
  }[];
  /** Keeps the pod's object when it is deleted, until it is released. */
  readonly kept?: boolean;
}

export interface EndedPod {
  readonly exitCode: number;
  /** As the kubelet has it: Completed, Error, OOMKilled. */
  readonly reason: string;
  readonly log: string;
}

/** Standard output. Throws with what it printed where it fails. */
export async function kubectl(
  words: readonly string[],
  input = "",
): Promise<string> {
  const child = spawn(cluster.kubectl, words, {
    env: { ...process.env, KUBECONFIG: cluster.adminConfig },
  });
  let output = "";
  let errors = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
  // It ends without reading, where it needs no input.
  child.stdin.on("error", () => undefined).end(input);
  const code = await new Promise((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  if (code !== 0)
    throw new Error(`kubectl ${words.join(" ")}: ${errors}${output}`);
  return output;
}

export async function apply(object: object): Promise<void> {
  await kubectl(["apply", "-f", "-"], JSON.stringify(object));
}

/** Replaces a pod of that name. Its environment is the Secret `sluice`, if there is one, as in the generated DAGs. */
export async function startPod(request: PodRequest): Promise<void> {
  const { name, words, cpu = "100m", memory = "128Mi" } = request;
  await removePod(name);
  const configMaps = request.configMaps ?? [];
  await apply({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace: cluster.namespace,
      ...(request.kept === true && { finalizers: [keeper] }),
    },
    spec: {
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      containers: [
        {
          name: "base",
          image: cluster.image,
          command: request.command ?? ["sluice"],
          args: words,
          env: Object.entries(request.environment ?? {}).map(
            ([key, value]) => ({ name: key, value }),
          ),
          envFrom: [{ secretRef: { name: "sluice", optional: true } }],
          resources: { requests: { cpu, memory }, limits: { cpu, memory } },
          securityContext: {
            runAsNonRoot: true,
            readOnlyRootFilesystem: true,
            allowPrivilegeEscalation: false,
            capabilities: { drop: ["ALL"] },
            seccompProfile: { type: "RuntimeDefault" },
          },
          volumeMounts: [
            { name: "spool", mountPath: "/spool" },
            ...configMaps.map(({ path, key }, index) => ({
              name: `map-${index}`,
              mountPath: path,
              ...(key !== undefined && { subPath: key }),
            })),
          ],
        },
      ],
      volumes: [
        { name: "spool", emptyDir: {} },
        ...configMaps.map((map, index) => ({
          name: `map-${index}`,
          configMap: { name: map.name },
        })),
      ],
    },
  });
}

export async function waitForEnd(
  name: string,
  timeoutMs = 240_000,
): Promise<EndedPod> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const pod = JSON.parse(
      await kubectl(["get", "pod", name, "-n", cluster.namespace, "-o=json"]),
    ) as Pod;
    const ended = pod.status.containerStatuses?.[0]?.state.terminated;
    if (ended !== undefined) {
      const log = await kubectl(["logs", name, "-n", cluster.namespace]);
      return { ...ended, log };
    }
    if (Date.now() > end)
      throw new Error(`pod ${name} did not end: ${JSON.stringify(pod.status)}`);
    await wait(pollMs);
  }
}

export async function runPod(request: PodRequest): Promise<EndedPod> {
  await startPod(request);
  return waitForEnd(request.name);
}

/** Resolves when the log of a running pod matches. */
export async function waitForLog(name: string, text: RegExp): Promise<void> {
  for (let look = 0; look < 300; look += 1) {
    const log = await kubectl(["logs", name, "-n", cluster.namespace]).catch(
      () => "",
    );
    if (text.test(log)) return;
    await wait(pollMs);
  }
  throw new Error(`the log of pod ${name} never matched ${text.source}`);
}

/** All that a running pod prints until it ends. The kubelet takes the log away with a deleted pod's container. */
export async function followLog(name: string): Promise<string> {
  return kubectl(["logs", "--follow", name, "-n", cluster.namespace]);
}

/** Asks for the deletion and does not wait for it. */
export async function deletePod(name: string): Promise<void> {
  await kubectl([
    ...["delete", "pod", name, "-n", cluster.namespace],
    ...["--wait=false", "--ignore-not-found"],
  ]);
}

/** Lets go of a pod that is kept, and waits until it is gone. */
export async function removePod(name: string): Promise<void> {
  const found = await kubectl([
    ...["get", "pod", name, "-n", cluster.namespace],
    ...["--ignore-not-found", "-o=name"],
  ]);
  if (found === "") return;
  await kubectl([
    ...["patch", "pod", name, "-n", cluster.namespace],
    ...["--type=merge", "-p", '{"metadata":{"finalizers":null}}'],
  ]);
  await kubectl([
    ...["delete", "pod", name, "-n", cluster.namespace],
    ...["--ignore-not-found", "--now"],
  ]);
}

const keeper = "sluice.test/keep";

interface Pod {
  readonly status: {
    readonly containerStatuses?: readonly {
      readonly state: {
        readonly terminated?: {
          readonly exitCode: number;
          readonly reason: string;
        };
      };
    }[];
  };
}
