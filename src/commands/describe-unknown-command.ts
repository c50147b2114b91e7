import { suggestName } from "../schema/suggest-name.js";

/** `"sta" is no command (did you mean status?)` */
export function describeUnknownCommand(
  found: string,
  commands: readonly string[],
): string {
  const begun = commands.filter(
    (name) => found !== "" && name.startsWith(found),
  );
  const hint =
    begun.length > 0
      ? ` (did you mean ${begun.join(" or ")}?)`
      : suggestName(found, commands);
  return `${JSON.stringify(found)} is no command${hint}`;
}
