import type { Message, MessagePart } from "../ports/messenger.js";
import { formatTable } from "./format-table.js";
import { cleanLines, oneLine } from "./one-line.js";

/** The message's parts as plain text, with an empty line between them. */
export function renderText({ parts }: Pick<Message, "parts">): string {
  return parts.map(renderPart).join("\n\n");
}

function renderPart(part: MessagePart): string {
  switch (part.kind) {
    case "heading":
      return oneLine(part.text);
    case "paragraph":
      return cleanLines(part.text).join("\n");
    case "table": {
      const { head, lines } = formatTable(part);
      return [head, ...lines].join("\n");
    }
    case "code":
      return part.lines
        .flatMap(cleanLines)
        .map((line) => `  ${line}`)
        .join("\n");
    case "link":
      return `${oneLine(part.text)}: ${part.url}`;
  }
}
