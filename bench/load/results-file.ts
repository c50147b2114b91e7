import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format as formatMarkdown } from "prettier";

const file = join(import.meta.dirname, "RESULTS.md");
export const quarantineHeading = "## Rows set aside";

/** Writes one part of RESULTS.md, leaves the other as it is, and gives the new one's text. */
export async function writeSection(
  part: "load" | "quarantine",
  text: string,
): Promise<string> {
  const standing = existsSync(file) ? readFileSync(file, "utf8") : "";
  const at = standing.indexOf(quarantineHeading);
  const load = at === -1 ? standing : standing.slice(0, at);
  const quarantine = at === -1 ? "" : standing.slice(at);
  const parts = part === "load" ? [text, quarantine] : [load, text];
  const parser = { parser: "markdown" };
  writeFileSync(file, await formatMarkdown(parts.join("\n\n"), parser));
  return formatMarkdown(text, parser);
}
