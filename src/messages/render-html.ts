import Handlebars from "handlebars";
import type { Message, MessagePart, MessageTable } from "../ports/messenger.js";
import { cleanLines, oneLine } from "./one-line.js";
import { webUrl } from "./web-url.js";

const { escapeExpression } = Handlebars;

const mono = "font-family:ui-monospace,Menlo,Consolas,monospace;font-size:13px";
const cell = "padding:4px 12px 4px 0;border-bottom:1px solid #d0d7de";

/** The message as a mail's HTML: styles at the elements, since mail programs drop the rest. */
export function renderHtml({ title, parts }: Message): string {
  return [
    "<!doctype html>",
    `<html lang="en"><head><meta charset="utf-8"><title>${escapeLine(title)}</title></head>`,
    '<body style="margin:16px;font-family:system-ui,-apple-system,Segoe UI,sans-serif;font-size:14px;line-height:1.5">',
    ...parts.map(renderPart),
    "</body></html>",
    "",
  ].join("\n");
}

function renderPart(part: MessagePart): string {
  switch (part.kind) {
    case "heading":
      return `<h2 style="font-size:18px;margin:16px 0 8px">${escapeLine(part.text)}</h2>`;
    case "paragraph":
      return `<p style="margin:8px 0">${cleanLines(part.text).map(escapeExpression).join("<br>")}</p>`;
    case "table":
      return renderTable(part);
    case "code":
      return `<pre style="${mono};margin:8px 0;padding:8px;border:1px solid #d0d7de;white-space:pre-wrap">${part.lines.flatMap(cleanLines).map(escapeExpression).join("\n")}</pre>`;
    case "link": {
      const url = webUrl(part.url);
      return url === null
        ? `<p>${escapeLine(part.text)}</p>`
        : `<p><a href="${escapeExpression(url)}">${escapeLine(part.text)}</a></p>`;
    }
  }
}

function renderTable({ columns, rows }: MessageTable): string {
  const cells = (row: readonly string[], tag: "th" | "td") =>
    columns
      .map(
        ({ align }, index) =>
          `<${tag} style="${cell};text-align:${align}">${escapeLine(row[index] ?? "")}</${tag}>`,
      )
      .join("");
  const names = columns.map(({ name }) => name);
  return [
    `<table style="border-collapse:collapse;margin:8px 0;${mono}">`,
    `<thead><tr>${cells(names, "th")}</tr></thead>`,
    "<tbody>",
    ...rows.map((row) => `<tr>${cells(row, "td")}</tr>`),
    "</tbody></table>",
  ].join("\n");
}

function escapeLine(text: string): string {
  return escapeExpression(oneLine(text));
}
