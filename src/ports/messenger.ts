/** Plain text throughout: nothing in it is markup, whatever it looks like. Each messenger escapes it for where it goes. */
export type MessagePart =
  /** One line. */
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "paragraph"; readonly text: string }
  | MessageTable
  /** Shown as they are, in letters of one width: commands to copy, rows of logs. */
  | { readonly kind: "code"; readonly lines: readonly string[] }
  /** `url` is http: or https:. */
  | { readonly kind: "link"; readonly text: string; readonly url: string };

export interface MessageTable {
  readonly kind: "table";
  readonly columns: readonly {
    readonly name: string;
    readonly align: "left" | "right";
  }[];
  /** A cell for each column. */
  readonly rows: readonly (readonly string[])[];
}

export interface MessageAttachment {
  /** A file's name, without folders. */
  readonly name: string;
  /** Such as `text/html; charset=utf-8`. */
  readonly mediaType: string;
  readonly content: string;
}

export interface Message {
  /** One line: a mail's subject, a phone's notification, what a screen reader says first. */
  readonly title: string;
  readonly parts: readonly MessagePart[];
  /** Only mail takes them. */
  readonly attachments?: readonly MessageAttachment[];
}

export interface SentMessage {
  /** How many messages it took. */
  readonly messages: number;
  /** Opaque: names the conversation to this messenger, for what follows. Null where it has none. */
  readonly thread: string | null;
  /** Receivers that the service refused, where the others have it; left out where it took all. */
  readonly refused?: readonly string[];
}

/**
 * Tells people. Every error is a SluiceError: AccessError where the service refuses the caller, its channel or all
 * receivers, ServiceError where it failed after its retries. No message of an error holds a token, a password or a webhook's URL.
 */
export interface Messenger {
  /** For messages and logs, such as `Slack channel #data`; holds no secret. */
  readonly name: string;

  /**
   * Sends the whole message, over several where one can't take it. With `thread`, of an earlier answer, it follows that one
   * where the messenger can; otherwise it stands alone. A repeated call sends it again.
   */
  send(message: Message, thread?: string): Promise<SentMessage>;

  /** Ends all connections; the messenger can't be used after. */
  close(): Promise<void>;
}
