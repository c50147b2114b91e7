import { crc32c } from "@node-rs/crc32";
import {
  campaignTypes,
  type CampaignType,
  type CampaignTypes,
} from "./campaign-catalog.js";
import {
  checkPlaces,
  readQuarantined,
  type QuarantinedLine,
} from "./read-quarantined.js";
import type { ExpectedHour } from "./oracle.js";
import { newestState, type Round, type RoundHour } from "./round.js";

interface ManifestFile {
  readonly key: string;
  readonly rows: number;
  readonly bytes: number;
  readonly crc32c: string;
}

interface FoundManifest {
  readonly seq: number;
  readonly run: string;
  readonly inputs: readonly { readonly key: string; readonly size: number }[];
  readonly lines: number;
  readonly blank: number;
  readonly set_aside: {
    readonly rows: number;
    readonly files: readonly string[];
  };
  readonly types: Readonly<
    Record<string, { readonly rows: number; readonly files: ManifestFile[] }>
  >;
}

interface LedgerRow {
  readonly type: string;
  readonly hour: string;
  readonly seq: number;
  readonly rows: number;
  readonly setAside: number;
  readonly run: string;
  readonly job: string;
}

/** What a type's hour holds. */
interface FoundRows {
  readonly table: readonly string[];
  /** Of the file that the ledger's newest row names; null: there is no such file. */
  readonly quarantined: readonly QuarantinedLine[] | null;
}

/**
 * What a reader may see at any time, jobs or no jobs: whole hours, of one state of their source each, and never an older one than before.
 * @param schemas The types as each of the schemas has them that loads may have used.
 */
export async function checkReaders(
  round: Round,
  schemas: readonly [CampaignTypes, ...CampaignTypes[]] = [campaignTypes],
): Promise<string[]> {
  const problems: string[] = [];
  const { ledger, found } = await readWarehouse(round, schemas[0]);
  checkRuns(ledger, problems);
  for (const hour of round.hours) {
    const manifest = await readManifest(round, hour);
    if (manifest === null) continue;
    if (manifest.seq < hour.seenSeq)
      problems.push(
        `${hour.hour}: the manifest's seq fell from ${hour.seenSeq} to ${manifest.seq}`,
      );
    hour.seenSeq = manifest.seq;
    const text = await describeManifest(round, hour, manifest, problems);
    if (
      !hour.states.some(({ expected }) =>
        sameText(describeExpected(expected), text),
      )
    )
      problems.push(
        `${hour.hour}: seq ${manifest.seq} holds the lines of no state of the source`,
      );
  }
  for (const { hour, name, rows } of found) {
    const types = schemas.flatMap((all) =>
      all.filter((type) => type.name === name),
    );
    checkTable(hour, types, rows, newestLoad(ledger, name, hour), problems);
  }
  return problems;
}

/** Tables, ledger and what it names as they stand at one time: the transaction of a job whose client was killed may commit between two reads. */
async function readWarehouse(round: Round, types: CampaignTypes) {
  for (;;) {
    const ledger = await readLedger(round);
    const found = [];
    for (const type of types) {
      const { name } = type;
      const table = await readTable(round, type);
      for (const hour of round.hours) {
        const key = quarantineKey(hour, newestLoad(ledger, name, hour));
        const rows: FoundRows = {
          table: table.get(hour.hour) ?? [],
          quarantined: key === null ? [] : await readQuarantined(round, key),
        };
        found.push({ hour, name, rows });
      }
    }
    const after = await readLedger(round);
    if (JSON.stringify(after) === JSON.stringify(ledger))
      return { ledger, found };
  }
}

/** @param types One type, as each of the schemas has it. */
function checkTable(
  hour: RoundHour,
  types: readonly CampaignType[],
  { table, quarantined }: FoundRows,
  newest: LedgerRow | null,
  problems: string[],
): void {
  const [type] = types;
  if (type === undefined) throw new Error("a type of no schema");
  const where = `${hour.hour} ${type.name}`;
  if (newest === null) {
    if (table.length > 0)
      problems.push(
        `${where}: ${table.length} rows that the ledger does not know`,
      );
    return;
  }
  if (newest.rows !== table.length)
    problems.push(
      `${where}: ${table.length} rows, ${newest.rows} in the ledger`,
    );
  if (quarantined === null) {
    problems.push(
      `${where}: ${newest.setAside} rows are set aside, but their file ${quarantineKey(hour, newest) ?? ""} is gone`,
    );
    return;
  }
  if (newest.setAside !== quarantined.length)
    problems.push(
      `${where}: ${quarantined.length} rows set aside, ${newest.setAside} in the ledger`,
    );
  const aside = quarantined.map(({ row }) => row).sort();
  const matching = hour.states.flatMap(({ expected }, index) =>
    types.some(
      ({ fits }) =>
        sameText(expectRows(expected, type, fits), table) &&
        sameText(expectSetAside(expected, type, fits), aside),
    )
      ? [index]
      : [],
  );
  const first = matching[0];
  const last = matching.at(-1);
  const seen = hour.seen.get(type.name) ?? 0;
  if (first === undefined || last === undefined) {
    const { expected } = newestState(hour);
    problems.push(
      `${where}: ${table.length} rows and ${aside.length} set aside are those of no state of the source: ${describeDifference(expectRows(expected, type), table)}; set aside: ${describeDifference(expectSetAside(expected, type, type.fits), aside)}`,
    );
    return;
  }
  if (last < seen)
    problems.push(
      `${where}: rows of state ${last} came after those of state ${seen}`,
    );
  hour.seen.set(type.name, Math.max(seen, first));
}

/** A seq is one classification's: no two runs ever load the same of it. */
function checkRuns(ledger: readonly LedgerRow[], problems: string[]): void {
  const runs = new Map<string, string>();
  for (const { hour, seq, run } of ledger) {
    const key = `${hour} seq ${seq}`;
    const other = runs.get(key) ?? run;
    if (other !== run)
      problems.push(`${key} was loaded of the runs ${other} and ${run}`);
    runs.set(key, run);
  }
}

/** What must be there when everything is done: source, manifests, tables and ledger line by line, and nothing else. */
export async function checkDone(
  round: Round,
  types: CampaignTypes = campaignTypes,
): Promise<string[]> {
  const problems = await checkReaders(round, [types]);
  const { ledger, found: tables } = await readWarehouse(round, types);
  const named = new Set<string>();
  for (const hour of round.hours) {
    const { expected, objects } = newestState(hour);
    const manifest = await readManifest(round, hour);
    named.add(manifestKey(hour));
    if (manifest === null) {
      problems.push(`${hour.hour}: no manifest`);
      continue;
    }
    for (const key of namedFiles(manifest)) named.add(key);
    const inputs = manifest.inputs.map(({ key, size }) => `${key} ${size}`);
    const sources = [...objects].map(([key, { length }]) => `${key} ${length}`);
    if (!sameText(inputs.sort(), sources.sort()))
      problems.push(
        `${hour.hour}: the manifest is of ${inputs.join(", ")}; the source holds ${sources.join(", ")}`,
      );
    const found = await describeManifest(round, hour, manifest, problems);
    if (!sameText(describeExpected(expected), found))
      problems.push(
        `${hour.hour}: ${describeDifference(describeExpected(expected), found)}`,
      );
    for (const { name } of types) {
      const newest = newestLoad(ledger, name, hour);
      const key = quarantineKey(hour, newest);
      if (key !== null) named.add(key);
      if (newest?.seq !== manifest.seq || newest.run !== manifest.run)
        problems.push(
          `${hour.hour} ${name}: seq ${newest?.seq ?? "none"} is loaded, ${manifest.seq} is classified`,
        );
    }
    await checkHourRow(round, hour, manifest, problems);
  }
  for (const type of types) {
    for (const { hour, name, rows } of tables) {
      if (name !== type.name) continue;
      const expected = expectRows(newestState(hour).expected, type);
      if (!sameText(expected, rows.table))
        problems.push(
          `${hour.hour} ${name}: ${describeDifference(expected, rows.table)}`,
        );
      problems.push(...(await checkPlaces(round, rows.quarantined ?? [])));
    }
  }
  const garbage = (await round.world.listStage(round.number)).filter(
    (key) => !named.has(key),
  );
  if (garbage.length > 0)
    problems.push(
      `neither a manifest nor the ledger names ${garbage.length} objects at the stage: ${garbage.slice(0, 3).join(", ")}`,
    );
  const lasting = await round.world.findLastingTemps();
  if (lasting.length > 0)
    problems.push(`TEMP tables that stay for ever: ${lasting.join(", ")}`);
  return problems;
}

/** After commits alone: no garbage but that of types which nothing names any more. */
export async function checkSweptByCommit(
  round: Round,
  only?: string,
): Promise<string[]> {
  const problems: string[] = [];
  const keys = await round.world.listStage(round.number);
  for (const hour of round.hours) {
    if (only !== undefined && hour.hour !== only) continue;
    const manifest = await readManifest(round, hour);
    if (manifest === null) continue;
    const named = new Set(namedFiles(manifest));
    const folders = ["_plans", "_set_aside", ...Object.keys(manifest.types)];
    const left = keys.filter(
      (key) =>
        !named.has(key) &&
        folders.some((folder) => key.startsWith(`${folder}/${hour.path}/`)),
    );
    if (left.length > 0)
      problems.push(
        `${hour.hour}: its commit left ${left.slice(0, 3).join(", ")}`,
      );
  }
  return problems;
}

async function checkHourRow(
  round: Round,
  { hour }: RoundHour,
  manifest: FoundManifest,
  problems: string[],
): Promise<void> {
  const { world } = round;
  const text = (column: string) => `CAST(${column} AS ${textType(round)})`;
  const rows =
    (await world.query(
      `SELECT ${hourColumn(round)} AS h, ${text("seq")} AS s, ${text("lines")} AS l, ${text("blank")} AS b, ${text("set_aside")} AS a FROM ${tableName(round, "_sluice_hours_current")} WHERE ${hourColumn(round)} = '${hour}'`,
    )) ?? [];
  const expected = [
    hour,
    String(manifest.seq),
    String(manifest.lines),
    String(manifest.blank),
    String(manifest.set_aside.rows),
  ].join();
  if (rows.map((row) => row.join()).join(";") !== expected)
    problems.push(
      `${hour}: _sluice_hours_current has ${rows.map((row) => row.join()).join("; ") || "no row"}; expected ${expected}`,
    );
}

function manifestKey({ path }: RoundHour): string {
  return `_manifests/${path}.json`;
}

async function readManifest(
  { world, number }: Round,
  hour: RoundHour,
): Promise<FoundManifest | null> {
  const bytes = await world.readStage(number, manifestKey(hour));
  return bytes === null
    ? null
    : (JSON.parse(bytes.toString()) as FoundManifest);
}

function namedFiles({ set_aside, types }: FoundManifest): string[] {
  return [
    ...set_aside.files,
    ...Object.values(types).flatMap(({ files }) => files.map(({ key }) => key)),
  ];
}

/** Counts and lines as the manifest and its files have them. */
async function describeManifest(
  { world, number }: Round,
  { hour }: RoundHour,
  manifest: FoundManifest,
  problems: string[],
): Promise<string[]> {
  const texts: string[] = [`lines ${manifest.lines} blank ${manifest.blank}`];
  const readNamed = async (key: string): Promise<Buffer> => {
    const bytes = await world.readStage(number, key);
    if (bytes === null)
      problems.push(`${hour}: seq ${manifest.seq} names ${key}, which is gone`);
    return bytes ?? Buffer.alloc(0);
  };
  for (const [type, { rows, files }] of Object.entries(manifest.types)) {
    let count = 0;
    for (const file of files) {
      const bytes = await readNamed(file.key);
      const sum = Buffer.alloc(4);
      sum.writeUInt32BE(crc32c(bytes) >>> 0);
      if (bytes.length !== file.bytes || sum.toString("base64") !== file.crc32c)
        problems.push(`${hour}: ${file.key} is not what the manifest says`);
      const lines = bytes.toString().split("\n").slice(0, -1);
      count += lines.length;
      texts.push(...lines.map((line) => `${type} ${line}`));
    }
    if (count !== rows)
      problems.push(
        `${hour} ${type}: ${count} lines staged, ${rows} in the manifest`,
      );
  }
  let setAside = 0;
  for (const key of manifest.set_aside.files) {
    for (const line of (await readNamed(key))
      .toString()
      .split("\n")
      .slice(0, -1)) {
      const record = JSON.parse(line) as Record<string, unknown>;
      setAside += 1;
      texts.push(
        `set aside ${String(record["reason"])} ${String(record["source"])} ${String(record["line"])} ${String(record["offset"])}`,
      );
    }
  }
  if (setAside !== manifest.set_aside.rows)
    problems.push(
      `${hour}: ${setAside} lines set aside, ${manifest.set_aside.rows} in the manifest`,
    );
  return texts.sort();
}

function describeExpected({
  lines,
  blank,
  rows,
  setAside,
}: ExpectedHour): string[] {
  return [
    `lines ${lines} blank ${blank}`,
    ...[...rows].flatMap(([type, texts]) =>
      texts.map((text) => `${type} ${wrapBody(type, text)}`),
    ),
    ...setAside.map((each) => `set aside ${each}`),
  ].sort();
}

const wrappedType = "pay";

/** As classify writes it, the only lines that it changes. */
function wrapBody(type: string, text: string): string {
  if (type !== wrappedType) return text;
  const row = JSON.parse(text) as { readonly body: unknown };
  return typeof row.body === "string"
    ? text
    : JSON.stringify({ ...row, body: JSON.stringify(row.body) });
}

/** What the table has of the rows that fit. */
function expectRows(
  { rows }: ExpectedHour,
  { name, columns, fits: ownFits }: CampaignType,
  fits = ownFits,
): string[] {
  return (rows.get(name) ?? [])
    .map((text) => JSON.parse(text) as Record<string, unknown>)
    .filter(fits)
    .map((row) => JSON.stringify(columns.map(({ of }) => of(row))))
    .sort();
}

/** The lines of those that do not, as they came. */
export function expectSetAside(
  { rows }: ExpectedHour,
  { name }: CampaignType,
  fits: CampaignType["fits"],
): string[] {
  return (rows.get(name) ?? [])
    .filter((text) => !fits(JSON.parse(text) as Record<string, unknown>))
    .sort();
}

function textType({ world }: Round): string {
  return world.dialect === "bigquery" ? "STRING" : "VARCHAR";
}

function hourColumn({ world }: Round): string {
  return world.dialect === "bigquery"
    ? "FORMAT_TIMESTAMP('%Y-%m-%dT%H', folder_hour)"
    : "strftime(folder_hour, '%Y-%m-%dT%H')";
}

function tableName({ world }: Round, table: string): string {
  return world.tableName(table);
}

/** Rows of the round's hours, by hour, sorted. */
async function readTable(
  round: Round,
  { table, columns }: CampaignType,
): Promise<Map<string, string[]>> {
  const texts = columns.map(
    ({ text }, index) => `${text[round.world.dialect]} AS c${index}`,
  );
  const rows = await round.world.query(
    `SELECT ${hourColumn(round)} AS h, ${texts.join(", ")} FROM ${tableName(round, table)} WHERE ${hourColumn(round)} IN (${hourList(round)})`,
  );
  const byHour = new Map<string, string[]>();
  for (const [hour, ...values] of rows ?? []) {
    const list = byHour.get(hour ?? "") ?? [];
    list.push(JSON.stringify(values));
    byHour.set(hour ?? "", list);
  }
  for (const list of byHour.values()) list.sort();
  return byHour;
}

function hourList({ hours }: Round): string {
  return hours.map(({ hour }) => `'${hour}'`).join(", ");
}

async function readLedger(round: Round): Promise<LedgerRow[]> {
  const text = (column: string) => `CAST(${column} AS ${textType(round)})`;
  const rows = await round.world.query(
    `SELECT log_type, ${hourColumn(round)} AS h, ${text("seq")} AS s, ${text("rows_loaded")} AS r, ${text("rows_set_aside")} AS a, run, job_id FROM ${tableName(round, "_sluice_loads")} WHERE ${hourColumn(round)} IN (${hourList(round)}) ORDER BY log_type, folder_hour, seq, finished_at, job_id`,
  );
  return (rows ?? []).map(([type, hour, seq, count, setAside, run, job]) => ({
    type: type ?? "",
    hour: hour ?? "",
    seq: Number(seq),
    rows: Number(count),
    setAside: Number(setAside),
    run: run ?? "",
    job: job ?? "",
  }));
}

/** Of the highest seq the last. */
function newestLoad(
  ledger: readonly LedgerRow[],
  name: string,
  { hour }: RoundHour,
): LedgerRow | null {
  const loads = ledger.filter((row) => row.type === name && row.hour === hour);
  return loads.at(-1) ?? null;
}

/** Null where the load set nothing aside. */
function quarantineKey(
  { path }: RoundHour,
  load: LedgerRow | null,
): string | null {
  return load === null || load.setAside === 0
    ? null
    : `_quarantine/${load.type}/${path}/${load.job}.ndjson`;
}

function sameText(one: readonly string[], other: readonly string[]): boolean {
  return (
    one.length === other.length &&
    one.every((text, index) => text === other[index])
  );
}

function describeDifference(
  expected: readonly string[],
  found: readonly string[],
): string {
  const rest = [...found];
  const missing = expected.filter((text) => {
    const at = rest.indexOf(text);
    if (at !== -1) rest.splice(at, 1);
    return at === -1;
  });
  const tell = (texts: readonly string[]) =>
    `${texts.length}${texts.length > 0 ? ` (${texts[0] ?? ""})` : ""}`;
  return `${expected.length} expected, ${found.length} found; missing ${tell(missing)}, too many ${tell(rest)}`;
}
