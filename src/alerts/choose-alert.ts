import type { FolderHour } from "../folder-hour.js";
import { hoursFrom } from "./advance-incidents.js";
import type { AlertKind, Incident, IncidentKind, ToldState } from "./model.js";

/** By so much worse is worth another message. */
const worse = 1.5;

/** Hours after which people are told that it goes on. A type without an entry in the catalog loses nothing meanwhile. */
const reminderHours: Readonly<Record<IncidentKind, number>> = {
  undone: 24,
  too_few: 24,
  too_many: 24,
  repeated: 24,
  late: 24,
  set_aside: 24,
  unknown_type: 168,
};

/**
 * What is to be told of the incident at this hour; null: nothing new.
 * @param isSilenced The catalog keeps what it has now from being told.
 */
export function chooseAlert(
  incident: Incident,
  hour: FolderHour,
  isSilenced: boolean,
): AlertKind | null {
  const { told, closed } = incident;
  if (told === null) return "open";
  if (closed !== null) return told.over ? null : "over";
  if (isSilenced) return null;
  return hoursFrom(told.hour, hour) >= reminderHours[incident.kind] ||
    isMaterial(incident, told)
    ? "update"
    : null;
}

function isMaterial(incident: Incident, told: ToldState): boolean {
  return (
    incident.stage !== told.stage ||
    incident.severity >= Math.max(worse * told.severity, Number.MIN_VALUE) ||
    incident.types.length >= worse * Math.max(1, told.types) ||
    countUndoneHours(incident) >= worse * Math.max(1, told.undone)
  );
}

export function markTold(incident: Incident, hour: FolderHour): Incident {
  return {
    ...incident,
    told: {
      hour,
      severity: incident.severity,
      stage: incident.stage,
      types: incident.types.length,
      undone: countUndoneHours(incident),
      over: incident.closed !== null,
    },
  };
}

function countUndoneHours({ undone }: Incident): number {
  return new Set(undone.map(({ hour }) => hour)).size;
}
