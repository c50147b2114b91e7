import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileObjectStore } from "../../src/adapters/file-object-store.js";
import type { WatchHourResult } from "../../src/alerts/watch-hour.js";
import { watchHour } from "../../jobs/watch-hour.js";
import type { Catalog } from "../../src/catalog/catalog.js";
import { readCatalog } from "../../src/catalog/read-catalog.js";
import { manifestKey, type ManifestType } from "../../src/classify/manifest.js";
import {
  addHours,
  hourPath,
  parseFolderHour,
  startOf,
  type FolderHour,
} from "../../src/folder-hour.js";
import type {
  Message,
  Messenger,
  SentMessage,
} from "../../src/ports/messenger.js";
import type { ObjectStore } from "../../src/ports/object-store.js";
import type {
  HourRow,
  LedgerRow,
  Warehouse,
} from "../../src/ports/warehouse.js";

export const hour = parseFolderHour("2026-11-21T03");
const historyHours = 14 * 24;
const minuteMs = 60_000;

/** Counts of one hour, before anything goes wrong with it. */
export interface MadeHour {
  readonly rows: Readonly<Record<string, number>>;
  readonly setAside: number;
  readonly setAsideByLoad: Readonly<Record<string, number>>;
  readonly unknown: Readonly<Record<string, number>>;
  readonly classifiedAfterMin: number;
  readonly loadedAfterMin: Readonly<Record<string, number>>;
  /** Types that are staged, and not loaded. */
  readonly unloaded: readonly string[];
  /** Source objects of equal size, in all as many bytes as there are lines, times 100. */
  readonly objects: number;
  /** Source objects that came after the classification. */
  readonly unread: number;
  /** Types that the manifest lacks. */
  readonly unlisted: readonly string[];
}

/** The ledger as a list. A fake: no table is behind it. */
export class ListedWarehouse implements Pick<
  Warehouse,
  "readLedger" | "readHours"
> {
  readonly loads = new Map<string, LedgerRow>();
  readonly hours = new Map<string, HourRow>();

  readLedger(from: string, to: string): Promise<readonly LedgerRow[]> {
    return Promise.resolve(
      [...this.loads.values()].filter(
        ({ folderHour }) => folderHour >= from && folderHour <= to,
      ),
    );
  }

  readHours(from: string, to: string): Promise<readonly HourRow[]> {
    return Promise.resolve(
      [...this.hours.values()]
        .filter(({ folderHour }) => folderHour >= from && folderHour <= to)
        .sort((one, other) => (one.folderHour < other.folderHour ? -1 : 1)),
    );
  }
}

/** Keeps what it is given, with the thread that it came for. A fake of the port: nobody is told. */
export class RecordingMessenger implements Messenger {
  readonly messages: {
    readonly message: Message;
    readonly thread: string | undefined;
  }[] = [];
  /** Called before each message is taken; may throw. */
  onSend: (message: Message) => void | Promise<void> = () => undefined;

  constructor(readonly name = "recording channel") {}

  async send(message: Message, thread?: string): Promise<SentMessage> {
    await this.onSend(message);
    this.messages.push({ message, thread });
    return { messages: 1, thread: thread ?? `thread ${this.messages.length}` };
  }

  get titles(): string[] {
    return this.messages.map(({ message }) => message.title);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export interface LogLine {
  readonly level: "info" | "warn";
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

export interface WatchPlace {
  readonly root: string;
  readonly catalog: Catalog;
  readonly source: ObjectStore;
  readonly stage: ObjectStore;
  readonly warehouse: ListedWarehouse;
  readonly messenger: RecordingMessenger;
  readonly lines: LogLine[];
}

const roots: string[] = [];

export const usualTypes = [
  "view",
  "pay",
  "cart",
  "search",
  "login",
  "refund",
  "review",
];

/** A catalog of seven types with two weeks of usual hours up to the one before `hour`. */
export async function makeWatchPlace(
  catalogLines: readonly string[] = [],
): Promise<WatchPlace> {
  const root = await mkdtemp(join(tmpdir(), "sluice-alerts-"));
  roots.push(root);
  const tables = join(root, "schemas/tables");
  await mkdir(tables, { recursive: true });
  for (const type of usualTypes)
    await writeFile(
      join(tables, `${type}.json`),
      JSON.stringify([{ name: "log_type", type: "STRING" }]),
    );
  const file = join(root, "catalog.yaml");
  const lines = [
    `source: file:${root}/source`,
    `stage: file:${root}/stage`,
    `warehouse: duckdb:${root}/w.duckdb`,
    "type_key: log_type",
    ...catalogLines,
    "types:",
    ...usualTypes.map((type) => `  ${type}: { owner: team-${type} }`),
  ];
  await writeFile(file, `${lines.join("\n")}\n`);
  const place: WatchPlace = {
    root,
    catalog: await readCatalog(file, {}),
    source: new FileObjectStore(join(root, "source")),
    stage: new FileObjectStore(join(root, "stage")),
    warehouse: new ListedWarehouse(),
    messenger: new RecordingMessenger(),
    lines: [],
  };
  for (let back = historyHours; back >= 1; back -= 1)
    recordHour(place, addHours(hour, -back), usualHour(addHours(hour, -back)));
  // Of the others only the warehouse knows: a manifest each would make the test slow.
  for (const back of [24, 48, 72, 96])
    await stageHour(
      place,
      addHours(hour, -back),
      usualHour(addHours(hour, -back)),
    );
  return place;
}

export async function removeWatchPlaces(): Promise<void> {
  for (const root of roots.splice(0))
    await rm(root, { recursive: true, force: true });
}

/** Day and night, and some noise that is the same in each run. */
export function usualHour(at: FolderHour): MadeHour {
  const index = startOf(at).getTime() / 3_600_000;
  const shape = 1 + 0.5 * Math.sin((index % 24) / 3.82);
  const noise = (salt: number) =>
    ((index * 7919 + salt * 104_729) % 101) / 101 - 0.5;
  const rows = Object.fromEntries(
    usualTypes.map((type, salt) => [
      type,
      Math.round(1000 * (salt + 1) * shape * (1 + 0.06 * noise(salt))),
    ]),
  );
  return {
    rows,
    setAside: 20 + Math.round(10 * noise(50)),
    setAsideByLoad: {},
    unknown: {},
    classifiedAfterMin: 6,
    loadedAfterMin: Object.fromEntries(
      usualTypes.map((type, at_) => [type, 35 + at_]),
    ),
    unloaded: [],
    objects: 10,
    unread: 0,
    unlisted: [],
  };
}

/** What the warehouse knows of the hour once it is loaded. */
export function recordHour(
  { warehouse }: Pick<WatchPlace, "warehouse">,
  at: FolderHour,
  made: MadeHour,
  seq = 1,
): void {
  const after = (minutes: number) =>
    new Date(startOf(at).getTime() + 60 * minuteMs + minutes * minuteMs);
  for (const [type, staged] of Object.entries(made.rows)) {
    if (made.unloaded.includes(type) || made.unlisted.includes(type)) continue;
    const setAside = made.setAsideByLoad[type] ?? 0;
    const finishedAt = after(made.loadedAfterMin[type] ?? 35);
    warehouse.loads.set(`${type} ${at}`, {
      logType: type,
      folderHour: at,
      seq,
      rowsLoaded: staged - setAside,
      rowsSetAside: setAside,
      bytes: staged * 100 + ((startOf(at).getTime() / 3_600_000) % 9973),
      manifest: manifestKey(at),
      schemaHash: "sha256:0",
      jobId: `sluice_${type}_0000000000_0000000000_1`,
      run: "run",
      startedAt: new Date(finishedAt.getTime() - minuteMs),
      finishedAt,
    });
  }
  const counts = countLines(made);
  warehouse.hours.set(at, {
    folderHour: at,
    seq,
    run: "run",
    ...counts,
    setAsideReasons: { not_json: made.setAside },
    unknownTypes: made.unknown,
    finishedAt: after(made.classifiedAfterMin),
  });
}

/** The hour's source objects and its manifest. */
export async function stageHour(
  { source, stage }: Pick<WatchPlace, "source" | "stage">,
  at: FolderHour,
  made: MadeHour,
  seq = 1,
): Promise<void> {
  const { lines, blank, setAside } = countLines(made);
  const inputs = [];
  for (let index = 0; index < made.objects + made.unread; index += 1) {
    const key = `${hourPath(at)}/app-${index}.ndjson`;
    const { etag, sizeBytes } = await source.put(
      key,
      Buffer.alloc(Math.round((lines * 10) / made.objects) + 1),
    );
    if (index < made.objects) inputs.push({ key, etag, size: sizeBytes });
  }
  const entry = (
    rows: number,
    type: string,
    catalogued: boolean,
  ): ManifestType => ({
    rows,
    catalogued,
    wrapped: [],
    files:
      rows === 0
        ? []
        : [
            {
              key: `${type}/${hourPath(at)}/run-00000.ndjson`,
              rows,
              bytes: rows * 100,
              crc32c: "AAAAAA==",
            },
          ],
  });
  const manifest = {
    version: 1,
    hour: at,
    seq,
    run: "run",
    catalog: "sha256:0",
    finished_at: new Date(
      startOf(at).getTime() + (60 + made.classifiedAfterMin) * minuteMs,
    ).toISOString(),
    inputs,
    lines,
    blank,
    set_aside: {
      rows: setAside,
      reasons: setAside === 0 ? {} : { not_json: setAside },
      files: setAside === 0 ? [] : [`_set_aside/${hourPath(at)}/run.ndjson`],
    },
    types: Object.fromEntries([
      ...Object.entries(made.rows)
        .filter(([type]) => !made.unlisted.includes(type))
        .map(([type, rows]) => [type, entry(rows, type, true)]),
      ...Object.entries(made.unknown).map(([type, rows]) => [
        type,
        entry(rows, type, false),
      ]),
    ]) as Readonly<Record<string, ManifestType>>,
  };
  await stage.put(manifestKey(at), Buffer.from(JSON.stringify(manifest)));
}

/** The usual hour with some change, at the source, the stage and in the warehouse. */
export async function playHour(
  place: WatchPlace,
  at: FolderHour,
  change: Partial<MadeHour> = {},
): Promise<void> {
  const made = { ...usualHour(at), ...change };
  await stageHour(place, at, made);
  recordHour(place, at, made);
}

function countLines(made: MadeHour) {
  const sum = (counts: Readonly<Record<string, number>>) =>
    Object.values(counts).reduce((total, rows) => total + rows, 0);
  const listed = Object.fromEntries(
    Object.entries(made.rows).filter(([type]) => !made.unlisted.includes(type)),
  );
  return {
    lines: sum(listed) + sum(made.unknown) + made.setAside + 5,
    blank: 5,
    setAside: made.setAside,
  };
}

/** Runs the job as the DAG does, 75 minutes after the hour's end. */
export function watchPlace(
  place: WatchPlace,
  at: FolderHour,
  changes: Partial<Parameters<typeof watchHour>[0]> &
    Partial<Parameters<typeof watchHour>[1]> = {},
): Promise<WatchHourResult> {
  const { catalog, source, stage, messenger, lines } = place;
  const write =
    (level: LogLine["level"]) => (fields: object, message: string) => {
      lines.push({ level, fields: { ...fields }, message });
    };
  return watchHour(
    { catalog, hour: at, send: true, heartbeatUrl: undefined, ...changes },
    {
      source,
      stage,
      warehouse: place.warehouse,
      messengers: [messenger],
      clock: () => new Date(startOf(at).getTime() + 135 * minuteMs),
      wait: () =>
        Promise.reject(new Error("nobody else should hold the lease")),
      log: { info: write("info"), warn: write("warn") },
      ...changes,
    },
  );
}

/** Each finding in a few words: `view drop load`. */
export function nameFindings({ findings }: WatchHourResult): string[] {
  return findings.map(
    ({ type, rule, stage }) => `${type ?? "hour"} ${rule} ${stage}`,
  );
}
