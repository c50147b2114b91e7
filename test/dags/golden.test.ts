import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { readDagTemplates } from "../../src/dags/read-dag-folder.js";
import { renderDags } from "../../src/dags/render.js";
import { dealMinutes, planSchedule } from "../../src/dags/schedule-lock.js";
import { findPackageRoot } from "../../src/package-root.js";
import { buildCatalog, buildType } from "./build-catalog.js";
import { buildEverySettingCatalog } from "./every-setting-catalog.js";
import { buildHostileCatalog } from "./hostile-catalog.js";

const bare = buildCatalog([buildType("page_view")]);
const everySetting = buildEverySettingCatalog();

/** Rewritten with UPDATE_GOLDEN=1, as CONTRIBUTING.md says. */
const goldens = [
  ["bare-type.py", bare, "load_page_view.py"],
  ["bare-classifier.py", bare, "log_classification.py"],
  ["every-setting.py", everySetting, "load_orders.py"],
  ["every-setting-classifier.py", everySetting, "log_classification.py"],
  ["every-setting-reload.py", everySetting, "log_reload.py"],
  ["every-setting-reconcile.py", everySetting, "log_reconcile.py"],
  ["every-setting-watch.py", everySetting, "log_watch.py"],
  ["every-setting-report.py", everySetting, "log_report.py"],
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
