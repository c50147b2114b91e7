import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRequestError,
  WebClient,
} from "@slack/web-api";
import type { SluiceError } from "../errors.js";
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

export interface SlackBotOptions {
  readonly token: string;
  /** A name with its #, or an id. */
  readonly channel: string;
  /** Undefined: Slack's own. */
  readonly apiUrl: string | undefined;
  readonly limits?: SlackLimits;
}

/** The library would write to standard output. What matters of it is in our errors. */
const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => "error" as never,
  setName: () => undefined,
};

/** Slack by an app's bot token: what does not fit into one message follows in its thread. A 429 is waited for as long as it says. */
export class SlackBotMessenger implements Messenger {
  readonly name: string;
  readonly #client: WebClient;
  readonly #channel: string;

  constructor({
    token,
    channel,
    apiUrl,
    limits = slackLimits,
  }: SlackBotOptions) {
    this.name = `Slack channel ${channel}`;
    this.#channel = channel;
    this.#client = new WebClient(token, {
      ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
      retryConfig: retryConfigOf(limits),
      timeout: limits.requestTimeoutMs,
      logger: silent,
    });
  }

  async send(message: Message, thread?: string): Promise<SentMessage> {
    const pages = renderSlack(message);
    let place = readThread(thread);
    for (const [sent, { text, blocks }] of pages.entries()) {
      const attempt = { name: this.name, sent, messages: pages.length };
      const posted = await this.#post(
        {
          channel: place?.channel ?? this.#channel,
          text,
          blocks,
          unfurl_links: false,
          unfurl_media: false,
          ...(place !== null && { thread_ts: place.ts }),
        },
        attempt,
      );
      place ??= posted;
    }
    return {
      messages: pages.length,
      thread: place === null ? null : `${place.channel}/${place.ts}`,
    };
  }

  async #post(
    post: Parameters<WebClient["chat"]["postMessage"]>[0],
    attempt: SlackAttempt,
  ): Promise<ThreadPlace | null> {
    try {
      const { channel, ts } = await this.#client.chat.postMessage(post);
      return channel === undefined || ts === undefined ? null : { channel, ts };
    } catch (error) {
      throw translate(error, attempt);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

interface ThreadPlace {
  readonly channel: string;
  readonly ts: string;
}

/** Null where it is none of ours: a message that other means had sent can't be answered here. */
function readThread(thread: string | undefined): ThreadPlace | null {
  const [, channel, ts] =
    /^([A-Z0-9]+)\/([0-9]+\.[0-9]+)$/.exec(thread ?? "") ?? [];
  return channel === undefined || ts === undefined ? null : { channel, ts };
}

function translate(error: unknown, attempt: SlackAttempt): SluiceError {
  if (error instanceof WebAPIPlatformError)
    return refuseSlack(error.data.error, attempt);
  if (error instanceof WebAPIHTTPError)
    return failSlack(`Slack answered ${error.statusCode}`, attempt);
  if (error instanceof WebAPIRequestError) {
    return error.original.message.startsWith("A rate limit was exceeded")
      ? failSlack("Slack asks to wait (429), again and again", attempt)
      : failSlack(describeRequestFailure(error.original), attempt);
  }
  return failSlack("Slack's answer can't be read", attempt);
}
