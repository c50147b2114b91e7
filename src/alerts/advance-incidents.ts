import { startOf, type FolderHour } from "../folder-hour.js";
import {
  kindOf,
  type AlertFinding,
  type Incident,
  type IncidentKind,
  type LossStage,
  type UndoneHour,
} from "./model.js";

/** More types than this of one hour, kind and stage are one incident. */
const mostAlone = 5;
/** After so many fine hours nothing that is still undone keeps an incident open. */
const undoneHours = 72;
const hourMs = 3_600_000;

export interface HourFindings {
  readonly hour: FolderHour;
  /** Those that may be told. */
  readonly findings: readonly AlertFinding[];
  /** Those that the catalog silences: they keep an incident open, and change nothing else. */
  readonly silenced: readonly AlertFinding[];
}

export interface IncidentQuestions {
  /** Whether enough of the last hours broke the rule for it to speak. */
  isConfirmed(finding: AlertFinding): boolean;
  /** Whether none of the last hours broke a rule of this kind for this type; null: for the hour as a whole. */
  isFine(kind: IncidentKind, type: string | null): boolean;
  isDone(undone: UndoneHour): boolean;
  /** What the last hours that confirm it broke of its kind for its type, its own hour included. */
  recentOf(finding: AlertFinding): readonly AlertFinding[];
}

/** The incidents after one more hour: those that go on, those that are over, and those that begin. An hour may be given again. */
export function advanceIncidents(
  incidents: readonly Incident[],
  hour: HourFindings,
  ask: IncidentQuestions,
): Incident[] {
  const left = new Set(hour.findings);
  const advanced = incidents.map((incident) => {
    if (incident.closed !== null) return incident;
    const matching = hour.findings.filter((finding) =>
      continues(incident, finding),
    );
    for (const finding of matching) left.delete(finding);
    const isSilenced = hour.silenced.some((finding) =>
      continues(incident, finding),
    );
    return goOn(incident, hour.hour, matching, isSilenced, ask);
  });
  const begun = groupFindings(
    [...left].filter((each) => ask.isConfirmed(each)),
  );
  return [...advanced, ...begun.map((group) => begin(group, ask))];
}

/** The same for an hour that is before the last one watched: what it has that was never told, and nothing else. */
export function addEarlierHour(
  incidents: readonly Incident[],
  { findings, hour }: HourFindings,
  ask: IncidentQuestions,
): Incident[] {
  const unknown = findings.filter(
    (finding) =>
      !incidents.some(
        (incident) =>
          covers(incident, finding) &&
          incident.since <= hour &&
          (incident.closed === null || hour <= incident.closed),
      ) && ask.isConfirmed(finding),
  );
  return [
    ...incidents,
    ...groupFindings(unknown)
      .map((group) => begin(group, ask))
      .map((incident) => ({ ...incident, closed: hour })),
  ];
}

export function covers(
  { kind, types }: Incident,
  finding: AlertFinding,
): boolean {
  return (
    kind === kindOf(finding) &&
    (finding.type === null ? types.length === 0 : types.includes(finding.type))
  );
}

function continues(incident: Incident, finding: AlertFinding): boolean {
  if (covers(incident, finding)) return true;
  // What ails many types may come to ail one more.
  return (
    incident.types.length > mostAlone &&
    finding.type !== null &&
    incident.kind === kindOf(finding) &&
    incident.stage === finding.stage
  );
}

function goOn(
  incident: Incident,
  hour: FolderHour,
  matching: readonly AlertFinding[],
  isSilenced: boolean,
  ask: IncidentQuestions,
): Incident {
  const undone = mergeUndone(incident.undone, matching).filter(
    (each) => !ask.isDone(each),
  );
  if (matching.length > 0) {
    const worst = findWorst(matching);
    const types = new Set(incident.types);
    for (const { type } of matching) if (type !== null) types.add(type);
    return {
      ...incident,
      types: [...types],
      rule: worst.rule,
      stage: commonStage(matching),
      severity: worst.severity,
      lastBad: hour > incident.lastBad ? hour : incident.lastBad,
      undone,
    };
  }
  const types = incident.types.length === 0 ? [null] : incident.types;
  const isOver =
    !isSilenced &&
    types.every((type) => ask.isFine(incident.kind, type)) &&
    (undone.length === 0 || hoursFrom(incident.lastBad, hour) >= undoneHours);
  return { ...incident, undone, closed: isOver ? hour : null };
}

function groupFindings(findings: readonly AlertFinding[]): AlertFinding[][] {
  const groups = new Map<string, AlertFinding[]>();
  for (const finding of findings) {
    const { stage, type } = finding;
    const key = `${kindOf(finding)} ${stage} ${type === null ? "hour" : "types"}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()].flatMap((group) =>
    new Set(group.map(({ type }) => type)).size > mostAlone
      ? [group]
      : group.map((finding) => [finding]),
  );
}

function begin(
  findings: readonly AlertFinding[],
  ask: IncidentQuestions,
): Incident {
  const recent = findings.flatMap((finding) => ask.recentOf(finding));
  const worst = findWorst(findings);
  const { hour, rule } = worst;
  const kind = kindOf(worst);
  const types = [
    ...new Set(
      findings.map(({ type }) => type).filter((type) => type !== null),
    ),
  ];
  const stage = commonStage(findings);
  const name =
    types.length > 1
      ? `${types.length} types at ${stage}`
      : (types[0] ?? "hour");
  return {
    id: `${hour} ${kind} ${name}`,
    kind,
    rule,
    stage,
    types,
    since: [...findings, ...recent].map(({ since }) => since).sort()[0] ?? hour,
    lastBad: hour,
    severity: worst.severity,
    undone: mergeUndone(mergeUndone([], recent), findings).filter(
      (each) => !ask.isDone(each),
    ),
    told: null,
    closed: null,
    threads: {},
  };
}

function findWorst(findings: readonly AlertFinding[]): AlertFinding {
  const [worst] = [...findings].sort(
    (one, other) => other.severity - one.severity,
  );
  if (worst === undefined) throw new Error("an incident needs a finding");
  return worst;
}

/** The stage of most of them. */
function commonStage(findings: readonly AlertFinding[]): LossStage {
  const counts = new Map<LossStage, number>();
  for (const { stage } of findings)
    counts.set(stage, (counts.get(stage) ?? 0) + 1);
  const [first] = [...counts].sort(([, one], [, other]) => other - one);
  return first?.[0] ?? "source";
}

function mergeUndone(
  known: readonly UndoneHour[],
  findings: readonly AlertFinding[],
): UndoneHour[] {
  const merged = [...known];
  for (const { hour, undone } of findings) {
    if (undone === null) continue;
    const stands = merged.some(
      (each) => each.hour === hour && each.type === undone.type,
    );
    if (!stands) merged.push({ hour, ...undone });
  }
  return merged;
}

export function hoursFrom(from: FolderHour, to: FolderHour): number {
  return (startOf(to).getTime() - startOf(from).getTime()) / hourMs;
}
