import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { SchemaCheckResult } from "../../jobs/schema-check.js";
import type { SchemaInferResult } from "../../jobs/schema-infer.js";
import { findPackageRoot } from "../../src/package-root.js";
import { formatSchema } from "../../src/schema/format-schema.js";
import { parseTableSchema } from "../../src/schema/read-table-schema.js";
import { describeWithServers } from "../servers/shared-servers.js";
import { openClouds, type Clouds } from "./make-places.js";
import { requireSluice, runSluice } from "./run-sluice.js";

const hour = "2026-01-15T00";

describeWithServers(
  "schemas from a staged hour of any place",
  function (servers) {
    this.timeout(900_000);
    let clouds: Clouds;
    let root: string;
    let catalog: string;
    before(async () => {
      clouds = await openClouds(servers);
      root = await mkdtemp(join(tmpdir(), "sluice-schema-hours-"));
      await mkdir(join(root, "schemas", "tables"), { recursive: true });
      catalog = join(root, "catalog.yaml");
      await writeFile(
        catalog,
        `source: file:x
stage: file:y
warehouse: duckdb:z
type_key: log_type
types:
  purchase: {}
`,
      );
    });
    after(async () => {
      await clouds.close();
      await rm(root, { recursive: true, force: true });
    });

    const pairs: readonly (readonly [string, (name: string) => string])[] = [
      ["file:", (name) => `file:${join(root, name)}`],
      ["s3:", () => clouds.s3()],
      ["gs:", () => clouds.gs()],
    ];

    it("infers the same schema of the same rows, and checks them by it", async () => {
      const inferred: SchemaInferResult[] = [];
      for (const [scheme, open] of pairs) {
        const source = open("source");
        const stage = open("stage");
        const places = [
          ...["--catalog", catalog],
          ...["--source", source, "--stage", stage],
        ];
        const pinned = "schemas/tables/purchase.json";
        await copyFile(join(findPackageRoot(), pinned), join(root, pinned));
        await requireSluice(
          ["sample", "--from", hour, "--rows", "300", "--seed", "7", ...places],
          clouds.variables,
        );
        await requireSluice(
          ["classify", "--hour", hour, ...places],
          clouds.variables,
        );
        // Else the pinned schema is what inference goes on from.
        await rm(join(root, pinned));
        const rows = ["--type", "purchase", "--hour", hour];
        const found = JSON.parse(
          await requireSluice(
            ["schema", "infer", ...rows, "--json", ...places],
            clouds.variables,
          ),
        ) as SchemaInferResult;
        expect(found.rows, scheme).to.be.greaterThan(10);
        inferred.push(found);

        const file = join(root, "purchase.json");
        await writeFile(file, found.schema);
        const check = async () => {
          const ended = await runSluice(
            ["schema", "check", ...rows, "--schema", file, "--json", ...places],
            clouds.variables,
          );
          return {
            exitCode: ended.exitCode,
            result: JSON.parse(ended.stdout) as SchemaCheckResult,
          };
        };
        const fits = await check();
        expect(fits.exitCode, scheme).to.equal(0);
        expect(fits.result).to.include({ rows: found.rows, misfit_rows: 0 });

        const narrowed = parseTableSchema(found.schema, file).filter(
          ({ name }) => name !== "quantity",
        );
        await writeFile(file, formatSchema(narrowed));
        const misfits = await check();
        expect(misfits.exitCode, scheme).to.equal(3);
        const [misfit] = misfits.result.misfits;
        expect(misfit).to.include({
          column: "quantity",
          expected: "a column of the schema",
          count: found.rows,
        });
        expect(misfit?.first[0]?.source).to.match(
          /^purchase\/2026\/01\/15\/00\/.+\.ndjson$/,
        );
      }
      const [first, ...others] = inferred;
      for (const other of others) expect(other).to.deep.equal(first);
    });
  },
);
