import type { Message, MessagePart, MessageTable } from "../ports/messenger.js";
import { cutText, splitText } from "./cut-text.js";
import { formatTable } from "./format-table.js";
import { cleanLines, oneLine } from "./one-line.js";
import { webUrl } from "./web-url.js";

/** A block of Slack's Block Kit, of the kinds that are used here. */
export type SlackBlock =
  | {
      readonly type: "header";
      readonly text: {
        readonly type: "plain_text";
        readonly text: string;
        readonly emoji: false;
      };
    }
  | {
      readonly type: "section";
      readonly expand: true;
      readonly text:
        | {
            readonly type: "plain_text";
            readonly text: string;
            readonly emoji: false;
          }
        | {
            readonly type: "mrkdwn";
            readonly text: string;
            readonly verbatim: true;
          };
    };

/** One Slack message. */
export interface SlackPage {
  /** What a notification shows and a screen reader reads. */
  readonly text: string;
  readonly blocks: SlackBlock[];
}

/** https://docs.slack.dev/reference/block-kit/blocks */
const mostBlocks = 50;
const longestHeader = 150;
const longestSection = 3000;
/**
 * Slack refuses a message (`msg_blocks_too_long`) by a sum that it doesn't document; some of 11,300 letters were refused
 * (https://github.com/slackapi/bolt-js/issues/2867).
 */
const longestPage = 9000;
const longestText = 1000;

const fence = "```";
const longestCode = longestSection - 2 * (fence.length + 1);

/** The message in Slack's blocks, over as many Slack messages as its limits ask for. */
export function renderSlack({ title, parts }: Message): SlackPage[] {
  const pages: SlackBlock[][] = [];
  let letters = 0;
  const blocks = parts.flatMap(renderPart);
  const shown =
    blocks.length > 0 ? blocks : renderPart({ kind: "paragraph", text: title });
  for (const block of shown) {
    const { length } = block.text.text;
    const page = pages.at(-1);
    const fits =
      page !== undefined &&
      page.length < mostBlocks &&
      letters + length <= longestPage;
    if (fits) page.push(block);
    else pages.push([block]);
    letters = fits ? letters + length : length;
  }
  const text = escapeMarkup(cutText(oneLine(title), longestText));
  return pages.map((blocks, index) => ({
    text: pages.length === 1 ? text : `${text} (${index + 1}/${pages.length})`,
    blocks,
  }));
}

function renderPart(part: MessagePart): SlackBlock[] {
  switch (part.kind) {
    case "heading": {
      const text = cutText(oneLine(part.text), longestHeader);
      return text === ""
        ? []
        : [
            {
              type: "header",
              text: { type: "plain_text", text, emoji: false },
            },
          ];
    }
    case "paragraph":
      return splitText(
        cleanLines(part.text).join("\n").trim(),
        longestSection,
      ).map((text) => ({
        type: "section",
        expand: true,
        text: { type: "plain_text", text, emoji: false },
      }));
    case "table":
      return renderTable(part);
    case "code":
      return renderCode(part.lines.flatMap(cleanLines));
    case "link":
      return [renderLink(oneLine(part.text), part.url)];
  }
}

function renderTable(table: MessageTable): SlackBlock[] {
  const { head, lines } = formatTable(table);
  return lines.length === 0 ? [] : renderCode(lines, head);
}

/** Blocks of code, each with the head. */
function renderCode(lines: readonly string[], head?: string): SlackBlock[] {
  const first = head === undefined ? "" : `${escapeCode(head)}\n`;
  const blocks: string[] = [];
  let code = first;
  for (const line of lines.flatMap((each) => splitCode(each, first.length))) {
    if (code.length + line.length + 1 > longestCode) {
      blocks.push(code);
      code = first;
    }
    code += `${line}\n`;
  }
  if (code !== first) blocks.push(code);
  return blocks.map((text) => ({
    type: "section",
    expand: true,
    text: {
      type: "mrkdwn",
      text: `${fence}\n${text}${fence}`,
      verbatim: true,
    },
  }));
}

/** `&` grows most when it is escaped: to five letters. */
function splitCode(line: string, headLength: number): string[] {
  const escaped = escapeCode(line);
  const room = longestCode - headLength - 1;
  if (escaped.length <= room) return [escaped];
  return splitText(line, Math.floor(room / 5)).map(escapeCode);
}

function renderLink(text: string, target: string): SlackBlock {
  const url = webUrl(target);
  const label = escapeCode(cutText(text, 200));
  const link = url === null ? "" : `<${escapeMarkup(url)}|${label}>`;
  return link === "" || link.length > longestSection
    ? {
        type: "section",
        expand: true,
        text: {
          type: "plain_text",
          text: cutText(`${text}: ${target}`, longestSection),
          emoji: false,
        },
      }
    : {
        type: "section",
        expand: true,
        text: { type: "mrkdwn", text: link, verbatim: true },
      };
}

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escapeMarkup(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

/** Slack has no escape for the backtick, which would end the code: it becomes the letter that looks like it. */
function escapeCode(text: string): string {
  return escapeMarkup(text).replaceAll("`", "ˋ");
}
