import type { Manifest } from "../classify/manifest.js";
import { readManifest } from "../classify/read-manifest.js";
import { DataRefusedError } from "../errors.js";
import type { FolderHour } from "../folder-hour.js";
import type { ObjectStore } from "../ports/object-store.js";
import { findOddLateness } from "./judge-lateness.js";
import { judgeType } from "./judge-type.js";
import { countOf } from "../count-of.js";
import { percent } from "./format-amounts.js";
import type { JudgeOptions } from "./judge-options.js";
import {
  compareSplit,
  describeReasons,
  type UsualSplit,
} from "./compare-split.js";
import type { Arrival } from "./locate-loss.js";
import type { AlertFinding } from "./model.js";
import { listSourceHour, readArrival } from "./read-arrival.js";
import { latenessOf } from "./read-history.js";
import { findOddShare, usualShare } from "./judge-set-aside.js";
import { findMedian } from "./usual.js";

export interface JudgeHourPorts {
  readonly source: ObjectStore;
  readonly stage: ObjectStore;
}

/** Every rule that the hour breaks, each with the place in the pipe. An hour that is not classified breaks one: its types are not judged. */
export async function judgeHour(
  options: JudgeOptions,
  ports: JudgeHourPorts,
): Promise<AlertFinding[]> {
  const { hour, history } = options;
  let manifest: Manifest | null;
  try {
    manifest = (await readManifest(ports.stage, hour))?.manifest ?? null;
  } catch (error) {
    if (!(error instanceof DataRefusedError)) throw error;
    return keepRules(options, [notDone(hour, "classify", error.message)]);
  }
  const isLoaded = [...history.loads.values()].some((loads) =>
    loads.some((load) => load.hour === hour),
  );
  if (manifest === null && !isLoaded) {
    const objects = await listSourceHour(ports.source, hour);
    return keepRules(options, [
      objects.length === 0
        ? notDone(hour, "source", "No objects are at the source.")
        : notDone(
            hour,
            "classify",
            `${countOf(objects.length, "object")} of ${countOf(
              objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
              "byte",
            )} are at the source, and were not classified.`,
          ),
    ]);
  }
  const split =
    manifest === null
      ? null
      : compareSplit(manifest, options.catalog, usualSplit(options));
  let arrival: Promise<Arrival> | null = null;
  const openArrival = (): Promise<Arrival | null> => {
    if (manifest === null) return Promise.resolve(null);
    arrival ??= readArrival(hour, manifest, ports);
    return arrival;
  };
  const late = manifest === null ? null : judgeClassifyTime(manifest, options);
  const ofTypes: AlertFinding[] = [];
  for (const type of options.catalog.types.keys()) {
    const found = await judgeType(type, manifest, split, options, {
      stage: ports.stage,
      openArrival,
    });
    // Where the hour was classified late, all of its loads are.
    ofTypes.push(
      ...found.filter(({ rule }) => late === null || rule !== "late"),
    );
  }
  return keepRules(options, [
    ...(late === null ? [] : [late]),
    ...(manifest === null ? [] : judgeSplit(manifest, options, ports.stage)),
    ...ofTypes,
  ]);
}

function keepRules(
  { settingsOf }: JudgeOptions,
  findings: readonly AlertFinding[],
): AlertFinding[] {
  return findings.filter(({ rule, type }) => settingsOf(type).rules.has(rule));
}

function notDone(
  hour: FolderHour,
  stage: "source" | "classify",
  detail: string,
): AlertFinding {
  return {
    rule: "missing",
    type: null,
    hour,
    since: hour,
    stage,
    found: "not done",
    expected: "classified and loaded",
    severity: 1,
    undone: { type: null, seq: 1 },
    details: [detail],
  };
}

function usualSplit({ hour, history }: JudgeOptions): UsualSplit {
  const before = history.hours.filter((row) => row.folderHour < hour);
  const unknownBefore = before.map(({ unknownTypes }) =>
    Object.values(unknownTypes).reduce((sum, rows) => sum + rows, 0),
  );
  return {
    setAsideShare:
      usualShare(
        before.map((row) => ({
          setAside: row.setAside,
          all: row.lines - row.blank,
        })),
      )?.median ?? 0,
    unknownRows: unknownBefore.length === 0 ? 0 : findMedian(unknownBefore),
  };
}

/** The rules of the hour's lines as a whole. */
function judgeSplit(
  manifest: Manifest,
  { catalog, history, settingsOf }: JudgeOptions,
  stage: Pick<ObjectStore, "uri">,
): AlertFinding[] {
  const { hour, lines, blank, set_aside, types } = manifest;
  const before = history.hours
    .filter((row) => row.folderHour < hour)
    .map((row) => ({ setAside: row.setAside, all: row.lines - row.blank }));
  const all = lines - blank;
  const odd = findOddShare(
    { setAside: set_aside.rows, all },
    before,
    settingsOf(null).minRows,
  );
  const base = { hour, since: hour, undone: null };
  const setAside: AlertFinding[] =
    odd === null
      ? []
      : [
          {
            ...base,
            rule: "set_aside",
            type: null,
            stage: "set_aside",
            found: `${set_aside.rows} of ${all} lines set aside (${percent(odd.share)})`,
            expected: `up to ${percent(odd.high)}, usually ${percent(odd.usual)}`,
            severity: odd.share,
            details: [
              `Reasons: ${describeReasons(set_aside.reasons).join(", ")}.`,
              `The lines are in ${set_aside.files.map((key) => stage.uri(key)).join(", ")}.`,
            ],
          },
        ];
  const unknown = Object.entries(types)
    .filter(([name, { rows }]) => !catalog.types.has(name) && rows > 0)
    .map(([name, { rows }]): AlertFinding => ({
      ...base,
      rule: "unknown_type",
      type: name,
      stage: "classify",
      found: countOf(rows, "row"),
      expected: "none: the catalog lacks the type",
      severity: rows,
      details: [
        "They are staged and wait for an entry in the catalog; no table has them.",
      ],
    }));
  return [...setAside, ...unknown];
}

function judgeClassifyTime(
  { hour, finished_at }: Manifest,
  { history }: JudgeOptions,
): AlertFinding | null {
  const odd = findOddLateness(
    latenessOf(hour, new Date(finished_at)),
    history.hours
      .filter((row) => row.folderHour < hour)
      .map((row) => latenessOf(row.folderHour as FolderHour, row.finishedAt)),
  );
  if (odd === null) return null;
  return {
    rule: "late",
    type: null,
    hour,
    since: hour,
    stage: "classify",
    found: `classified ${odd.minutes} minutes after the hour's end`,
    expected: `up to ${odd.highMinutes}, usually ${odd.usualMinutes}`,
    severity: odd.minutes,
    undone: null,
    details: [],
  };
}
