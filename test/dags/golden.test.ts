import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { readDagTemplates } from "../../src/dags/read-dag-folder.js";
import { renderDags } from "../../src/dags/render.js";
import { dealMinutes, planSchedule } from "../../src/dags/schedule-lock.js";
import { findPackageRoot } from "../../src/package-root.js";
import {
  buildAirflow,
  buildCatalog,
  buildType,
  plainRule,
} from "./build-catalog.js";
import { buildHostileCatalog } from "./hostile-catalog.js";

const everySetting = buildCatalog(
  [
    buildType("shop.order", {
      table: "orders",
      load: "fast",
      description: "An order was paid.\n\nOne row each.",
      owner: "payments",
      tags: ["finance", "logs"],
      startDate: "2026-02-01T00:30:00Z",
      pod: {
        resources: { cpu: "1", memory: "2Gi" },
        retries: 0,
        pool: "loads",
        priority: 10,
      },
      columns: new Map([
        [
          "time",
          {
            ...plainRule,
            from: "epoch_millis",
            to: "datetime",
            rename: "event_time",
          },
        ],
        ["body", { ...plainRule, wrap: "string" }],
        ["debug", { ...plainRule, drop: true }],
        ["price", { ...plainRule, sql: "SAFE_CAST(price AS NUMERIC)" }],
      ]),
    }),
  ],
  {
    airflow: buildAirflow({
      catchup: false,
      serviceAccount: "sluice",
      env: new Map([["AWS_REGION", "ap-northeast-2"]]),
      envFromSecrets: ["sluice"],
      envFromConfigMaps: ["sluice-settings"],
    }),
  },
);

/** Rewritten by `UPDATE_GOLDEN=1 npx mocha --spec test/dags/golden.test.ts`. */
const goldens = [
  ["bare-type.py", buildCatalog([buildType("page_view")]), "load_page_view.py"],
  ["every-setting.py", everySetting, "load_orders.py"],
  ["every-setting-classifier.py", everySetting, "log_classification.py"],
  ["hostile-type.py", buildHostileCatalog(), "load_type_2.py"],
] as const;

describe("a rendered DAG file", () => {
  for (const [golden, catalog, name] of goldens)
    it(`is test/golden/${golden}, byte for byte`, async () => {
      const lock = dealMinutes(planSchedule(catalog), null);
      const text = renderDags(catalog, lock, await readDagTemplates()).get(
        name,
      );
      const file = join(findPackageRoot(), "test", "golden", golden);
      if (process.env["UPDATE_GOLDEN"] === "1")
        await writeFile(file, text ?? "");
      expect(text).to.equal(await readFile(file, "utf8"));
    });
});
