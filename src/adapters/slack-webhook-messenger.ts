import { setTimeout as wait } from "node:timers/promises";
import {
  IncomingWebhook,
  IncomingWebhookHTTPError,
  IncomingWebhookRequestError,
  type IncomingWebhookDefaultArguments,
} from "@slack/webhook";
import { UsageError, type SluiceError } from "../errors.js";
import { renderSlack } from "../messages/render-slack.js";
import type { Message, Messenger, SentMessage } from "../ports/messenger.js";
import {
  describeRequestFailure,
  failSlack,
  refuseSlack,
  type SlackAttempt,
} from "./slack-error.js";
import {
  retryConfigOf,
  slackLimits,
  type SlackLimits,
} from "./slack-limits.js";

export interface SlackWebhookOptions {
  /** A secret: whoever has it may post. */
  readonly url: string;
  readonly limits?: SlackLimits;
}

type Fetch = NonNullable<IncomingWebhookDefaultArguments["fetch"]>;

/** Slack by an incoming webhook: its channel is its own, what does not fit into one message comes after it, and there are no threads. */
export class SlackWebhookMessenger implements Messenger {
  readonly name = "Slack webhook";
  readonly #webhook: IncomingWebhook;

  constructor({ url, limits = slackLimits }: SlackWebhookOptions) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      throw new UsageError(
        "SLUICE_SLACK_WEBHOOK_URL is no URL: expected https://hooks.slack.com/services/...",
      );
    this.#webhook = new IncomingWebhook(url, {
      retryConfig: retryConfigOf(limits),
      fetch: obeyRateLimit(limits),
    });
  }

  async send(message: Message): Promise<SentMessage> {
    const pages = renderSlack(message);
    for (const [sent, { text, blocks }] of pages.entries()) {
      try {
        await this.#webhook.send({
          text,
          blocks,
          unfurl_links: false,
          unfurl_media: false,
        });
      } catch (error) {
        throw translate(error, {
          name: this.name,
          sent,
          messages: pages.length,
        });
      }
    }
    return { messages: pages.length, thread: null };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** The library tries again after a failure of Slack's, but not when it is asked to wait (429). */
function obeyRateLimit({
  retries,
  requestTimeoutMs,
  minRetryDelayMs,
}: SlackLimits): Fetch {
  return async (url, init) => {
    for (let left = retries; ; left -= 1) {
      const response = await fetch(url, {
        ...init,
        signal: AbortSignal.timeout(requestTimeoutMs),
      });
      if (response.status !== 429 || left === 0) return response;
      await response.body?.cancel();
      const seconds = Number.parseInt(
        response.headers.get("retry-after") ?? "",
        10,
      );
      await wait(seconds >= 0 ? seconds * 1000 : minRetryDelayMs);
    }
  };
}

function translate(error: unknown, attempt: SlackAttempt): SluiceError {
  if (error instanceof IncomingWebhookHTTPError) {
    const { statusCode, body } = error;
    if (statusCode === 429)
      return failSlack("Slack asks to wait (429), again and again", attempt);
    return statusCode >= 500
      ? failSlack(`Slack answered ${statusCode}`, attempt)
      : refuseSlack(body.trim(), attempt);
  }
  if (error instanceof IncomingWebhookRequestError)
    return failSlack(describeRequestFailure(error.original), attempt);
  return failSlack("Slack's answer can't be read", attempt);
}
