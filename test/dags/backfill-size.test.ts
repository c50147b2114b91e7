import { expect } from "chai";
import { backfill } from "../../jobs/backfill.js";
import { describeBackfillSize } from "../../src/dags/describe-backfill-size.js";
import { addHours } from "../../src/folder-hour.js";
import { measureHours } from "../../src/status/measure-hours.js";
import {
  hour,
  makeReconcilePlace,
  nextHour,
  reconcilePlace,
  removeReconcilePlaces,
  writeObject,
} from "../reconcile/reconcile-place.js";
import { buildCatalog, buildType } from "./build-catalog.js";

const emptyHour = addHours(nextHour, 1);
const now = new Date("2026-11-22T12:00:00Z");

describe("the size of a backfill", () => {
  after(removeReconcilePlaces);

  it("counts the source's objects, and the staged files of the chosen types", async () => {
    const place = await makeReconcilePlace();
    await writeObject(place, "2026/11/21/03/a", "view:1", "view:2", "pay:3");
    await writeObject(place, "2026/11/21/03/b", "pay:4");
    await reconcilePlace(place, { hours: [hour], run: true });
    await writeObject(place, "2026/11/21/04/a", "view:5");
    const hours = [hour, nextHour, emptyHour];
    const line = '{"log_type":"view","n":1}\n'.length;
    const expected = {
      source: { objects: 3, bytes: 3 * line + 2 * (line - 1) },
      hours_without_objects: [emptyHour],
      staged: { rows: 2, files: 1, bytes: 2 * line },
      hours_not_classified: [nextHour, emptyHour],
    };
    expect(
      await measureHours(place.catalog, hours, () => ["view"], place),
    ).to.deep.equal(expected);

    const plan = await backfill(
      {
        catalog: buildCatalog([buildType("view"), buildType("pay")]),
        from: hour,
        to: emptyHour,
        types: ["view"],
        now,
      },
      place,
    );
    expect(plan.size).to.deep.equal(expected);
    expect(plan.lines.slice(1, 3)).to.deep.equal(
      describeBackfillSize(expected).map((text) => `# ${text}`),
    );
  });

  it("leaves out the staged files of hours before a type's start_date", async () => {
    const place = await makeReconcilePlace();
    await writeObject(place, "2026/11/21/03/a", "view:1", "view:2", "pay:3");
    await writeObject(place, "2026/11/21/04/a", "view:4", "pay:5");
    await reconcilePlace(place, { hours: [hour, nextHour], run: true });
    const startDate = "2026-11-21T04:00:00Z";
    const plan = await backfill(
      {
        catalog: buildCatalog([
          buildType("view", { startDate }),
          buildType("pay"),
        ]),
        from: hour,
        to: nextHour,
        now,
      },
      place,
    );
    expect(plan.size?.staged.rows).to.equal(3);
  });

  it("is said in words, and names a few of the hours that it lacks", () => {
    const hours = [0, 1, 2, 3, 4].map((each) => addHours(hour, each));
    expect(
      describeBackfillSize({
        source: { objects: 1, bytes: 1_500_000 },
        hours_without_objects: hours.slice(0, 1),
        staged: { rows: 7, files: 2, bytes: 0 },
        hours_not_classified: hours,
      }),
    ).to.deep.equal([
      "To read: 1 object, 1.5 MB. The source has none of 2026-11-21T03: classify stops there, unless the catalog says allow_empty.",
      "To load: 7 rows in 2 files, 0.0 MB, by the manifests that stand now. Not classified yet, and not counted: 2026-11-21T03, 2026-11-21T04, 2026-11-21T05 and 2 more hours.",
    ]);
  });

  it("is not looked for unless it is asked for", async () => {
    const plan = await backfill({
      catalog: buildCatalog([buildType("view")]),
      from: hour,
      to: hour,
      now,
    });
    expect(plan.size).to.equal(null);
    expect(plan.lines.join("\n")).to.not.include("To read");
  });
});
