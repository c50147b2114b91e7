import { readFileSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem, type } from "node:os";

/** This machine in one line, for beside its figures. */
export function describeMachine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return [
    cpu?.model.trim() ?? process.arch,
    `${availableParallelism()} cores`,
    `${memory} GiB`,
    readSystemName(),
    `Node ${process.versions.node}`,
  ].join(", ");
}

function readSystemName(): string {
  try {
    const pretty = /^PRETTY_NAME="(.*)"$/m.exec(
      readFileSync("/etc/os-release", "utf8"),
    );
    if (pretty?.[1] !== undefined) return pretty[1];
  } catch {
    // Not a Linux that says.
  }
  return `${type()} ${release()}`;
}
