import { expect } from "chai";
import { DataRefusedError, MisfitError, UsageError } from "../../src/errors.js";
import type {
  ColumnMapping,
  LedgerRow,
  LoadSource,
  ReplaceHour,
  TimeFormat,
  Warehouse,
} from "../../src/ports/warehouse.js";
import type {
  FieldMode,
  FieldType,
  TableField,
} from "../../src/schema/table-field.js";

/** What the suite needs of an adapter beside its port. */
export interface WarehouseFixture {
  readonly warehouse: Warehouse;
  /** Every row in the order of its columns' values; numbers of 64 bits and times are given as text. */
  readRows(
    table: string,
  ): Promise<readonly Readonly<Record<string, unknown>>[]>;
  tableNames(): Promise<readonly unknown[]>;
  dispose(): Promise<void>;
}

function field(
  name: string,
  type: FieldType,
  mode: FieldMode = "NULLABLE",
  fields: readonly TableField[] = [],
): TableField {
  return { name, type, mode, fields };
}

async function* oneBlock(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

function ndjson(key: string, lines: readonly string[]): LoadSource {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
  return {
    key,
    uri: `memory:${key}`,
    rows: lines.length,
    sizeBytes: bytes.length,
    open: () => Promise.resolve(oneBlock(bytes)),
  };
}

function copy(name: string): ColumnMapping {
  return { source: name, target: name, conversion: { kind: "copy" } };
}

const hour = "2026-11-21T03";
const folderHour = field("folder_hour", "TIMESTAMP");

function replacement(
  table: string,
  temp: string,
  columns: readonly ColumnMapping[],
  ledger: Partial<LedgerRow> = {},
): ReplaceHour {
  const at = new Date("2026-11-21T04:10:00Z");
  return {
    table,
    temp,
    columns,
    ledger: {
      logType: table,
      folderHour: hour,
      seq: 1,
      rowsLoaded: 1,
      rowsSetAside: 0,
      bytes: 10,
      manifest: "_manifests/2026/11/21/03.json",
      schemaHash: "sha256:0",
      jobId: "job",
      run: "run",
      startedAt: at,
      finishedAt: at,
      ...ledger,
    },
    hour: {
      folderHour: hour,
      seq: ledger.seq ?? 1,
      run: ledger.run ?? "run",
      lines: 1,
      blank: 0,
      setAside: 0,
      setAsideReasons: { not_json: 0 },
      unknownTypes: {},
      finishedAt: at,
    },
  };
}

/** The promises of the Warehouse port, which every adapter keeps. */
export function testWarehouse(
  name: string,
  open: () => Promise<WarehouseFixture>,
): void {
  describe(`${name} as a warehouse`, () => {
    let fixture: WarehouseFixture;
    let warehouse: Warehouse;

    beforeEach(async () => {
      fixture = await open();
      ({ warehouse } = fixture);
    });
    afterEach(async () => {
      await warehouse.close();
      await fixture.dispose();
    });

    async function loadTemp(
      temp: string,
      fields: readonly TableField[],
      lines: readonly string[],
      timeFormats: ReadonlyMap<string, TimeFormat> = new Map(),
    ): Promise<number> {
      await warehouse.createTemp(temp, fields);
      const sources = [ndjson("t/1.ndjson", lines)];
      return warehouse.loadTemp({
        logType: "t",
        folderHour: "2026-11-21T03",
        run: "run",
        temp,
        fields,
        sources,
        jobId: `job_${temp}`,
        timeFormats,
      });
    }

    async function replaceWith(
      table: string,
      fields: readonly TableField[],
      lines: readonly string[],
      ledger: Partial<LedgerRow> = {},
    ) {
      const temp = `${table}_TEMP_${Math.random().toString(36).slice(2)}`;
      await warehouse.ensureTable({
        table,
        fields: [folderHour, ...fields],
        partitionBy: "day",
      });
      await loadTemp(temp, fields, lines);
      const columns = fields.map((each) => copy(each.name));
      try {
        return await warehouse.replaceHour(
          replacement(table, temp, columns, {
            rowsLoaded: lines.length,
            ...ledger,
          }),
        );
      } finally {
        await warehouse.dropTable(temp);
      }
    }

    const idField = field("id", "INTEGER");

    it("keeps integers beyond 2^53 as they are", async () => {
      await replaceWith(
        "big",
        [idField],
        ['{"id":9007199254740993}', '{"id":-9223372036854775808}'],
      );
      const rows = await fixture.readRows("big");
      expect(rows.map((row) => row.id)).to.deep.equal([
        "-9223372036854775808",
        "9007199254740993",
      ]);
    });

    it("keeps 0, null, missing and the empty text apart as far as a column can", async () => {
      await replaceWith(
        "t",
        [
          idField,
          field("n", "INTEGER"),
          field("s", "STRING"),
          field("l", "INTEGER", "REPEATED"),
        ],
        [
          '{"id":1,"n":0,"s":"","l":[0]}',
          '{"id":2,"n":null,"s":null,"l":null}',
          '{"id":3}',
        ],
      );
      const rows = await fixture.readRows("t");
      expect(rows.map(({ n, s, l }) => [n, s, l])).to.deep.equal([
        ["0", "", ["0"]],
        [null, null, []],
        [null, null, []],
      ]);
    });

    it("describes a table as it was made", async () => {
      const fields = [
        folderHour,
        { ...field("id", "INTEGER", "REQUIRED"), description: "it's the id" },
        field("big", "BIGNUMERIC"),
        field("where", "GEOGRAPHY"),
        field("r", "RECORD", "REPEATED", [
          { ...field("a", "STRING", "REQUIRED"), description: 'nested "a"' },
          field("j", "JSON"),
        ]),
      ];
      const table = {
        table: "d",
        fields,
        partitionBy: "hour",
        description: "it's d",
        clusterBy: ["id"],
        expirationDays: 30,
        labels: { team: "data" },
      } as const;
      expect(await warehouse.ensureTable(table)).to.deep.equal([]);
      expect(await warehouse.describeTable("d")).to.deep.equal(fields);
      expect(await warehouse.ensureTable(table)).to.deep.equal([]);
      expect(await warehouse.describeTable("d")).to.deep.equal(fields);
      expect(await warehouse.describeTable("nothing")).to.equal(null);
    });

    it("leaves a table that stands as it is, and adds columns once", async () => {
      await replaceWith("a", [idField], ['{"id":1}']);
      const added = [
        field("extra", "STRING"),
        field("tags", "STRING", "REPEATED"),
      ];
      await warehouse.addColumns("a", added);
      await warehouse.addColumns("a", added);
      await warehouse.ensureTable({
        table: "a",
        fields: [field("other", "STRING")],
        partitionBy: "day",
      });
      expect(await warehouse.describeTable("a")).to.deep.equal([
        folderHour,
        idField,
        ...added,
      ]);
      expect(await fixture.readRows("a")).to.have.length(1);
    });

    it("replaces the hour's rows whole and leaves other hours alone", async () => {
      await replaceWith("w", [idField], ['{"id":1}', '{"id":2}']);
      await replaceWith("w", [idField], ['{"id":9}'], {
        folderHour: "2026-11-21T04",
      });
      await replaceWith("w", [idField], ['{"id":3}'], { seq: 2 });
      const rows = await fixture.readRows("w");
      expect(rows.map((row) => row.id)).to.deep.equal(["3", "9"]);
      expect(await warehouse.countRows("w", hour)).to.equal(1);
      expect(await warehouse.countRows("nothing", hour)).to.equal(0);
    });

    it("lets no older classification win, and the same one again", async () => {
      expect(
        await replaceWith("s", [idField], ['{"id":2}'], {
          seq: 2,
          jobId: "first",
        }),
      ).to.equal("replaced");
      expect(
        await replaceWith("s", [idField], ['{"id":1}'], { seq: 1 }),
      ).to.equal("superseded");
      expect((await fixture.readRows("s")).map((row) => row.id)).to.deep.equal([
        "2",
      ]);
      expect(
        await replaceWith("s", [idField], ['{"id":22}'], {
          seq: 2,
          jobId: "again",
          // By a clock that is behind, or prepared before the first and committed after it.
          finishedAt: new Date("2026-11-21T03:00:00Z"),
        }),
      ).to.equal("replaced");
      expect((await fixture.readRows("s")).map((row) => row.id)).to.deep.equal([
        "22",
      ]);
      const ledger = await warehouse.readLedger(hour, hour);
      expect(ledger.map((row) => [row.seq, row.jobId])).to.deep.equal([
        [2, "again"],
      ]);
    });

    it("replaces the same seq of another run, of a manifest that began anew, and shows its counts", async () => {
      await replaceWith("b", [idField], ['{"id":1}'], { run: "before" });
      const temp = "b_TEMP_1";
      await loadTemp(temp, [idField], ['{"id":2}', '{"id":3}']);
      const again = replacement("b", temp, [copy("id")], {
        rowsLoaded: 2,
        run: "anew",
      });
      const counts = {
        ...again.hour,
        lines: 2,
        finishedAt: new Date("2026-11-22T04:10:00Z"),
      };
      for (let time = 1; time <= 2; time += 1)
        expect(
          await warehouse.replaceHour({ ...again, hour: counts }),
        ).to.equal("replaced");
      expect((await fixture.readRows("b")).map((row) => row.id)).to.deep.equal([
        "2",
        "3",
      ]);
      const ledger = await warehouse.readLedger(hour, hour);
      expect(ledger.map(({ seq, run }) => [seq, run])).to.deep.equal([
        [1, "anew"],
      ]);
      expect(await warehouse.readHours(hour, hour)).to.deep.equal([counts]);
      expect(
        (await fixture.readRows("_sluice_hours")).map((row) => row.run),
      ).to.have.members(["before", "anew"]);
    });

    it("shows the ledger's newest row per type and hour, an hour of no rows included", async () => {
      expect(await warehouse.readLedger(hour, hour)).to.deep.equal([]);
      await replaceWith("l", [idField], ['{"id":1}']);
      await replaceWith("l", [idField], [], { seq: 2 });
      const ledger = await warehouse.readLedger("2026-11-21T00", hour);
      expect(ledger).to.deep.equal([
        {
          ...replacement("l", "", []).ledger,
          seq: 2,
          rowsLoaded: 0,
        },
      ]);
      expect(
        await warehouse.readLedger("2026-11-21T04", "2026-11-21T09"),
      ).to.deep.equal([]);
    });

    it("shows each hour's newest counts once, however many types brought them", async () => {
      expect(await warehouse.readHours(hour, hour)).to.deep.equal([]);
      await replaceWith("h1", [idField], ['{"id":1}']);
      await replaceWith("h2", [idField], ['{"id":1}']);
      await replaceWith("h1", [idField], [], { seq: 2 });
      const counts = replacement("h1", "", [], { seq: 2 }).hour;
      expect(await warehouse.readHours("2026-11-21T00", hour)).to.deep.equal([
        counts,
      ]);
      expect(
        await warehouse.readHours("2026-11-21T04", "2026-11-21T09"),
      ).to.deep.equal([]);
    });

    it("keeps the old rows when the transaction fails midway", async () => {
      await replaceWith(
        "f",
        [idField, field("s", "STRING")],
        ['{"id":1,"s":"7"}'],
      );
      const temp = "f_TEMP_1";
      await loadTemp(
        temp,
        [idField, field("s", "STRING")],
        ['{"id":2,"s":"8"}', '{"id":3,"s":"no number"}'],
      );
      const columns: ColumnMapping[] = [
        copy("id"),
        {
          source: "s",
          target: "s",
          conversion: {
            kind: "sql",
            expression: "CAST(CAST(s AS BIGINT) AS STRING)",
          },
        },
      ];
      const failure = await catchError(() =>
        warehouse.replaceHour(replacement("f", temp, columns, { seq: 5 })),
      );
      expect(failure).to.be.instanceOf(DataRefusedError);
      expect((await fixture.readRows("f")).map((row) => row.id)).to.deep.equal([
        "1",
      ]);
      const [row] = await warehouse.readLedger(hour, hour);
      expect(row?.seq).to.equal(1);
    });

    it("replaces one after the other when asked at once", async () => {
      await Promise.all(
        [1, 2, 3, 4, 5].map((seq) =>
          replaceWith("c", [idField], [`{"id":${seq}}`, `{"id":${seq}}`], {
            seq,
          }),
        ),
      );
      const rows = await fixture.readRows("c");
      expect(rows.map((row) => row.id)).to.deep.equal(["5", "5"]);
    }).timeout(180_000);

    it("loads TEMP anew when called again", async () => {
      await warehouse.createTemp("again", [idField]);
      for (let call = 0; call < 2; call += 1) {
        const rows = await warehouse.loadTemp({
          logType: "t",
          folderHour: "2026-11-21T03",
          run: "run",
          temp: "again",
          fields: [idField],
          sources: [
            ndjson("a", ['{"id":1}']),
            ndjson("b", ['{"id":2}', '{"id":3}']),
          ],
          jobId: "job_again",
          timeFormats: new Map(),
        });
        expect(rows).to.equal(3);
      }
      expect(await fixture.readRows("again")).to.have.length(3);
      await warehouse.dropTable("again");
      await warehouse.dropTable("again");
      expect(await fixture.tableNames()).not.to.include("again");
    });

    it("loads sources of no bytes, and a last line without its newline", async () => {
      await warehouse.createTemp("ends", [idField]);
      const [whole, bare] = ['{"id":1}\n', '{"id":2}'].map(
        (text, index): LoadSource => ({
          ...ndjson(`ends/${index}.ndjson`, []),
          rows: 1,
          sizeBytes: text.length,
          open: () => Promise.resolve(oneBlock(Buffer.from(text))),
        }),
      );
      const load = (sources: readonly LoadSource[], jobId: string) =>
        warehouse.loadTemp({
          logType: "t",
          folderHour: hour,
          run: "run",
          temp: "ends",
          fields: [idField],
          sources,
          jobId,
          timeFormats: new Map(),
        });
      const none = ndjson("ends/none.ndjson", []);
      if (whole === undefined || bare === undefined) throw new Error("two");
      expect(await load([none, bare, none, whole], "job_ends_1")).to.equal(2);
      expect(
        (await fixture.readRows("ends")).map((row) => row.id),
      ).to.deep.equal(["1", "2"]);
      expect(await load([none], "job_ends_2")).to.equal(0);
      expect(await fixture.readRows("ends")).to.deep.equal([]);
    });

    it("groups every misfit by column, expected and found, and loads nothing", async () => {
      const fields = [
        field("id", "INTEGER", "REQUIRED"),
        field("items", "RECORD", "REPEATED", [field("price", "NUMERIC")]),
      ];
      const error = await catchError(() =>
        loadTemp("m_TEMP", fields, [
          '{"id":1,"items":[{"price":1.5}]}',
          '{"id":"x","items":[{"price":true},{"price":false}]}',
          '{"id":"y","other":1}',
          '{"items":{}}',
        ]),
      );
      expect(error, String(error)).to.be.instanceOf(MisfitError);
      const { misfits, message } = error as MisfitError;
      expect(
        misfits.map((each) => [each.column, each.count, each.example.line]),
      ).to.deep.equal([
        ["id", 2, 2],
        ["items.price", 1, 2],
        ["other", 1, 3],
        ["items", 1, 4],
        ["id", 1, 4],
      ]);
      expect(message).to.include("id: expected INTEGER, found a string");
      expect(message).to.include("t/1.ndjson:2");
      expect(await fixture.readRows("m_TEMP")).to.deep.equal([]);
    });

    it("refuses a time that its column's format can't read, and loads nothing", async () => {
      const error = await catchError(() =>
        loadTemp(
          "i_TEMP",
          [idField, field("at", "STRING")],
          ['{"id":1,"at":"2026-11-21T03:00:00Z"}', '{"id":2,"at":"soon"}'],
          new Map([["at", "iso8601"]]),
        ),
      );
      expect(error, String(error)).to.be.instanceOf(MisfitError);
      expect((error as MisfitError).misfits).to.have.length(1);
      expect((error as MisfitError).misfits[0]).to.include({ column: "at" });
      expect(await fixture.readRows("i_TEMP")).to.deep.equal([]);
    });

    const conversions: readonly (readonly [
      from: TimeFormat,
      type: FieldType,
      value: string,
      timezone: string | null,
      expected: string | null,
    ])[] = [
      ["epoch_seconds", "INTEGER", "0", null, "1970-01-01 00:00:00+00"],
      ["epoch_seconds", "INTEGER", "-1", null, "1969-12-31 23:59:59+00"],
      [
        "epoch_seconds",
        "FLOAT",
        "1700000000.123",
        null,
        "2023-11-14 22:13:20.123+00",
      ],
      [
        "epoch_seconds",
        "STRING",
        '"1700000000"',
        null,
        "2023-11-14 22:13:20+00",
      ],
      [
        "epoch_millis",
        "INTEGER",
        "1700000000123",
        "Asia/Seoul",
        "2023-11-15 07:13:20.123",
      ],
      ["epoch_millis", "INTEGER", "-1", null, "1969-12-31 23:59:59.999+00"],
      [
        "epoch_micros",
        "INTEGER",
        "1700000000123456",
        null,
        "2023-11-14 22:13:20.123456+00",
      ],
      [
        "epoch_micros",
        "INTEGER",
        "253402300799999999",
        null,
        "9999-12-31 23:59:59.999999+00",
      ],
      ["epoch_millis", "INTEGER", "null", "Asia/Seoul", null],
      [
        "iso8601",
        "STRING",
        '"2026-11-21T03:04:05.123456Z"',
        null,
        "2026-11-21 03:04:05.123456+00",
      ],
      [
        "iso8601",
        "STRING",
        '"2026-11-21T03:04:05"',
        null,
        "2026-11-21 03:04:05+00",
      ],
      [
        "iso8601",
        "STRING",
        '"2026-11-21T03:04:05"',
        "Asia/Seoul",
        "2026-11-21 12:04:05",
      ],
      [
        "iso8601",
        "STRING",
        '"2026-11-21T12:04:05+09:00"',
        null,
        "2026-11-21 03:04:05+00",
      ],
      [
        "iso8601",
        "STRING",
        '"2026-11-21t12:04-0330"',
        null,
        "2026-11-21 15:34:00+00",
      ],
      ["iso8601", "STRING", '"2026-11-21"', null, "2026-11-21 00:00:00+00"],
      ["iso8601", "STRING", "null", null, null],
      [
        "iso8601",
        "STRING",
        '"2026-03-08T06:59:59Z"',
        "America/New_York",
        "2026-03-08 01:59:59",
      ],
      [
        "iso8601",
        "STRING",
        '"2026-03-08T07:00:00Z"',
        "America/New_York",
        "2026-03-08 03:00:00",
      ],
      [
        "iso8601",
        "STRING",
        '"2026-11-01T06:30:00Z"',
        "America/New_York",
        "2026-11-01 01:30:00",
      ],
    ];

    it("converts times, in every zone, to the microsecond, null to null", async () => {
      const columns = conversions.map(
        ([from, type, value, timezone], index) => ({
          value,
          from: field(`from_${index}`, type),
          to: field(
            `to_${index}`,
            timezone === null ? "TIMESTAMP" : "DATETIME",
          ),
          format: from,
          conversion:
            timezone === null
              ? ({ kind: "timestamp", from } as const)
              : ({ kind: "datetime", from, timezone } as const),
        }),
      );
      await warehouse.ensureTable({
        table: "conv",
        fields: [folderHour, ...columns.map(({ to }) => to)],
        partitionBy: "day",
      });
      const values = columns.map(
        ({ from, value }) => `"${from.name}":${value}`,
      );
      await loadTemp(
        "conv_TEMP",
        columns.map(({ from }) => from),
        [`{${values.join(",")}}`],
        new Map(columns.map(({ from, format }) => [from.name, format])),
      );
      await warehouse.replaceHour(
        replacement(
          "conv",
          "conv_TEMP",
          columns.map(({ from, to, conversion }) => ({
            source: from.name,
            target: to.name,
            conversion,
          })),
        ),
      );
      const [row] = await fixture.readRows("conv");
      expect(columns.map(({ to }) => row?.[to.name])).to.deep.equal(
        conversions.map(([, , , , expected]) => expected),
      );
    });

    it("refuses an sql column that is not one expression with one value per row", async () => {
      await replaceWith("e", [idField], ['{"id":1}', '{"id":2}']);
      await loadTemp("e_TEMP", [idField], ['{"id":3}', '{"id":4}']);
      const refused: readonly (readonly [string, unknown])[] = [
        ["id); DROP TABLE e; --", UsageError],
        ["id) FROM e_TEMP --", UsageError],
        ["id), (id", UsageError],
        ["nothing", UsageError],
        ["id +", UsageError],
        ["max(id)", DataRefusedError],
      ];
      for (const [expression, kind] of refused) {
        const error = await catchError(() =>
          warehouse.replaceHour(
            replacement(
              "e",
              "e_TEMP",
              [
                {
                  source: "id",
                  target: "id",
                  conversion: { kind: "sql", expression },
                },
              ],
              { rowsLoaded: 2 },
            ),
          ),
        );
        expect(error, expression).to.be.instanceOf(kind);
      }
      expect((await fixture.readRows("e")).map((row) => row.id)).to.deep.equal([
        "1",
        "2",
      ]);
      await warehouse.replaceHour(
        replacement(
          "e",
          "e_TEMP",
          [
            {
              source: "id",
              target: "id",
              conversion: { kind: "sql", expression: "id * 10 -- tenfold" },
            },
          ],
          { rowsLoaded: 2 },
        ),
      );
      expect((await fixture.readRows("e")).map((row) => row.id)).to.deep.equal([
        "30",
        "40",
      ]);
    });

    it("takes hostile values as values", async () => {
      const texts = [
        `'; DROP TABLE h; --`,
        `"`,
        "\\",
        "\u0000",
        "${x}",
        "{{ x }}",
        "가\u{1F600}",
      ];
      await replaceWith(
        "h",
        [idField, field("s", "STRING")],
        texts.map((s, id) => JSON.stringify({ id, s })),
        { logType: `h'; DROP TABLE h; --`, run: `"'` },
      );
      const rows = await fixture.readRows("h");
      expect(rows.map((row) => row.s)).to.deep.equal(texts);
    });
  });
}

export async function catchError(
  task: () => Promise<unknown>,
): Promise<unknown> {
  try {
    await task();
  } catch (error) {
    return error;
  }
  throw new Error("expected it to fail");
}
