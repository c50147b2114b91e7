import type { Manifest } from "../classify/manifest.js";
import type { FolderHour } from "../folder-hour.js";
import type { ObjectStore } from "../ports/object-store.js";
import type { Finding, HourVerdict } from "../watch/model.js";
import { count, percent } from "./format-amounts.js";
import type { JudgeOptions } from "./judge-options.js";
import { findOddLateness } from "./judge-lateness.js";
import { findOddShare } from "./judge-set-aside.js";
import {
  describeArrival,
  locateLoss,
  type Arrival,
  type SplitCounts,
} from "./locate-loss.js";
import { kindOf, type AlertFinding } from "./model.js";
import { readQuarantineReasons } from "./read-quarantine-reasons.js";
import type { TypeLoad } from "./read-history.js";

export interface JudgeTypePorts {
  readonly stage: ObjectStore;
  /** Null where there is no manifest. */
  readonly openArrival: () => Promise<Arrival | null>;
}

/** Every rule that one type's hour breaks. Of those that judge its counts it is one at most. */
export async function judgeType(
  type: string,
  manifest: Manifest | null,
  split: SplitCounts | null,
  options: JudgeOptions,
  ports: JudgeTypePorts,
): Promise<AlertFinding[]> {
  const { hour, history, settingsOf, counts } = options;
  const loads = history.loads.get(type) ?? [];
  const load = loads.findLast((each) => each.hour === hour);
  const before = loads.filter((each) => each.hour < hour);
  const verdict = counts(type, hour);
  const undone = findUndone(type, manifest, load, before);
  const reasons =
    load?.jobId == null
      ? []
      : await readQuarantineReasons(ports.stage, type, hour, load.jobId);
  const [finding] = verdict?.findings ?? [];
  const ofCounts =
    undone !== null
      ? [notLoaded(type, hour, undone, verdict)]
      : finding === undefined
        ? []
        : [
            locateFinding(finding, {
              type,
              expected: verdict?.band?.expected ?? finding.expected,
              staged:
                manifest === null ? null : (manifest.types[type]?.rows ?? 0),
              load,
              arrival: await ports.openArrival(),
              split,
              reasons,
            }),
          ];
  if (load === undefined) return ofCounts;
  const base = {
    type,
    hour,
    since: hour,
    stage: "load",
    undone: null,
  } as const;
  const odd = findOddShare(
    { setAside: load.setAside, all: load.rows + load.setAside },
    before.map((each) => ({
      setAside: each.setAside,
      all: each.rows + each.setAside,
    })),
    settingsOf(type).minRows,
  );
  const late = findOddLateness(
    load.latenessMs,
    before.map(({ latenessMs }) => latenessMs),
  );
  return [
    ...ofCounts,
    ...(odd === null
      ? []
      : [
          {
            ...base,
            rule: "set_aside",
            found: `${load.setAside} of ${load.rows + load.setAside} rows set aside (${percent(odd.share)})`,
            expected: `up to ${percent(odd.high)}, usually ${percent(odd.usual)}`,
            severity: odd.share,
            details: describeReasons(reasons),
          } as const,
        ]),
    ...(late === null
      ? []
      : [
          {
            ...base,
            rule: "late",
            found: `loaded ${late.minutes} minutes after the hour's end`,
            expected: `up to ${late.highMinutes}, usually ${late.usualMinutes}`,
            severity: late.minutes,
            details: [],
          } as const,
        ]),
  ];
}

function describeReasons(reasons: readonly string[]): string[] {
  return reasons.length === 0
    ? []
    : [`Top reasons of the rows set aside: ${reasons.join("; ")}.`];
}

/** What the load still owes. */
interface Undone {
  readonly seq: number;
  readonly found: number;
  readonly staged: number;
  readonly detail: string;
  readonly stage: "classify" | "load";
}

function findUndone(
  type: string,
  manifest: Manifest | null,
  load: TypeLoad | undefined,
  before: readonly TypeLoad[],
): Undone | null {
  if (manifest === null) return null;
  const staged = manifest.types[type];
  if (staged === undefined)
    // Without loads before, the catalog has only just got the type.
    return load === undefined && before.length > 0
      ? {
          seq: manifest.seq + 1,
          found: 0,
          staged: 0,
          stage: "classify",
          detail:
            "The manifest lacks the type: the hour was classified by a catalog without it.",
        }
      : null;
  const found = load === undefined ? 0 : load.rows + load.setAside;
  if (load === undefined ? staged.rows === 0 : load.seq >= manifest.seq)
    return null;
  if (staged.rows <= found) return null;
  return {
    seq: manifest.seq,
    found,
    staged: staged.rows,
    stage: "load",
    detail:
      load === undefined
        ? `${count(staged.rows, "row")} are staged (seq ${manifest.seq}), and were never loaded.`
        : `${count(staged.rows, "row")} are staged (seq ${manifest.seq}); the table has the ${load.rows} of seq ${load.seq}.`,
  };
}

function notLoaded(
  type: string,
  hour: FolderHour,
  { seq, found, staged, stage, detail }: Undone,
  verdict: HourVerdict | undefined,
): AlertFinding {
  const band = verdict?.band ?? null;
  return {
    rule: "missing",
    type,
    hour,
    since: hour,
    stage,
    found: `${count(found, "row")} loaded`,
    expected:
      band === null
        ? `the ${staged} that are staged`
        : describeBand(band.low, band.high, band.expected),
    severity: 1 - found / Math.max(1, staged),
    undone: { type, seq },
    details: [detail],
  };
}

function locateFinding(
  finding: Finding,
  about: {
    readonly type: string;
    /** Of the hour alone. */
    readonly expected: number;
    readonly staged: number | null;
    readonly load: TypeLoad | undefined;
    readonly arrival: Arrival | null;
    readonly split: SplitCounts | null;
    readonly reasons: readonly string[];
  },
): AlertFinding {
  const { type, staged, load, arrival, split, reasons } = about;
  const { rule, hour, since, rows, low, high, expected } = finding;
  const hours = since === hour ? "" : ` since ${since}`;
  const base = {
    rule,
    type,
    hour,
    since,
    found: `${count(rows, "row")}${hours}`,
    expected: describeBand(low, high, expected),
    undone: null,
  };
  if (kindOf(rule) !== "too_few")
    return {
      ...base,
      stage: "source",
      severity: rows / Math.max(1, expected),
      details: [
        ...(finding.sameAs === undefined
          ? []
          : [`It has the content of ${finding.sameAs}.`]),
        ...(arrival === null ? [] : [describeArrival(arrival)]),
      ],
    };
  const located = locateLoss(
    {
      expected: about.expected,
      staged,
      loaded: load?.rows ?? null,
      setAsideByLoad: load?.setAside ?? 0,
    },
    arrival,
    split,
  );
  return {
    ...base,
    stage: located.stage,
    severity: 1 - rows / Math.max(1, expected),
    details: [
      ...located.details,
      ...(located.stage === "load" ? describeReasons(reasons) : []),
    ],
  };
}

function describeBand(low: number, high: number, expected: number): string {
  return `${Math.round(low)} to ${Math.round(high)} rows, usually ${Math.round(expected)}`;
}
