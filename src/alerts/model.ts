import type { FolderHour } from "../folder-hour.js";
import type { RuleName } from "../watch/model.js";

/** Where in the pipe a loss shows first. `set_aside` is classify's; what a load sets aside is lost at `load`. */
export type LossStage = "source" | "classify" | "set_aside" | "load";

/** What goes on as one incident, whichever rules its hours break. */
export type IncidentKind = "undone" | KindOfRule;

type KindOfRule =
  "too_few" | "too_many" | "repeated" | "late" | "unknown_type" | "set_aside";

const kindOfRule: Readonly<Record<RuleName, KindOfRule>> = {
  missing: "too_few",
  drop: "too_few",
  flatline: "repeated",
  jump: "too_many",
  duplicate: "repeated",
  late: "late",
  unknown_type: "unknown_type",
  set_aside: "set_aside",
};

/** What waits for its load is one thing, and too few rows of the same hour another: each ends in its own way. */
export function kindOf({
  rule,
  undone,
}: Pick<AlertFinding, "rule" | "undone">): IncidentKind {
  return undone === null ? kindOfRule[rule] : "undone";
}

/** One hour that breaks a rule. */
export interface AlertFinding {
  readonly rule: RuleName;
  /** Null: the whole hour. */
  readonly type: string | null;
  readonly hour: FolderHour;
  /** The first of the hours that it rests on; mostly `hour` itself. */
  readonly since: FolderHour;
  readonly stage: LossStage;
  /** In words: rows, a share, a time. */
  readonly found: string;
  /** In words; null where there is no usual. */
  readonly expected: string | null;
  /** Grows with the damage; compared within one incident alone. */
  readonly severity: number;
  /** What the hour waits for; null: nothing. */
  readonly undone: Omit<UndoneHour, "hour"> | null;
  /** Sentences: what shows at that stage. */
  readonly details: readonly string[];
}

/** What has not been done of an hour: a load, or its classification. */
export interface UndoneHour {
  readonly hour: FolderHour;
  /** Null: all of them. */
  readonly type: string | null;
  /** The least that does it. */
  readonly seq: number;
  /** Of that seq, the classification that is to be loaded; without one, any is. */
  readonly run?: string;
}

/** What people were last told of an incident. */
export interface ToldState {
  readonly hour: FolderHour;
  readonly severity: number;
  readonly stage: LossStage;
  readonly types: number;
  /** How many hours were to be loaded yet. */
  readonly undone: number;
  /** Whether they were told that it is over. */
  readonly over: boolean;
}

export interface Incident {
  /** Of its first hour, kind and type. */
  readonly id: string;
  readonly kind: IncidentKind;
  readonly rule: RuleName;
  readonly stage: LossStage;
  /** Empty: the whole hour. */
  readonly types: readonly string[];
  readonly since: FolderHour;
  /** The last hour that broke a rule. */
  readonly lastBad: FolderHour;
  readonly severity: number;
  /** Hours that are to be loaded yet; the incident stays open for them. */
  readonly undone: readonly UndoneHour[];
  /** Null: nobody yet. */
  readonly told: ToldState | null;
  /** The hour at which it was seen to be over; null: it is open. */
  readonly closed: FolderHour | null;
  /** By messenger's name: the conversation in which it was told. */
  readonly threads: Readonly<Record<string, string>>;
}

export type AlertKind = "open" | "update" | "over";
