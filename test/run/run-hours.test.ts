import { join } from "node:path";
import { expect } from "chai";
import { classifyHour } from "../../src/classify/classify-hour.js";
import { manifestKey } from "../../src/classify/manifest.js";
import { AccessError, NotOpenedError } from "../../src/errors.js";
import { parseFolderHour } from "../../src/folder-hour.js";
import type { ReplaceHour, Warehouse } from "../../src/ports/warehouse.js";
import { chooseExitCode, runHours } from "../../src/run/run-hours.js";
import {
  hour,
  makeReconcilePlace,
  removeReconcilePlaces,
  silent,
  writeObject,
  type ReconcilePlace,
} from "../reconcile/reconcile-place.js";

describe("running hours", () => {
  let place: ReconcilePlace;
  beforeEach(async () => {
    place = await makeReconcilePlace();
    await writeObject(place, "2026/11/21/03/a", "view:1", "pay:2");
  });
  afterEach(removeReconcilePlaces);

  const now = () => new Date("2026-11-22T12:00:00Z");
  const run = (warehouse: Warehouse = place.warehouse) =>
    runHours(
      {
        catalog: place.catalog,
        hours: [hour],
        types: [...place.catalog.types.values()],
        spoolDirectory: join(place.root, "spool"),
        onStep: () => undefined,
      },
      { ...place, warehouse, clock: now, log: silent },
    );
  const classify = () =>
    classifyHour(
      {
        catalog: place.catalog,
        hour,
        spoolDir: join(place.root, "spool"),
        now,
        log: silent,
      },
      place,
    );

  it("counts the loads that gave way to a newer classification", async () => {
    expect(await run()).to.include({ superseded: 0 });
    const warehouse = new Proxy(place.warehouse, {
      get(target, name) {
        if (name === "replaceHour")
          return async (replacement: ReplaceHour) => {
            if (replacement.table === "pay")
              return target.replaceHour(replacement);
            await classify();
            return "superseded";
          };
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function"
          ? (value.bind(target) as unknown)
          : value;
      },
    });
    const result = await run(warehouse);
    expect(result.superseded).to.equal(1);
    expect(
      result.loaded.map(({ type, outcome }) => `${type} ${outcome}`),
    ).to.deep.equal(["view superseded", "pay replaced"]);
    expect(result.failures).to.deep.equal([]);
  });

  it("fails the loads of an hour whose ledger is ahead of its manifest", async () => {
    for (let time = 1; time <= 3; time += 1) await run();
    await place.stage.delete(manifestKey(hour));
    await writeObject(place, "2026/11/21/03/late", "view:9");
    const result = await run();
    expect(result.loaded).to.deep.equal([]);
    expect(
      result.failures.map(({ type, exit_code }) => [type, exit_code]),
    ).to.have.deep.members([
      ["view", 3],
      ["pay", 3],
    ]);
    expect(chooseExitCode(result.failures)).to.equal(3);
    expect(result.failures[0]?.message).to.include(
      "seq 3 is loaded, but the manifest is of seq 1",
    );
    expect(await place.warehouse.countRows("view", hour)).to.equal(1);
  });

  for (const [what, failure] of [
    ["is held open", new NotOpenedError("held")],
    ["refuses the caller", new AccessError("no")],
  ] as const) {
    it(`leaves no TEMP table to drop where the warehouse ${what}`, async () => {
      const { calls, warehouse } = failing(failure);
      await run(warehouse);
      expect(calls).to.deep.equal(["createTemp", "createTemp"]);
    });
  }

  it("begins no more loads once the warehouse could not be opened", async () => {
    const next = parseFolderHour("2026-11-21T04");
    await writeObject(place, "2026/11/21/04/a", "view:1", "pay:2");
    const { calls, warehouse } = failing(new NotOpenedError("held"));
    const steps: string[] = [];
    const told: [object, string][] = [];
    const result = await runHours(
      {
        catalog: place.catalog,
        hours: [hour, next],
        types: [...place.catalog.types.values()],
        spoolDirectory: join(place.root, "spool"),
        onStep: (step) => steps.push(step),
      },
      {
        ...place,
        warehouse,
        clock: now,
        log: {
          ...silent,
          warn: (fields, message) => told.push([fields, message]),
        },
      },
    );
    expect(calls).to.deep.equal(["createTemp", "createTemp"]);
    expect(result.classified.map((each) => each.hour)).to.deep.equal([
      hour,
      next,
    ]);
    expect(
      result.failures.map(({ type, message }) => [type, message]),
    ).to.have.deep.members([
      ["view", "held"],
      ["pay", "held"],
    ]);
    expect(chooseExitCode(result.failures)).to.equal(5);
    expect(steps).to.have.length(6);
    expect(told).to.deep.equal([
      [
        { warehouse: place.warehouse.url, loads: 2 },
        "loads were not begun, because the warehouse can't be opened: run the same again once it can",
      ],
    ]);
  });

  function failing(failure: Error): {
    readonly calls: string[];
    readonly warehouse: Warehouse;
  } {
    const calls: string[] = [];
    const warehouse = new Proxy(place.warehouse, {
      get(target, name) {
        if (name === "createTemp" || name === "dropTable")
          return () => {
            calls.push(name);
            return Promise.reject(failure);
          };
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function"
          ? (value.bind(target) as unknown)
          : value;
      },
    });
    return { calls, warehouse };
  }
});
