import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { stringify } from "yaml";
import { schemaInfer } from "../../jobs/schema-infer.js";
import { load } from "../../jobs/load.js";
import { DuckDbWarehouse } from "../../src/adapters/duckdb-warehouse.js";
import { FileObjectStore } from "../../src/adapters/file-object-store.js";
import type { Catalog } from "../../src/catalog/catalog.js";
import { readCatalog } from "../../src/catalog/read-catalog.js";
import { readTypeSchema } from "../../src/catalog/read-type-schema.js";
import { classifyHour } from "../../src/classify/classify-hour.js";
import type { Manifest } from "../../src/classify/manifest.js";
import { hourPath, parseFolderHour } from "../../src/folder-hour.js";
import { createLog } from "../../src/log.js";
import type { TableField } from "../../src/schema/table-field.js";
import { queryDuckDb } from "../contract/query-duckdb.js";

interface Kind {
  readonly name: string;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

const kinds = createRequire(import.meta.url)(
  "@octokit/webhooks-examples",
) as readonly Kind[];
const hours = ["2026-11-21T03", "2026-11-21T04", "2026-11-21T05"].map(
  parseFolderHour,
);
const log = await createLog({ level: "silent", terminal: false });
const timeRule = { from: "iso8601", to: "timestamp" } as const;

/** A kind's columns that are turned to times, where they stand at the top of its payloads. */
const timeColumns: Readonly<Record<string, readonly string[]>> = {
  status: ["created_at", "updated_at"],
};

interface Line {
  readonly kind: string;
  readonly row: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Every payload under its kind's name, dealt over the hours, the kinds mixed. */
function dealLines(): readonly (readonly Line[])[] {
  const dealt: Line[][] = hours.map(() => []);
  const longest = Math.max(...kinds.map(({ examples }) => examples.length));
  for (let index = 0; index < longest; index += 1) {
    for (const { name, examples } of kinds) {
      const example = examples[index];
      if (example === undefined) continue;
      const row = { ...example, sluice_kind: name, sluice_id: index };
      const line = { kind: name, row, text: JSON.stringify(row) };
      dealt[index % hours.length]?.push(line);
    }
  }
  return dealt;
}

describe("GitHub's webhook payloads", function () {
  this.timeout(180_000);
  const dealt = dealLines();
  const lines = dealt.flat();
  let directory: string;
  let catalog: Catalog;
  let source: FileObjectStore;
  let stage: FileObjectStore;
  let warehouse: DuckDbWarehouse;
  let file: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "sluice-webhooks-"));
    source = new FileObjectStore(join(directory, "source"));
    stage = new FileObjectStore(join(directory, "stage"));
    file = join(directory, "w.duckdb");
    warehouse = new DuckDbWarehouse(file);
    for (const [index, hour] of hours.entries()) {
      const texts = dealt[index]?.map(({ text }) => text) ?? [];
      const half = Math.ceil(texts.length / 2);
      const folder = hourPath(hour);
      await source.put(
        `${folder}/a.ndjson`,
        Buffer.from(`${texts.slice(0, half).join("\n")}\n\n`),
      );
      await source.put(
        `${folder}/b.ndjson.gz`,
        gzipSync(`not json\r\n${texts.slice(half).join("\r\n")}`),
      );
    }
    await mkdir(join(directory, "schemas", "tables"), { recursive: true });
    for (const { name } of kinds) {
      // A column is converted from text where the catalog has a rule for it, and read as a time by its schema otherwise.
      const times = timeColumns[name] === undefined ? "infer" : "string";
      const { schema } = await schemaInfer(
        { quoted: "string", times },
        { samples: [{ name, open: () => Promise.resolve(samplesOf(name)) }] },
      );
      await writeFile(
        join(directory, "schemas/tables", `${name}.json`),
        schema,
      );
    }
    const types = kinds.map(({ name }) => {
      const columns = (timeColumns[name] ?? []).map(
        (each) => [each, timeRule] as const,
      );
      return [
        name,
        columns.length > 0 ? { columns: new Map(columns) } : {},
      ] as const;
    });
    await writeFile(
      join(directory, "catalog.yaml"),
      stringify({
        source: source.url,
        stage: stage.url,
        warehouse: warehouse.url,
        type_key: "sluice_kind",
        types: new Map(types),
      }),
    );
    catalog = await readCatalog(join(directory, "catalog.yaml"));
  });
  after(async () => {
    await warehouse.close();
    await rm(directory, { recursive: true });
  });

  async function* samplesOf(kind: string): AsyncGenerator<Uint8Array> {
    for (const line of lines) {
      if (line.kind === kind) {
        yield await Promise.resolve(Buffer.from(`${line.text}\n`));
      }
    }
  }

  it("are of dozens of kinds", () => {
    expect(kinds.length).to.be.greaterThan(50);
    expect(lines.length).to.be.greaterThan(150);
  });

  it("arrive in their tables, every line accounted for, every value as it was sent", async () => {
    const manifests: Manifest[] = [];
    for (const [index, hour] of hours.entries()) {
      const { manifest } = await classifyHour(
        {
          catalog,
          hour,
          now: () => new Date("2026-11-22T00:00:00Z"),
          spoolDir: join(directory, "spool"),
          log,
        },
        { source, stage },
      );
      manifests.push(manifest);
      const rows = dealt[index]?.length ?? 0;
      expect(manifest.lines).to.equal(rows + 2);
      expect(manifest.blank).to.equal(1);
      expect(manifest.set_aside).to.deep.include({
        rows: 1,
        reasons: { not_json: 1 },
      });
      for (const { name } of kinds) {
        const expected = dealt[index]?.filter(({ kind }) => kind === name);
        const result = await load(
          { catalog, type: name, hour },
          { stage, warehouse, clock: () => new Date(), log },
        );
        expect(result.rows_loaded, `${name} ${hour}`).to.equal(
          expected?.length,
        );
      }
    }
    const ledger = await warehouse.readLedger(hours[0] ?? "", hours[2] ?? "");
    expect(ledger).to.have.length(kinds.length * hours.length);
    const loaded = ledger.reduce((sum, row) => sum + row.rowsLoaded, 0);
    expect(loaded).to.equal(lines.length);

    let cells = 0;
    for (const { name } of kinds) {
      const type = catalog.types.get(name);
      if (type === undefined) throw new Error(`${name} is not in the catalog`);
      const fields = await readTypeSchema(catalog, type);
      const stored = await queryDuckDb(
        file,
        `SELECT * FROM "${type.table}" ORDER BY sluice_id`,
      );
      const sent = lines
        .filter(({ kind }) => kind === name)
        .sort(
          (one, other) =>
            Number(one.row["sluice_id"]) - Number(other.row["sluice_id"]),
        );
      expect(stored.length, name).to.equal(sent.length);
      for (const [index, { row }] of sent.entries()) {
        for (const field of fields) {
          cells += 1;
          const isTime = timeColumns[name]?.includes(field.name) === true;
          const expected = isTime
            ? toStoredTime(row[field.name])
            : toStored(field, row[field.name]);
          const found = parseStored(field, stored[index]?.[field.name] ?? null);
          expect(found, `${name}.${field.name} of row ${index}`).to.deep.equal(
            expected,
          );
        }
      }
    }
    expect(cells).to.be.greaterThan(1_000);
  });
});

/** The value as the table gives it back: what is missing is null, or no elements; integers are text. */
function toStored(field: TableField, value: unknown): unknown {
  if (field.mode === "REPEATED") {
    const items = (value ?? []) as readonly unknown[];
    return items.map((item) => toStored({ ...field, mode: "NULLABLE" }, item));
  }
  if (value === undefined || value === null) return null;
  if (field.type === "INTEGER") return JSON.stringify(value);
  if (field.type === "TIMESTAMP") return toStoredTime(value);
  if (field.type !== "RECORD") return value;
  const record = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(record)) {
    expect(field.fields.map(({ name }) => name)).to.include(key);
  }
  return Object.fromEntries(
    field.fields.map((inner) => [
      inner.name,
      toStored(inner, record[inner.name]),
    ]),
  );
}

function toStoredTime(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const text = new Date(value as string).toISOString();
  return `${text.slice(0, 19).replace("T", " ")}+00`;
}

/** JSON columns come back as text. */
function parseStored(field: TableField, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (field.mode === "REPEATED") {
    const items = value as readonly unknown[];
    return items.map((item) =>
      parseStored({ ...field, mode: "NULLABLE" }, item),
    );
  }
  if (field.type === "JSON") return JSON.parse(value as string) as unknown;
  if (field.type !== "RECORD") return value;
  const record = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    field.fields.map((inner) => [
      inner.name,
      parseStored(inner, record[inner.name]),
    ]),
  );
}
