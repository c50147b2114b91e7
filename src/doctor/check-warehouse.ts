import { countOf } from "../count-of.js";
import {
  DataRefusedError,
  MisfitError,
  ServiceError,
  SluiceError,
} from "../errors.js";
import type { ObjectStore } from "../ports/object-store.js";
import type { LoadSource, ReplaceHour, Warehouse } from "../ports/warehouse.js";
import type { TableField } from "../schema/table-field.js";
import type { CheckRow } from "./check-row.js";
import type { Check } from "./grants.js";
import { startChecks, type Checks } from "./start-checks.js";

/** No hour of anybody's logs. */
const hour = "2000-01-01T00";

const column = (name: string, type: TableField["type"]): TableField => {
  return { name, type, mode: "NULLABLE", fields: [] };
};
const tempFields = [column("note", "STRING")];
const tableFields = [column("folder_hour", "TIMESTAMP"), ...tempFields];
const added = column("added", "STRING");

export interface WarehouseProbe {
  /** Unlike any other, of letters and digits. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly now: Date;
}

/** Tries what load does at the warehouse, with tables of its own that are dropped again whatever happens. Leaves no row in the ledger. */
export async function checkWarehouse(
  warehouse: Warehouse,
  /** Null where it can't be opened. */
  stage: ObjectStore | null,
  { name, labels, now }: WarehouseProbe,
): Promise<readonly CheckRow[]> {
  const checks = startChecks("warehouse", warehouse.url);
  const table = `_sluice_doctor_${name}`;
  const temp = `${table}_TEMP_2000010100_${name}`;
  const found = await checks.attempt("find the dataset", async () => {
    await warehouse.describeTable(table);
  });
  if (found === null) {
    skipAll(checks, "the dataset was not found, or may not be looked at");
    return checks.rows;
  }
  try {
    const made = await checks.attempt("create a table", async () => {
      await warehouse.ensureTable({
        table,
        fields: tableFields,
        partitionBy: "day",
        expirationDays: 1,
        description: "Made by sluice doctor; may be dropped",
        labels,
      });
    });
    const isLoaded = await tryLoad(warehouse, stage, checks, { temp, name });
    await tryChanges(warehouse, checks, { table, isMade: made !== null });
    await tryReplace(
      warehouse,
      checks,
      { table, temp, name, now },
      made !== null && isLoaded,
    );
    await checks.attempt("read the ledger", async () => {
      await warehouse.readLedger(hour, hour);
    });
  } finally {
    await dropTables(warehouse, checks, [
      temp,
      `_sluice_fence_${table}`,
      table,
    ]);
  }
  return checks.rows;
}

async function tryLoad(
  warehouse: Warehouse,
  stage: ObjectStore | null,
  checks: Checks,
  { temp, name }: { readonly temp: string; readonly name: string },
): Promise<boolean> {
  if (stage === null) {
    checks.skip("load rows", "the stage can't be opened");
    return false;
  }
  const key = `_doctor/${name}.ndjson`;
  const body = Buffer.from('{"note":"sluice doctor"}\n');
  try {
    await stage.put(key, body);
  } catch {
    checks.skip("load rows", "no file to load can be written to the stage");
    return false;
  }
  try {
    const loaded = await checks.attempt("load rows", async () => {
      await warehouse.createTemp(temp, tempFields);
      const source: LoadSource = {
        key,
        uri: stage.uri(key),
        rows: 1,
        sizeBytes: body.length,
        open: () => Promise.resolve(oneBlock(body)),
      };
      const rows = await warehouse.loadTemp({
        temp,
        logType: "sluice_doctor",
        folderHour: hour,
        run: name,
        fields: tempFields,
        sources: [source],
        jobId: `sluice_doctor_${name}`,
        timeFormats: new Map(),
      });
      if (rows !== 1)
        throw new ServiceError(`${rows} rows were loaded: expected 1`);
    });
    return loaded !== null;
  } finally {
    await stage.delete(key).catch(() => undefined);
  }
}

async function* oneBlock(block: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(block);
}

async function tryChanges(
  warehouse: Warehouse,
  checks: Checks,
  { table, isMade }: { readonly table: string; readonly isMade: boolean },
): Promise<void> {
  if (!isMade) {
    checks.skip("describe a table", noTable);
    checks.skip("add a column", noTable);
    return;
  }
  await checks.attempt("describe a table", () =>
    expectColumns(warehouse, table, tableFields),
  );
  await checks.attempt("add a column", async () => {
    await warehouse.addColumns(table, [added]);
    await expectColumns(warehouse, table, [...tableFields, added]);
  });
}

async function expectColumns(
  warehouse: Warehouse,
  table: string,
  fields: readonly TableField[],
): Promise<void> {
  const found = await warehouse.describeTable(table);
  const names = (columns: readonly TableField[] | null) =>
    columns?.map(({ name }) => name).join(", ") ?? "no table";
  if (names(found) !== names(fields))
    throw new ServiceError(
      `${table} has ${names(found)}: expected ${names(fields)}`,
    );
}

const plantedFault = "sluice doctor ends this transaction by intent";

/**
 * A replacement leaves a row in the ledger, which is no place for probes. So this one is made to fail at its rows, after
 * everything before them was allowed: fence, ledger, DELETE and INSERT, in a transaction that is rolled back.
 */
async function tryReplace(
  warehouse: Warehouse,
  checks: Checks,
  probe: {
    readonly table: string;
    readonly temp: string;
    readonly name: string;
    readonly now: Date;
  },
  isReady: boolean,
): Promise<void> {
  if (!isReady) {
    checks.skip("replace an hour", "there is no table, or no loaded rows");
    return;
  }
  await checks.attempt("replace an hour", async (tell) => {
    const outcome = await warehouse
      .replaceHour(failingReplacement(probe))
      .catch((error: unknown) => {
        if (
          error instanceof DataRefusedError &&
          !(error instanceof MisfitError) &&
          error.message.includes(plantedFault)
        )
          return "rolled back";
        throw error;
      });
    if (outcome !== "rolled back")
      throw new ServiceError(
        `a transaction that must fail was ${outcome}: its ledger row for ${probe.table}, ${hour}, may stand`,
      );
    const rows = await warehouse.countRows(probe.table, hour);
    if (rows !== 0)
      throw new ServiceError(
        `${countOf(rows, "row is", "rows are")} left of a transaction that was rolled back`,
      );
    tell(
      "rolled back by intent; inserting the ledger's row needs the same right, and is not tried",
    );
  });
}

function failingReplacement({
  table,
  temp,
  name,
  now,
}: {
  readonly table: string;
  readonly temp: string;
  readonly name: string;
  readonly now: Date;
}): ReplaceHour {
  const seq = 1;
  return {
    table,
    temp,
    columns: [
      {
        source: "note",
        target: "note",
        conversion: {
          kind: "sql",
          // Of the row, so that no planner evaluates it before the transaction begins.
          expression: `CASE WHEN note IS NULL THEN note ELSE ERROR('${plantedFault}') END`,
        },
      },
    ],
    ledger: {
      logType: table,
      folderHour: hour,
      seq,
      rowsLoaded: 1,
      rowsSetAside: 0,
      bytes: 0,
      manifest: "",
      schemaHash: "",
      jobId: `sluice_doctor_${name}`,
      run: name,
      startedAt: now,
      finishedAt: now,
    },
    hour: {
      folderHour: hour,
      seq,
      run: name,
      lines: 0,
      blank: 0,
      setAside: 0,
      setAsideReasons: {},
      unknownTypes: {},
      finishedAt: now,
    },
  };
}

async function dropTables(
  warehouse: Warehouse,
  checks: Checks,
  tables: readonly string[],
): Promise<void> {
  await checks.attempt("drop a table", async () => {
    const left: string[] = [];
    const reasons: string[] = [];
    for (const table of tables) {
      try {
        await warehouse.dropTable(table);
        if ((await warehouse.describeTable(table)) !== null) left.push(table);
      } catch (error) {
        left.push(table);
        if (!(error instanceof SluiceError)) throw error;
        reasons.push(error.message);
      }
    }
    if (left.length === 0) return;
    throw new ServiceError(
      [`${left.join(", ")} may be left behind`, ...new Set(reasons)].join(": "),
    );
  });
}

const noTable = "there is no table, because it could not be created";

const checksAfterTheDataset: readonly Check[] = [
  "create a table",
  "load rows",
  "describe a table",
  "add a column",
  "replace an hour",
  "read the ledger",
  "drop a table",
];

function skipAll(checks: Checks, reason: string): void {
  for (const check of checksAfterTheDataset) checks.skip(check, reason);
}
