import { find, make } from "./dom.js";
import type { Page, TypeHours } from "./read-data.js";
import {
  count,
  describeHour,
  localTime,
  minutes,
  seconds,
  stateMeanings,
} from "./words.js";

/** The chosen cell in words, its numbers, and what to type about it. */
export function showChosenHour(
  page: Page,
  type: TypeHours | null,
  index: number,
): void {
  const words = find("cell-words");
  const facts = find("cell-facts");
  const commands = find("cell-commands");
  facts.replaceChildren();
  commands.replaceChildren();
  if (type === null) {
    words.textContent = "No type matches the filter.";
    return;
  }
  words.textContent = describeHour(page, type, index);
  const band = type.band(index);
  const rows: readonly (readonly [string, string])[] = [
    ["Meaning", stateMeanings[type.state(index)]],
    ["At", localTime(page, page.startOf(index))],
    ["Table", type.table ?? "none: not in the catalog"],
    ["Staged", count(type.staged(index))],
    ["Loaded", count(type.loaded(index))],
    ["Set aside by the load", count(type.setAside(index))],
    ...(band === null
      ? []
      : ([["Expected", `${count(band.low)} to ${count(band.high)}`]] as const)),
    ["Load took", seconds(type.seconds(index))],
    ["Loaded after the hour", minutes(type.readyMinutes(index))],
  ];
  for (const [term, fact] of rows)
    facts.append(make("dt", {}, term), make("dd", { dir: "auto" }, fact));
  for (const { rule, message } of type.findings.get(index) ?? [])
    facts.append(
      make("dt", {}, "Found"),
      make("dd", {}, message === "" ? rule : `${rule}: ${message}`),
    );
  const lines = tellCommands(page, type, index);
  if (lines.length > 0)
    commands.append(
      make("h3", {}, "To look, and to load again"),
      make(
        "pre",
        { tabindex: "0", role: "region", "aria-label": "Commands" },
        lines.join("\n"),
      ),
    );
}

/** Only for names that are words of a shell as they are: every staged type's is. */
function tellCommands(page: Page, type: TypeHours, index: number): string[] {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(type.name)) return [];
  const hour = page.hour(index);
  const look = `sluice status --from ${hour} --to ${hour}`;
  const classify = `sluice classify --hour ${hour}`;
  const load = `sluice load --type ${type.name} --hour ${hour}`;
  return type.state(index) === "not_done"
    ? [look, classify, ...(type.table === null ? [] : [load])]
    : [look, ...(type.table === null ? [] : [load])];
}
