import { parsePlanId } from "../../src/classify/plan.js";
import { openPlace } from "./fixtures.js";
import { aroundCalls, commitPlace, shardPlace } from "./shards-fixtures.js";

/** Run in a process of its own: the first of two shards, or the commit; kills itself before or after the call that it is given. */
const [root = "", step, id = "", moment, killAt = ""] = process.argv.slice(2);
const place = openPlace(root);
const stage = aroundCalls(place.stage, async ({ method, key }, make) => {
  const isLast = `${method} ${key}`.startsWith(killAt);
  if (isLast && moment === "before") process.kill(process.pid, "SIGKILL");
  const result = await make();
  if (isLast) process.kill(process.pid, "SIGKILL");
  return result;
});
const plan = parsePlanId(id);
await (step === "shard"
  ? shardPlace({ ...place, stage }, plan, 1, 2)
  : commitPlace({ ...place, stage }, plan));
