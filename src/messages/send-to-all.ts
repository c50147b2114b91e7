import { SluiceError } from "../errors.js";
import type { Message, Messenger } from "../ports/messenger.js";

export interface SentToAll {
  readonly sent: readonly {
    readonly to: string;
    readonly messages: number;
    /** Receivers that don't have it; left out where all have. */
    readonly refused?: readonly string[];
  }[];
  readonly failures: readonly {
    readonly to: string;
    readonly error: SluiceError;
  }[];
}

/** Sends to each, also after one has failed. Whoever opened them ends their connections: what is no SluiceError is thrown at once. */
export async function sendToAll(
  messengers: readonly Messenger[],
  message: Message,
): Promise<SentToAll> {
  const sent: SentToAll["sent"][number][] = [];
  const failures: SentToAll["failures"][number][] = [];
  for (const messenger of messengers) {
    try {
      const { messages, refused } = await messenger.send(message);
      sent.push({
        to: messenger.name,
        messages,
        ...(refused !== undefined && { refused }),
      });
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      failures.push({ to: messenger.name, error });
    }
  }
  return { sent, failures };
}
