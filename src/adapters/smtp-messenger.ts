import { randomUUID } from "node:crypto";
import { createTransport } from "nodemailer";
import pRetry from "p-retry";
import { SluiceError, UsageError } from "../errors.js";
import { cutText } from "../messages/cut-text.js";
import { oneLine } from "../messages/one-line.js";
import { renderHtml } from "../messages/render-html.js";
import { renderText } from "../messages/render-text.js";
import type { Message, Messenger, SentMessage } from "../ports/messenger.js";
import { translateSmtpError } from "./smtp-error.js";

/** How long the mail server is waited for. */
export interface SmtpLimits {
  readonly timeoutMs: number;
  readonly retries: number;
  readonly minRetryDelayMs: number;
}

const smtpLimits: SmtpLimits = {
  timeoutMs: 30_000,
  retries: 3,
  minRetryDelayMs: 1000,
};

export interface SmtpOptions {
  /** `smtps://USER:PASSWORD@HOST:465` or `smtp://...:587`, with nodemailer's settings as its query. A secret. */
  readonly url: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly limits?: SmtpLimits;
}

const longestSubject = 200;

/**
 * Mail by SMTP. A password is sent only over an encrypted connection, unless the server is this machine or the URL says
 * `ignoreTLS=true`. A server that puts the mail off is asked again, with the same Message-ID. The thread is the first mail's.
 */
export class SmtpMessenger implements Messenger {
  readonly name: string;
  readonly #options: SmtpOptions;
  readonly #limits: SmtpLimits;
  readonly #server: string;
  readonly #secrets: readonly string[];
  readonly #transport: ReturnType<typeof openTransport>;

  constructor(options: SmtpOptions) {
    const { url, to, limits = smtpLimits } = options;
    const parsed = URL.canParse(url) ? new URL(url) : null;
    const login = parsed === null ? null : readLogin(parsed);
    if (
      parsed === null ||
      login === null ||
      !/^smtps?:$/.test(parsed.protocol) ||
      parsed.hostname === ""
    )
      throw new UsageError(
        "SLUICE_SMTP_URL is no mail server's URL: expected smtps://USER:PASSWORD@HOST:465 or smtp://USER:PASSWORD@HOST:587, with what is special in the password percent-encoded",
      );
    this.name = `mail to ${to.join(", ")}`;
    this.#options = options;
    this.#limits = limits;
    this.#server = parsed.host;
    const { user, password } = login;
    // As they go to the server by LOGIN and by PLAIN, which it may repeat.
    const encoded = [password, `\0${user}\0${password}`].map((text) =>
      Buffer.from(text).toString("base64"),
    );
    this.#secrets =
      password === "" ? [] : [password, parsed.password, ...encoded];
    this.#transport = openTransport(parsed, limits);
  }

  async send(message: Message, thread?: string): Promise<SentMessage> {
    const { from, to } = this.#options;
    const messageId = `<${randomUUID()}@${domainOf(from)}>`;
    const mail = {
      from,
      to: [...to],
      subject: cutText(oneLine(message.title), longestSubject),
      text: `${renderText(message)}\n`,
      html: renderHtml(message),
      messageId,
      ...(isMessageId(thread) && { inReplyTo: thread, references: [thread] }),
      // https://www.rfc-editor.org/rfc/rfc3834: no out-of-office answers.
      headers: { "Auto-Submitted": "auto-generated" },
      attachments: (message.attachments ?? []).map((attachment) => ({
        filename: attachment.name,
        contentType: attachment.mediaType,
        content: attachment.content,
      })),
    };
    const { rejected } = await pRetry(
      async () => {
        try {
          return await this.#transport.sendMail(mail);
        } catch (error) {
          throw translateSmtpError(error, this.#server, this.#secrets);
        }
      },
      {
        retries: this.#limits.retries,
        minTimeout: this.#limits.minRetryDelayMs,
        factor: 3,
        randomize: true,
        shouldRetry: ({ error }) =>
          error instanceof SluiceError && error.retryable,
      },
    );
    return {
      messages: 1,
      thread: isMessageId(thread) ? thread : messageId,
      ...(rejected.length > 0 && { refused: rejected.map(String) }),
    };
  }

  close(): Promise<void> {
    this.#transport.close();
    return Promise.resolve();
  }
}

/** Null where their percent-encoding is broken. */
function readLogin({ username, password }: URL) {
  try {
    return {
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
    };
  } catch {
    return null;
  }
}

function openTransport(url: URL, { timeoutMs }: SmtpLimits) {
  const isLocal = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(
    url.hostname,
  );
  const mayBePlain =
    isLocal ||
    url.password === "" ||
    url.searchParams.get("ignoreTLS") === "true";
  return createTransport({
    url: url.href,
    ...(!mayBePlain && { requireTLS: true }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

function isMessageId(thread: string | undefined): thread is string {
  return /^<[^<>\s]+@[^<>\s]+>$/.test(thread ?? "");
}

function domainOf(address: string): string {
  return /@([A-Za-z0-9.-]+)>?\s*$/.exec(address)?.[1] ?? "localhost";
}
