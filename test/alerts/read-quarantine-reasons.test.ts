import { expect } from "chai";
import { readQuarantineReasons } from "../../src/alerts/read-quarantine-reasons.js";
import { parseFolderHour } from "../../src/folder-hour.js";
import { quarantineKey } from "../../src/load/quarantine-key.js";
import { MemoryObjectStore } from "../classify/memory-object-store.js";

const hour = parseFolderHour("2026-11-21T03");

describe("the reasons of rows set aside, in an alert", () => {
  for (const [rows, told] of [
    [10_000, "price: expected NUMERIC in 10000 rows"],
    [10_001, "price: expected NUMERIC in 10000 of the first 10000 rows"],
  ] as const)
    it(`of ${rows} rows say of how many they are`, async () => {
      const stage = new MemoryObjectStore();
      const misfit = {
        column: "price",
        expected: "NUMERIC",
        found: "a string",
      };
      const line = `${JSON.stringify({ misfits: [misfit] })}\n`;
      await stage.put(
        quarantineKey("t", hour, "job"),
        Buffer.from(line.repeat(rows)),
      );
      expect(
        await readQuarantineReasons(stage, "t", hour, "job"),
      ).to.deep.equal([told]);
    });
});
