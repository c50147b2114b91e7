import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import pLimit from "p-limit";
import { BigQueryWarehouse } from "../../src/adapters/bigquery-warehouse.js";
import {
  DataRefusedError,
  MisfitError,
  SluiceError,
} from "../../src/errors.js";
import { compileRowJudge } from "../../src/schema/judge-row.js";
import type { TableField } from "../../src/schema/table-field.js";
import { createBigQueryDataset } from "../contract/bigquery-dataset.js";
import { describeWithServers } from "../servers/shared-servers.js";
import type { MisfitKind } from "./misfit-kind.js";
import { misfitKinds } from "./misfit-kinds.js";

/** Of one schema. */
type Kinds = readonly [MisfitKind, ...MisfitKind[]];
/** A load of one file: the kind's row alone may be refused. */
interface Verdict {
  readonly rows: readonly string[];
  /** The rows loaded, or why none was. */
  readonly came: number | SluiceError;
}

const rowsBefore = 3;
const jobsAtOnce = 4;

function groupKinds(): readonly Kinds[] {
  const byFields = new Map<string, [MisfitKind, ...MisfitKind[]]>();
  for (const kind of misfitKinds) {
    const key = JSON.stringify(kind.fields);
    const known = byFields.get(key);
    if (known === undefined) byFields.set(key, [kind]);
    else known.push(kind);
  }
  return [...byFields.values()];
}

function isTakenByStandIn({ misfit, standInDiffers }: MisfitKind): boolean {
  return (misfit === null) === (standInDiffers === null);
}

/** A row that both take. */
function findSoundRow(kinds: Kinds): string | null {
  const judge = compileRowJudge(kinds[0].fields);
  const rows = kinds
    .filter((kind) => kind.misfit === null && isTakenByStandIn(kind))
    .map(({ row }) => row);
  return (
    [...rows, "{}", '{"x":[]}'].find((row) => "cells" in judge(row)) ?? null
  );
}

/** BigQuery reads the files itself, as it reads a stage in Cloud Storage. */
describeWithServers(
  "BigQuery's stand-in and the table of misfits, in files that it reads by their URI",
  function (servers) {
    this.timeout(900_000);
    const verdicts = new Map<MisfitKind, Verdict>();

    before(async () => {
      const gcs = await servers.gcs();
      const { endpoint, project } = await servers.bigQuery();
      const bucket = `misfits-${randomBytes(6).toString("hex")}`;
      await mkdir(join(gcs.directory, bucket));
      const dataset = await createBigQueryDataset({ endpoint, project });
      const warehouse = new BigQueryWarehouse({
        project,
        dataset: dataset.name,
        location: undefined,
        endpoint,
        retryDelayMs: 20,
      });
      const load = async (
        temp: string,
        fields: readonly TableField[],
        rows: readonly string[],
      ): Promise<Verdict> => {
        const name = `${randomBytes(8).toString("hex")}.ndjson`;
        const bytes = Buffer.from(rows.map((row) => `${row}\n`).join(""));
        await writeFile(join(gcs.directory, bucket, name), bytes);
        async function* body(): AsyncGenerator<Uint8Array> {
          yield await Promise.resolve(bytes);
        }
        const loading = warehouse.loadTemp({
          temp,
          logType: "t",
          folderHour: "2026-11-21T03",
          run: "run",
          fields,
          sources: [
            {
              key: name,
              uri: `gs://${bucket}/${name}`,
              rows: rows.length,
              sizeBytes: bytes.length,
              open: () => Promise.resolve(body()),
            },
          ],
          jobId: `misfit_${randomBytes(8).toString("hex")}`,
          timeFormats: new Map(),
        });
        const came = await loading.catch((error: unknown) => {
          if (error instanceof SluiceError) return error;
          throw error;
        });
        return { rows, came };
      };
      const limit = pLimit(jobsAtOnce);
      await Promise.all(
        groupKinds().map((kinds, index) =>
          limit(async () => {
            const { fields } = kinds[0];
            const temp = `uris_${index}`;
            await warehouse.createTemp(temp, fields);
            const taken = kinds.filter(isTakenByStandIn);
            const all = taken.map(({ row }) => row);
            if (taken.length > 0) {
              const verdict = await load(temp, fields, all);
              for (const kind of taken) verdicts.set(kind, verdict);
            }
            const sound = findSoundRow(kinds);
            const before =
              sound === null ? [] : Array<string>(rowsBefore).fill(sound);
            for (const kind of kinds)
              if (!isTakenByStandIn(kind)) {
                const rows = [...before, kind.row, ...before];
                verdicts.set(kind, await load(temp, fields, rows));
              }
          }),
        ),
      );
    });

    it("has sound rows before almost all of those that are refused", () => {
      const refused = misfitKinds.filter((kind) => !isTakenByStandIn(kind));
      const alone = refused.filter(
        (kind) => verdicts.get(kind)?.rows.length === 1,
      );
      expect(alone.length).to.be.lessThan(refused.length / 10);
    });

    for (const kind of misfitKinds) {
      const { title, misfit } = kind;
      const isTaken = isTakenByStandIn(kind);
      it(`${isTaken ? "takes" : "refuses"} ${title}`, () => {
        const verdict = verdicts.get(kind);
        if (verdict === undefined) expect.fail("was not tried");
        const { rows, came } = verdict;
        if (isTaken) {
          expect(came).to.equal(rows.length);
          return;
        }
        if (misfit === null) {
          expect(came).to.be.instanceOf(DataRefusedError);
          return;
        }
        if (!(came instanceof MisfitError)) expect.fail(String(came));
        expect(
          came.misfits.map(({ column, found, example }) => [
            column,
            found,
            example.line,
            example.text,
          ]),
        ).to.deep.equal([
          [misfit.column, misfit.found, rows.indexOf(kind.row) + 1, kind.row],
        ]);
      });
    }
  },
);
