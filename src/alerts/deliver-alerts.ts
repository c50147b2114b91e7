import { AccessError, ServiceError, SluiceError } from "../errors.js";
import type { FolderHour } from "../folder-hour.js";
import type { Log } from "../log.js";
import type { Messenger, SentMessage } from "../ports/messenger.js";
import { hoursFrom } from "./advance-incidents.js";
import type { Incident } from "./model.js";
import type { HeldRecord } from "./watch-lease.js";
import type { OutboxEntry, WatchRecord } from "./watch-record.js";

/** What could not be sent for a week is news to nobody. */
const keptHours = 168;

export interface Delivery {
  /** Messages sent, each messenger's counted. */
  readonly sent: number;
  /** Why each that was tried, and not sent, failed. */
  readonly failures: readonly SluiceError[];
}

/**
 * Sends what the outbox holds, to each messenger in order, and records each one as soon as it is sent: killed between the two,
 * it is sent once more by the next run, and never lost. After a failure of its service a messenger's others wait for the next run;
 * one that it refuses holds up no other.
 */
export async function deliverAlerts(
  held: HeldRecord,
  messengers: readonly Messenger[],
  hour: FolderHour,
  log: Pick<Log, "info" | "warn">,
): Promise<Delivery> {
  let sent = 0;
  const failures: SluiceError[] = [];
  await dropStale(held, messengers, hour, log);
  for (const messenger of messengers) {
    for (const entry of held.record.outbox) {
      if (!entry.pending.includes(messenger.name)) continue;
      const { incident, message } = entry;
      const about = {
        ...describeEntry(held.record, entry),
        channel: messenger.name,
      };
      let answer: SentMessage;
      try {
        answer = await messenger.send(
          message,
          findThread(held.record, incident, messenger.name),
        );
      } catch (error) {
        if (!(error instanceof SluiceError)) throw error;
        log.warn(
          { ...about, reason: error.message },
          "an alert was not sent; the next watch --send tries again",
        );
        failures.push(error);
        if (error instanceof AccessError) continue;
        break;
      }
      // Outside of the try: a lease that is lost here ends the run.
      const { thread, refused = [] } = answer;
      await held.save(markSent(held.record, entry, messenger.name, thread));
      log.info(about, "alert sent");
      if (refused.length > 0)
        log.warn(
          { ...about, refused },
          "the mail server refuses some receivers, and the others have the alert: check report.mail.to in the catalog",
        );
      sent += 1;
    }
  }
  return { sent, failures };
}

/** Throws the first failure's kind, with each in words; nothing where there is none. */
export function refuseFailures({ failures }: Delivery): void {
  const [first] = failures;
  if (first === undefined) return;
  const reasons = new Set(failures.map((each) => each.message));
  const message = `alerts were not sent, and are kept for the next watch --send: ${[...reasons].join("; ")}`;
  throw failures.every((each) => each instanceof AccessError)
    ? new AccessError(message, { cause: first })
    : new ServiceError(message, { cause: first });
}

/** What each line of the log says of an entry. */
function describeEntry(
  record: WatchRecord,
  { hour, incident }: OutboxEntry,
): object {
  const types = findIncident(record, incident)?.types ?? [];
  return { hour, type: types.length === 1 ? types[0] : null, incident };
}

function findThread(
  record: WatchRecord,
  id: string,
  messenger: string,
): string | undefined {
  return findIncident(record, id)?.threads[messenger];
}

function findIncident(
  { incidents }: WatchRecord,
  id: string,
): Incident | undefined {
  return incidents.find((incident) => incident.id === id);
}

function markSent(
  { incidents, outbox }: WatchRecord,
  sent: OutboxEntry,
  messenger: string,
  thread: string | null,
): Partial<WatchRecord> {
  return {
    outbox: outbox
      .map((entry) =>
        entry.id === sent.id
          ? {
              ...entry,
              pending: entry.pending.filter((name) => name !== messenger),
            }
          : entry,
      )
      .filter(({ pending }) => pending.length > 0),
    incidents: incidents.map((incident) =>
      incident.id === sent.incident &&
      thread !== null &&
      incident.threads[messenger] === undefined
        ? {
            ...incident,
            threads: { ...incident.threads, [messenger]: thread },
          }
        : incident,
    ),
  };
}

/** What is too old, or was for a channel that is configured no more. */
async function dropStale(
  held: HeldRecord,
  messengers: readonly Messenger[],
  hour: FolderHour,
  log: Pick<Log, "warn">,
): Promise<void> {
  const names = messengers.map(({ name }) => name);
  const outbox = held.record.outbox.flatMap((entry) => {
    const pending = entry.pending.filter((name) => names.includes(name));
    const isOld = hoursFrom(entry.hour, hour) > keptHours;
    if (!isOld && pending.length > 0) return [{ ...entry, pending }];
    log.warn(
      {
        ...describeEntry(held.record, entry),
        channels: entry.pending,
        alert: entry.message.title,
      },
      "an alert was never sent, and is given up",
    );
    return [];
  });
  if (outbox.length < held.record.outbox.length) await held.save({ outbox });
}
