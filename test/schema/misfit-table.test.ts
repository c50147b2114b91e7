import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { BigQueryWarehouse } from "../../src/adapters/bigquery-warehouse.js";
import {
  DataRefusedError,
  MisfitError,
  SluiceError,
} from "../../src/errors.js";
import type { LoadSource } from "../../src/ports/warehouse.js";
import { createRowsChecker } from "../../src/schema/check-rows.js";
import { formatRowsCheck } from "../../src/schema/format-rows-check.js";
import { createMisfitCollector } from "../../src/schema/misfit-collector.js";
import { compileRowJudge } from "../../src/schema/judge-row.js";
import type { TableField } from "../../src/schema/table-field.js";
import { createBigQueryDataset } from "../contract/bigquery-dataset.js";
import { describeWithServers } from "../servers/shared-servers.js";
import type { MisfitKind } from "./misfit-kind.js";
import { misfitKinds } from "./misfit-kinds.js";

const refusedKinds = misfitKinds.filter(({ misfit }) => misfit !== null);

describe("the table of misfits", () => {
  it("has more than 40 kinds, each once", () => {
    expect(refusedKinds.length).to.be.greaterThan(40);
    const titles = misfitKinds.map(({ title }) => title);
    expect(new Set(titles).size).to.equal(titles.length);
  });

  for (const { title, fields, row, misfit, source } of misfitKinds) {
    it(`${misfit === null ? "takes" : "refuses"} ${title} (${source})`, () => {
      const judged = compileRowJudge(fields)(row);
      if (misfit === null) {
        expect(judged).to.have.property("cells");
        return;
      }
      expect(judged).to.deep.equal({ misfits: [misfit] });

      const collector = createMisfitCollector();
      collector.add([misfit], "t/a.ndjson", 7, row);
      const place = misfit.column === "" ? "the row" : misfit.column;
      expect(collector.toError("t", 9).message).to.include(
        `  ${place}: expected ${misfit.expected}, found ${misfit.found} in 1 row; first t/a.ndjson:7 ${row}\n`,
      );

      const checker = createRowsChecker(fields, new Map());
      checker.add({ source: "a.ndjson", line: 7, text: row });
      const check = checker.finish();
      expect(check).to.deep.include({ rows: 1, misfit_rows: 1 });
      const words = formatRowsCheck("t.json", { ...check, skipped: 0 });
      expect(words).to.include(
        `${place}: expected ${misfit.expected}, found ${misfit.found} in 1 row (100 %)\n  a.ndjson:7 `,
      );
      expect(words).to.match(/^ {2}to mend it: \S/m);
    });
  }
});

describeWithServers(
  "BigQuery's stand-in and the table of misfits",
  function (servers) {
    // A load takes the stand-in more than a second where other suites keep the machine busy.
    this.timeout(600_000);
    let warehouse: BigQueryWarehouse;
    const verdicts = new Map<MisfitKind, number | SluiceError>();

    before(async () => {
      const { endpoint, project } = await servers.bigQuery();
      const dataset = await createBigQueryDataset({ endpoint, project });
      warehouse = new BigQueryWarehouse({
        project,
        dataset: dataset.name,
        location: undefined,
        endpoint,
        retryDelayMs: 20,
      });
      const byFields = new Map<string, MisfitKind[]>();
      for (const kind of misfitKinds) {
        const key = JSON.stringify(kind.fields);
        byFields.set(key, [...(byFields.get(key) ?? []), kind]);
      }
      await Promise.all(
        [...byFields.values()].map(async (kinds, index) => {
          const temp = `kinds_${index}`;
          await warehouse.createTemp(temp, kinds[0]?.fields ?? []);
          for (const kind of kinds)
            verdicts.set(kind, await load(temp, kind.fields, kind.row));
        }),
      );
    });

    /** The rows loaded, or why none was. */
    async function load(
      temp: string,
      fields: readonly TableField[],
      row: string,
    ): Promise<number | SluiceError> {
      try {
        return await warehouse.loadTemp({
          temp,
          logType: "t",
          folderHour: "2026-11-21T03",
          run: "run",
          fields,
          sources: [toSource(row)],
          jobId: `misfit_${randomBytes(8).toString("hex")}`,
          timeFormats: new Map(),
        });
      } catch (error) {
        if (error instanceof SluiceError) return error;
        throw error;
      }
    }

    for (const kind of misfitKinds) {
      const { title, misfit, standInDiffers } = kind;
      const takes = (misfit === null) === (standInDiffers === null);
      const although =
        standInDiffers === null
          ? "as we do"
          : `where we do not: ${standInDiffers}`;
      it(`${takes ? "takes" : "refuses"} ${title}, ${although}`, () => {
        const verdict = verdicts.get(kind);
        if (takes) {
          expect(verdict).to.equal(1);
          return;
        }
        if (misfit === null) {
          expect(verdict).to.be.instanceOf(DataRefusedError);
          return;
        }
        if (!(verdict instanceof MisfitError)) expect.fail(String(verdict));
        expect(
          verdict.misfits.map(({ column, found, example }) => [
            column,
            found,
            example.line,
          ]),
        ).to.deep.equal([[misfit.column, misfit.found, 1]]);
      });
    }
  },
);

function toSource(row: string): LoadSource {
  const bytes = Buffer.from(`${row}\n`);
  async function* body(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(bytes);
  }
  return {
    key: "t/a.ndjson",
    uri: "memory:t/a.ndjson",
    rows: 1,
    sizeBytes: bytes.length,
    open: () => Promise.resolve(body()),
  };
}
