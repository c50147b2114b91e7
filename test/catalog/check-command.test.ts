import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { findPackageRoot } from "../../src/package-root.js";

const root = findPackageRoot();
const good = "test/fixtures/catalog/good";

describe("what the commands say of the catalog's settings", function () {
  this.timeout(60_000);

  function sluice(...words: string[]) {
    return spawnSync(
      process.execPath,
      [join(root, "dist/src/main.js"), ...words],
      { cwd: root, encoding: "utf8", env: { PATH: process.env["PATH"] } },
    );
  }

  it("check tells warnings on standard error, counts them, and exits 0", () => {
    const { status, stdout, stderr } = sluice(
      ...["check", "--catalog", `${good}/bigquery-layouts.yaml`],
    );

    expect(status).to.equal(0);
    expect(stdout).to.equal(
      `${good}/bigquery-layouts.yaml: 3 log types, no problems, 2 warnings\n`,
    );
    expect(stderr.split("\n")[0]).to.equal(
      `warning: ${good}/bigquery-layouts.yaml:9:26 types.purchase.partition: month: to replace an hour, BigQuery's DELETE bills its whole month; with day it bills at most one day, with hour nothing`,
    );
  });

  it("lifecycle prints nothing but the rules on standard output, and how to apply them beside it", () => {
    for (const format of [[], ["--json"]]) {
      const { status, stdout, stderr } = sluice(
        ...["lifecycle", "--catalog", `${good}/bigquery-layouts.yaml`],
        ...format,
      );

      expect(status).to.equal(0);
      expect(JSON.parse(stdout)).to.have.all.keys("rule");
      expect(stderr).to.include(
        "gcloud storage buckets update gs://acme-log-stage --lifecycle-file=lifecycle.json",
      );
    }
  });
});
