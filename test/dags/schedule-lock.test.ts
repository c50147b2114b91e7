import { expect } from "chai";
import fc from "fast-check";
import { UsageError } from "../../src/errors.js";
import {
  dealMinutes,
  formatScheduleLock,
  parseScheduleLock,
  type ScheduleLock,
  type SchedulePlan,
} from "../../src/dags/schedule-lock.js";

function planOf(
  types: Record<string, "fast" | "spread">,
  changes: Partial<SchedulePlan> = {},
): SchedulePlan {
  return {
    classifyMinute: 5,
    fastMinute: 10,
    stagger: { from: 30, to: 59 },
    types: Object.entries(types).map(([name, load]) => ({ name, load })),
    ...changes,
  };
}

function lockOf(
  minutes: Record<string, number>,
  classifyMinute = 5,
): ScheduleLock {
  return { classifyMinute, minutes: new Map(Object.entries(minutes)) };
}

function spreadOf(count: number): Record<string, "spread"> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `t${String(index).padStart(4, "0")}`,
      "spread",
    ]),
  );
}

const deal = (plan: SchedulePlan, lock: ScheduleLock | null = null) =>
  Object.fromEntries(dealMinutes(plan, lock).minutes);

describe("the minutes of the load DAGs", () => {
  it("are the fast minute for every fast type", () => {
    expect(deal(planOf({ a: "fast", b: "fast" }))).to.deep.equal({
      a: 10,
      b: 10,
    });
  });

  it("are two apart for few types, and one apart for more", () => {
    expect(
      deal(planOf({ c: "spread", a: "spread", b: "spread" })),
    ).to.deep.equal({ a: 30, b: 32, c: 34 });
    const minutes = Object.values(deal(planOf(spreadOf(30)))).sort(
      (a, b) => a - b,
    );
    expect(minutes).to.deep.equal(
      Array.from({ length: 30 }, (_, index) => 30 + index),
    );
  });

  it("hold at most ceil(n / 30) types each when dealt, for any n", () => {
    for (const count of [1, 29, 31, 60, 61, 100, 1000]) {
      const loads = new Map<number, number>();
      for (const minute of Object.values(deal(planOf(spreadOf(count)))))
        loads.set(minute, (loads.get(minute) ?? 0) + 1);
      expect(Math.max(...loads.values()), `${count} types`).to.equal(
        Math.ceil(count / 30),
      );
    }
  });

  it("do not depend on the catalog's order", () => {
    const plan = planOf(spreadOf(100));
    expect(deal({ ...plan, types: [...plan.types].reverse() })).to.deep.equal(
      deal(plan),
    );
  });

  it("are kept for life, whatever types come and go, and new types get a least loaded one", () => {
    const names = fc.uniqueArray(
      fc.string({
        unit: fc.constantFrom("a", "b", "c", "d"),
        minLength: 1,
        maxLength: 3,
      }),
    );
    fc.assert(
      fc.property(names, names, (before, after) => {
        const asPlan = (types: string[]) =>
          planOf(Object.fromEntries(types.map((name) => [name, "spread"])));
        const first = dealMinutes(asPlan(before), null);
        const second = dealMinutes(asPlan(after), first);
        expect([...second.minutes.keys()].sort()).to.deep.equal(
          [...after].sort(),
        );
        for (const name of after)
          if (before.includes(name))
            expect(second.minutes.get(name)).to.equal(first.minutes.get(name));
        expect(dealMinutes(asPlan(after), second)).to.deep.equal(second);
      }),
    );
  });

  it("fill the gap that a removed type left", () => {
    expect(
      deal(
        planOf({ a: "spread", c: "spread", d: "spread" }),
        lockOf({ a: 30, b: 32, c: 34 }),
      ),
    ).to.deep.equal({
      a: 30,
      c: 34,
      d: 32,
    });
  });

  it("move when a type changes between fast and spread", () => {
    expect(
      deal(planOf({ a: "fast", b: "spread" }), lockOf({ a: 30, b: 10 })),
    ).to.deep.equal({ a: 10, b: 30 });
  });

  const refused: [string, SchedulePlan, ScheduleLock, RegExp][] = [
    [
      "outside of the stagger",
      planOf({ a: "spread" }, { stagger: { from: 40, to: 59 } }),
      lockOf({ a: 30 }),
      /a is locked at minute 30, outside of airflow.stagger 40 to 59/,
    ],
    [
      "of fast types that airflow.fast moved",
      planOf({ a: "fast" }, { fastMinute: 12 }),
      lockOf({ a: 10 }),
      /a is locked at minute 10, and airflow.fast.minute is 12/,
    ],
    [
      "under a classifier that moved",
      planOf({ a: "spread" }, { classifyMinute: 6 }),
      lockOf({ a: 30 }),
      /classify.minute is 6, and schedule.lock.json says 5/,
    ],
    [
      "not later than the classifier's",
      planOf({ a: "spread" }, { classifyMinute: 30 }),
      lockOf({ a: 30 }, 30),
      /a would load at minute 30, not later than airflow.classify.minute 30/,
    ],
  ];
  for (const [name, plan, lock, message] of refused)
    it(`are refused where they are ${name}, naming --rebalance`, () => {
      expect(() => dealMinutes(plan, lock))
        .to.throw(UsageError, message)
        .with.property("message")
        .that.includes("--rebalance");
    });
});

describe("schedule.lock.json", () => {
  it("is one line a type, sorted, and reads back as it was", () => {
    const lock = lockOf({ b: 31, a: 30, "a.b": 32 });
    const text = formatScheduleLock(lock);
    expect(text.split("\n").slice(2, 6)).to.deep.equal([
      '  "_classify": 5,',
      '  "a": 30,',
      '  "a.b": 32,',
      '  "b": 31,',
    ]);
    expect(parseScheduleLock(text, "lock")).to.deep.equal({
      ...lock,
      minutes: new Map([...lock.minutes].sort()),
    });
  });

  it("gains one line for a new type, wherever the type sorts", () => {
    for (const name of ["0", "m", "zz"]) {
      const before = formatScheduleLock(lockOf({ a: 30, z: 31 })).split("\n");
      const after = formatScheduleLock(
        lockOf({ a: 30, z: 31, [name]: 32 }),
      ).split("\n");
      expect(after.filter((line) => !before.includes(line))).to.have.length(1);
      expect(before.filter((line) => !after.includes(line))).to.deep.equal([]);
    }
  });

  const corrupt: [string, string][] = [
    ["", "is not JSON"],
    ["<<<<<<< ours", "is not JSON"],
    ["[]", "is not a JSON object"],
    ["null", "is not a JSON object"],
    ["{}", "has no _version 1"],
    ['{"_version": 1}', "_classify is not a minute"],
    ['{"_version": 1, "_classify": 5, "a": 60}', '"a": 60 is not a minute'],
    ['{"_version": 1, "_classify": 5, "a": "30"}', '"a": "30" is not a minute'],
    ['{"_version": 1, "_classify": 5, "a": 30.5}', '"a": 30.5 is not a minute'],
  ];
  for (const [text, message] of corrupt)
    it(`is refused as ${JSON.stringify(text)}: ${message}`, () => {
      expect(() => parseScheduleLock(text, "x/schedule.lock.json")).to.throw(
        UsageError,
        `x/schedule.lock.json: ${message}`,
      );
    });
});
