import { countOf } from "../count-of.js";
import { addHours } from "../folder-hour.js";
import type { Backtest, BacktestAlert } from "./backtest-counts.js";
import type { CountRule } from "./model.js";

/** The number alone may be a usual one, where it is the same as another. */
const expectations: Readonly<Record<CountRule, string>> = {
  missing: "expected",
  drop: "expected",
  jump: "expected",
  duplicate: "the same as another hour's; expected its own,",
  flatline: "the same hour after hour; expected some that vary,",
};

/** The alerts of one type and rule in hours that follow each other. */
type Run = readonly [BacktestAlert, ...BacktestAlert[]];

/** A line for each run of alerts, the earliest first, and one of all. */
export function formatBacktest(backtest: Backtest): string {
  const { alerts, types, hours, learning } = backtest;
  const runs = joinRuns(alerts);
  return [
    ...runs.map(describeRun),
    `${countOf(types, "type")}, ${countOf(hours, "hour")}, of which ${learning} were too early to judge: ${countOf(alerts.length, "alert")} in ${countOf(runs.length, "run")}`,
  ].join("\n");
}

function joinRuns(alerts: readonly BacktestAlert[]): Run[] {
  const runs: [BacktestAlert, ...BacktestAlert[]][] = [];
  const open = new Map<string, [BacktestAlert, ...BacktestAlert[]]>();
  for (const alert of alerts) {
    const key = JSON.stringify([alert.type, alert.rule]);
    const run = open.get(key);
    if (run !== undefined && run.at(-1)?.hour === addHours(alert.hour, -1)) {
      run.push(alert);
      continue;
    }
    const started: [BacktestAlert] = [alert];
    open.set(key, started);
    runs.push(started);
  }
  return runs;
}

function describeRun(run: Run): string {
  const [first] = run;
  const last = run.at(-1) ?? first;
  const hours = run.length === 1 ? first.hour : `${first.hour}..${last.hour}`;
  const sum = (key: "rows" | "low" | "high") =>
    run.reduce((total, alert) => total + alert[key], 0);
  const band = `${sum("low")} to ${sum("high")}`;
  return `${hours} ${printable(first.type)} ${first.rule}: ${countOf(sum("rows"), "row")}, ${expectations[first.rule]} ${band}`;
}

/** A name from a file must not move the terminal's cursor. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) =>
    JSON.stringify(character).slice(1, -1),
  );
}
