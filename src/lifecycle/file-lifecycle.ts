import { shellWords } from "../shell-words.js";
import type { ExpiringKeys } from "./expiring-keys.js";

/** A folder deletes nothing by itself: what a person runs, or has cron run. */
export interface FileLifecycle {
  readonly commands: readonly string[];
}

export function makeFileLifecycle(
  expiring: readonly ExpiringKeys[],
  directory: string,
): FileLifecycle {
  const commands = expiring.map(({ prefixes, days }) => {
    const starts = prefixes.flatMap((prefix, index) => [
      ...(index === 0 ? [] : ["-o"]),
      "-path",
      `./${prefix}*`,
    ]);
    const cd = shellWords(["cd", directory]);
    const find = shellWords([
      ...["find", ".", "-type", "f", "-mtime", `+${days}`],
      ...["(", ...starts, ")", "-delete"],
    ]);
    return `${cd} && ${find}`;
  });
  return { commands };
}
