import { isBeforeStart } from "../catalog/is-before-start.js";
import type { Manifest } from "../classify/manifest.js";
import type { ObjectStore } from "../ports/object-store.js";
import { describeUndoneType, findUndoneType } from "./find-undone-type.js";
import { percent } from "./format-amounts.js";
import type { JudgeOptions } from "./judge-options.js";
import { findOddLateness } from "./judge-lateness.js";
import { findOddShare } from "./judge-set-aside.js";
import { describeMisfits, locateFinding } from "./locate-finding.js";
import type { Arrival, SplitCounts } from "./locate-loss.js";
import type { AlertFinding } from "./model.js";
import { readQuarantineReasons } from "./read-quarantine-reasons.js";

export interface JudgeTypePorts {
  readonly stage: ObjectStore;
  /** Null where there is no manifest. */
  readonly openArrival: () => Promise<Arrival | null>;
}

/** Every rule that one type's hour breaks. Of those that judge its counts it is one at most, besides that rows wait for their load. */
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
  const logType = options.catalog.types.get(type);
  // Nobody loads hours before a type's start; one that was loaded all the same is kept.
  const isDue =
    load !== undefined ||
    logType === undefined ||
    !isBeforeStart(logType, hour);
  const undone = isDue ? findUndoneType(type, manifest, load, before) : null;
  const misfits =
    load?.jobId == null
      ? []
      : await readQuarantineReasons(ports.stage, type, hour, load.jobId);
  const waiting = undone?.waiting ?? null;
  const verdict =
    waiting === null
      ? counts.loaded(type, hour)
      : counts.staged(type, { hour, ...waiting });
  const finding =
    undone !== null && waiting === null ? undefined : verdict?.findings[0];
  const ofCounts: AlertFinding[] = [];
  if (undone !== null)
    ofCounts.push(
      describeUndoneType(
        type,
        hour,
        undone,
        // Where those that are staged are not the usual either, another finding tells it.
        finding === undefined ? (verdict?.band ?? null) : null,
      ),
    );
  if (finding !== undefined)
    ofCounts.push(
      locateFinding(finding, {
        type,
        expected: verdict?.band?.expected ?? finding.expected,
        staged: manifest === null ? null : (manifest.types[type]?.rows ?? 0),
        // What waits is not lost in load.
        loaded: waiting === null ? (load?.rows ?? null) : waiting.rows,
        setAsideByLoad: waiting === null ? (load?.setAside ?? 0) : 0,
        isWaiting: waiting !== null,
        arrival: await ports.openArrival(),
        split,
        misfits,
      }),
    );
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
            details: describeMisfits(misfits),
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
