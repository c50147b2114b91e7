import { UsageError } from "../errors.js";

/** Options and arguments that take several values. */
const lists = ["_", "files", "sample"];

/** Throws UsageError where an option that takes one value was given several: yargs makes a list of them. */
export function refuseRepeated(args: Readonly<Record<string, unknown>>): true {
  for (const [name, values] of Object.entries(args)) {
    if (lists.includes(name) || !Array.isArray(values)) continue;
    const option = name.replace(/[A-Z]/g, (upper) => `-${upper.toLowerCase()}`);
    const times = values.length === 2 ? "twice" : `${values.length} times`;
    throw new UsageError(`--${option} is given ${times}: expected one value`);
  }
  return true;
}
