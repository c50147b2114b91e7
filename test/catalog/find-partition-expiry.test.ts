import { expect } from "chai";
import type { LogType } from "../../src/catalog/catalog.js";
import { findPartitionExpiry } from "../../src/catalog/find-partition-expiry.js";
import { parseFolderHour } from "../../src/folder-hour.js";

describe("the time at which BigQuery deletes a partition", () => {
  const cases: readonly (readonly [
    LogType["partitionBy"],
    number | null,
    string | null,
  ])[] = [
    ["hour", 2, "2026-03-03T23:00:00.000Z"],
    ["day", 2, "2026-03-03T00:00:00.000Z"],
    ["month", 2, "2026-03-03T00:00:00.000Z"],
    ["month", 31, "2026-04-01T00:00:00.000Z"],
    ["day", null, null],
    ["none", 2, null],
  ];
  for (const [partitionBy, expirationDays, expected] of cases)
    it(`is ${expected ?? "never"} for 2026-03-01T23 by ${partitionBy} with expiration_days ${expirationDays ?? "left out"}`, () => {
      const expiry = findPartitionExpiry(
        { partitionBy, expirationDays },
        parseFolderHour("2026-03-01T23"),
      );
      expect(expiry?.toISOString() ?? null).to.equal(expected);
    });

  it("counts from the month's first moment where partitions are months", () => {
    const expiry = findPartitionExpiry(
      { partitionBy: "month", expirationDays: 10 },
      parseFolderHour("2026-03-31T23"),
    );
    expect(expiry?.toISOString()).to.equal("2026-03-11T00:00:00.000Z");
  });
});
