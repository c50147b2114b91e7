import { randomBytes } from "node:crypto";
import { bindLog } from "../bind-log.js";
import type { Catalog } from "../catalog/catalog.js";
import { NotReadyError } from "../errors.js";
import {
  addHours,
  hoursBetween,
  startOf,
  type FolderHour,
} from "../folder-hour.js";
import type { Log } from "../log.js";
import type { Message, Messenger } from "../ports/messenger.js";
import type { ObjectStore } from "../ports/object-store.js";
import type { Warehouse } from "../ports/warehouse.js";
import { addEarlierHour, advanceIncidents } from "./advance-incidents.js";
import { callHeartbeat } from "./call-heartbeat.js";
import { chooseAlert, markTold } from "./choose-alert.js";
import { deliverAlerts, refuseFailures } from "./deliver-alerts.js";
import { describeAlert } from "./describe-alert.js";
import { createHourFindings, type FindingsOf } from "./find-hours.js";
import type { AlertFinding, AlertKind, Incident } from "./model.js";
import { readWatchRecord } from "./read-watch-record.js";
import { takeWatchLease } from "./watch-lease.js";
import type { OutboxEntry, WatchRecord } from "./watch-record.js";

/** Missed hours that a run watches besides its own. */
const mostMissedHours = 23;
/** Days after which an incident that is over is forgotten. */
const keptHours = 30 * 24;

export interface WatchHourOptions {
  readonly catalog: Catalog;
  readonly hour: FolderHour;
  /** False: what would be told is returned, and nothing is sent or written. */
  readonly send: boolean;
  /** A secret; undefined: there is none. */
  readonly heartbeatUrl: string | undefined;
}

export interface WatchHourPorts {
  readonly source: ObjectStore;
  readonly stage: ObjectStore;
  readonly warehouse: Pick<Warehouse, "readLedger" | "readHours">;
  readonly messengers: readonly Messenger[];
  readonly clock: () => Date;
  readonly wait: (ms: number) => Promise<void>;
  readonly log: Log;
}

export interface WatchAlert {
  readonly kind: AlertKind;
  readonly incident: string;
  /** Empty: the whole hour. */
  readonly types: readonly string[];
  readonly message: Message;
}

/** Printed as it is by `--json`. */
export interface WatchHourResult {
  readonly hour: FolderHour;
  readonly run: string;
  /** Of the hour itself, those that are silenced or not confirmed yet included. */
  readonly findings: readonly AlertFinding[];
  /** What is new to tell. */
  readonly alerts: readonly WatchAlert[];
  readonly sent: number;
  /** Null: it was not called. */
  readonly heartbeat: boolean | null;
}

/**
 * Judges the hour, and those before it that no run has watched, and tells what is new of each incident: that it began, became much worse, goes on,
 * or is over. Findings are no failures. Throws NotReadyError before the hour has ended, ServiceError where an alert could not be sent: it is kept.
 */
export async function watchHour(
  options: WatchHourOptions,
  ports: WatchHourPorts,
): Promise<WatchHourResult> {
  const { catalog, hour, send, heartbeatUrl } = options;
  requireEnded(hour, ports.clock());
  const run = randomBytes(8).toString("hex");
  const log = bindLog(ports.log, { run, hour, type: null });
  const findings = await createHourFindings(catalog, hour, ports, log);
  if (!send) {
    const { record } = await readWatchRecord(ports.stage);
    const { alerts } = await planAlerts(options, record, findings);
    return {
      ...{ hour, run, alerts, sent: 0, heartbeat: null },
      findings: await findings.allOf(hour),
    };
  }
  const held = await takeWatchLease(run, ports);
  try {
    const { record } = held;
    const plan = await planAlerts(options, record, findings);
    const { alerts } = plan;
    logAlerts(alerts, ports.messengers, log);
    await held.save({
      watched:
        record.watched === null || record.watched < hour
          ? hour
          : record.watched,
      incidents: plan.incidents,
      outbox: [
        ...record.outbox,
        ...alerts.map((alert): OutboxEntry => ({
          id: `${run} ${alert.incident}`,
          incident: alert.incident,
          pending: ports.messengers.map(({ name }) => name),
          hour,
          message: alert.message,
        })),
      ].filter(({ pending }) => pending.length > 0),
    });
    const delivery = await deliverAlerts(held, ports.messengers, hour, log);
    await held.release();
    refuseFailures(delivery);
    return {
      ...{ hour, run, alerts, sent: delivery.sent },
      findings: await findings.allOf(hour),
      heartbeat:
        heartbeatUrl === undefined
          ? null
          : await callHeartbeat(heartbeatUrl, log),
    };
  } catch (error) {
    // The next run need not wait for the lease; where this one lost it, there is nothing to give back.
    await held.release().catch(() => undefined);
    throw error;
  }
}

function requireEnded(hour: FolderHour, now: Date): void {
  const end = startOf(addHours(hour, 1));
  if (now >= end) return;
  throw new NotReadyError(
    `${hour} ends at ${end.toISOString()}; it is ${now.toISOString()}. Watch it once its loads have run`,
  );
}

interface AlertPlan {
  readonly incidents: readonly Incident[];
  readonly alerts: readonly WatchAlert[];
}

async function planAlerts(
  { catalog, hour }: WatchHourOptions,
  { incidents: known, watched }: WatchRecord,
  findings: FindingsOf,
): Promise<AlertPlan> {
  let incidents = known;
  if (watched !== null && hour < watched) {
    incidents = addEarlierHour(
      known,
      await findings.of(hour),
      await findings.questionsAt(hour),
    );
  } else {
    const oldest = addHours(hour, -mostMissedHours);
    const next = watched === null ? hour : addHours(watched, 1);
    const first = next > hour ? hour : next < oldest ? oldest : next;
    for (const each of hoursBetween(first, hour))
      incidents = advanceIncidents(
        incidents,
        await findings.of(each),
        await findings.questionsAt(each),
      );
  }
  const alerts: WatchAlert[] = [];
  const told: Incident[] = [];
  for (const incident of incidents) {
    const kind = chooseAlert(
      incident,
      hour,
      await findings.isSilenced(incident, hour),
    );
    if (kind !== null)
      alerts.push({
        kind,
        incident: incident.id,
        types: incident.types,
        message: describeAlert(
          {
            kind,
            incident,
            findings: await findings.ofIncident(incident),
            hour,
          },
          catalog,
        ),
      });
    told.push(kind === null ? incident : markTold(incident, hour));
  }
  return {
    alerts,
    incidents: told.filter(
      ({ closed }) => closed === null || addHours(closed, keptHours) > hour,
    ),
  };
}

function logAlerts(
  alerts: readonly WatchAlert[],
  messengers: readonly Messenger[],
  log: Log,
): void {
  for (const { kind, incident, types, message } of alerts)
    log.warn(
      { type: types.length === 1 ? types[0] : null, alert: kind, incident },
      message.title,
    );
  if (messengers.length === 0 && alerts.length > 0)
    log.warn(
      { alerts: alerts.length },
      "nobody was told: the catalog names no channel; set report.slack or report.mail there",
    );
}
