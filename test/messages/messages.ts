import type { Message, MessageTable } from "../../src/ports/messenger.js";

/** Names that would act if they were taken for markup, for code, or for a line of their own. */
export const hostileNames = [
  "<!channel>",
  "<@U123>",
  "<https://evil.example|click>",
  "```\n*out*\n```",
  "`code`",
  "a&amp;b",
  "</td><script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "name\r\nBcc: everybody@evil.example",
  "\u202eevil\u202c",
];

export function makeTable(
  names: readonly string[],
  cells = ["1,234", "no data"],
): MessageTable {
  return {
    kind: "table",
    columns: [
      { name: "log type", align: "left" },
      ...cells.map((_, index) => ({
        name: `n${index}`,
        align: "right" as const,
      })),
    ],
    rows: names.map((name) => [name, ...cells]),
  };
}

export function makeMessage(changes: Partial<Message> = {}): Message {
  return {
    title: "Logs of 2026-11-20",
    parts: [
      { kind: "heading", text: "Logs of 2026-11-20" },
      { kind: "paragraph", text: "All is well." },
      makeTable(["purchase", "구매_로그"]),
      { kind: "code", lines: ["sluice status --from A --to B"] },
      { kind: "link", text: "Runbook", url: "https://wiki.example/a?b=1&c=2" },
    ],
    ...changes,
  };
}
