import type { Message } from "../ports/messenger.js";
import { renderSlack, type SlackPage } from "./render-slack.js";
import { renderText } from "./render-text.js";

/** What would be sent. */
export interface MessagePreview {
  readonly slack: readonly SlackPage[];
  readonly mail: {
    readonly subject: string;
    readonly text: string;
    readonly attachments: readonly string[];
  };
}

export function previewMessages(message: Message): MessagePreview {
  return {
    slack: renderSlack(message),
    mail: {
      subject: message.title,
      text: renderText(message),
      attachments: (message.attachments ?? []).map(({ name }) => name),
    },
  };
}
