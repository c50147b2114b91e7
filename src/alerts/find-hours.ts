import type { Catalog } from "../catalog/catalog.js";
import { addHours, hoursBetween, type FolderHour } from "../folder-hour.js";
import type { Log } from "../log.js";
import type { Warehouse } from "../ports/warehouse.js";
import {
  covers,
  type HourFindings,
  type IncidentQuestions,
} from "./advance-incidents.js";
import type { Silence } from "../watch/model.js";
import { isOfLoad } from "./find-undone-type.js";
import { chooseSettings } from "./choose-settings.js";
import { createCountVerdicts } from "./judge-counts.js";
import { judgeHour, type JudgeHourPorts } from "./judge-hour.js";
import { mergeCauses } from "./merge-causes.js";
import { kindOf, type AlertFinding, type Incident } from "./model.js";
import { readHistory } from "./read-history.js";

/** Hours before the watched one that its bands can be asked for. */
const verdictHours = 96;

/** Answers for any of the last hours; each is judged once, when it is first asked for. */
export interface FindingsOf {
  of(hour: FolderHour): Promise<HourFindings>;
  /** Those that are silenced too. */
  allOf(hour: FolderHour): Promise<readonly AlertFinding[]>;
  /** What the hour's incidents ask, answered before. */
  questionsAt(hour: FolderHour): Promise<IncidentQuestions>;
  /** What its last bad hour broke. */
  ofIncident(incident: Incident): Promise<readonly AlertFinding[]>;
  /** Whether the catalog silences what the hour has of it, or all of it. */
  isSilenced(incident: Incident, hour: FolderHour): Promise<boolean>;
}

/** Reads the ledger once. Findings that the catalog silences are logged, and so are those whose silence has ended. */
export async function createHourFindings(
  catalog: Catalog,
  to: FolderHour,
  ports: JudgeHourPorts & {
    readonly warehouse: Pick<Warehouse, "readLedger" | "readHours">;
    readonly clock: () => Date;
  },
  log: Log,
): Promise<FindingsOf> {
  const settingsOf = chooseSettings(catalog);
  const history = await readHistory(to, ports.warehouse);
  const counts = createCountVerdicts(
    history,
    settingsOf,
    addHours(to, -verdictHours),
    to,
  );
  const judged = new Map<FolderHour, Promise<readonly AlertFinding[]>>();
  const sorted = new Map<FolderHour, Promise<HourFindings>>();
  const now = ports.clock();

  function allOf(hour: FolderHour): Promise<readonly AlertFinding[]> {
    let found = judged.get(hour);
    if (found === undefined) {
      found = judgeHour({ catalog, hour, settingsOf, history, counts }, ports);
      judged.set(hour, found);
    }
    return found;
  }

  async function sort(hour: FolderHour): Promise<HourFindings> {
    const told: AlertFinding[] = [];
    const silenced: AlertFinding[] = [];
    for (const finding of await allOf(hour)) {
      const silence = findSilence(finding, catalog.watch.silences, now, log);
      (silence === undefined ? told : silenced).push(finding);
    }
    return { hour, findings: mergeCauses(told), silenced };
  }

  function of(hour: FolderHour): Promise<HourFindings> {
    let found = sorted.get(hour);
    if (found === undefined) {
      found = sort(hour);
      sorted.set(hour, found);
    }
    return found;
  }

  async function questionsAt(hour: FolderHour): Promise<IncidentQuestions> {
    const window = Math.max(
      ...[null, ...catalog.types.keys()].map(
        (type) => settingsOf(type).confirm.of,
      ),
    );
    const byHour = new Map<FolderHour, readonly AlertFinding[]>();
    for (const each of hoursBetween(addHours(hour, 1 - window), hour))
      byHour.set(each, await allOf(each));
    const badHours = (
      kind: Incident["kind"],
      type: string | null,
      hours: number,
    ) =>
      hoursBetween(addHours(hour, 1 - hours), hour)
        .map((each) =>
          (byHour.get(each) ?? []).filter(
            (finding) => finding.type === type && kindOf(finding) === kind,
          ),
        )
        .filter(({ length }) => length > 0);
    return {
      isConfirmed: (finding) => {
        const { hours, of: outOf } = settingsOf(finding.type).confirm;
        const bad = badHours(kindOf(finding), finding.type, outOf);
        return bad.length >= hours;
      },
      isFine: (kind, type) =>
        badHours(kind, type, settingsOf(type).confirm.of).length === 0,
      isDone: (undone) =>
        undone.type === null
          ? history.hours.some((row) => row.folderHour === undone.hour)
          : (history.loads
              .get(undone.type)
              ?.some(
                (load) => load.hour === undone.hour && isOfLoad(undone, load),
              ) ?? false),
      recentOf: (finding) => {
        const { of: outOf } = settingsOf(finding.type).confirm;
        return badHours(kindOf(finding), finding.type, outOf).flat();
      },
    };
  }

  return {
    of,
    allOf,
    questionsAt,
    ofIncident: async ({ kind, types, lastBad }) => {
      if (lastBad < history.from || lastBad > to) return [];
      const { findings } = await of(lastBad);
      return findings.filter(
        (finding) =>
          kindOf(finding) === kind &&
          (finding.type === null
            ? types.length === 0
            : types.includes(finding.type)),
      );
    },
    isSilenced: async (incident, hour) => {
      const { findings, silenced } = await of(hour);
      const isOf = (finding: AlertFinding) => covers(incident, finding);
      if (findings.some(isOf)) return false;
      const types = incident.types.length === 0 ? [null] : incident.types;
      return (
        silenced.some(isOf) ||
        types.every((type) =>
          catalog.watch.silences.some(
            (silence) =>
              now < silence.until &&
              isAbout(silence, { type, rule: incident.rule }),
          ),
        )
      );
    },
  };
}

function isAbout(
  silence: Silence,
  { type, rule }: Pick<AlertFinding, "type" | "rule">,
): boolean {
  return (
    (silence.type === null || silence.type === type) &&
    (silence.rule === null || silence.rule === rule)
  );
}

function findSilence(
  { type, rule, hour }: AlertFinding,
  silences: readonly Silence[],
  now: Date,
  log: Log,
): Silence | undefined {
  const matching = silences.filter((silence) =>
    isAbout(silence, { type, rule }),
  );
  const standing = matching.find(({ until }) => now < until);
  const ended = matching[0];
  if (standing !== undefined)
    log.info(
      {
        ...{ hour, type, rule, why: standing.why },
        until: standing.until.toISOString(),
      },
      "a finding is silenced by the catalog",
    );
  else if (ended !== undefined)
    log.warn(
      {
        ...{ hour, type, rule, why: ended.why },
        until: ended.until.toISOString(),
      },
      "a silence of the catalog has ended, and its finding is told: take the entry out, or give it a later date",
    );
  return standing;
}
