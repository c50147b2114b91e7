import { parentPort, workerData } from "node:worker_threads";
import {
  runSplitThread,
  type SplitThreadData,
} from "./classify/split-thread.js";
import { readEnvironment } from "./environment.js";
import { openObjectStore } from "./wiring.js";

/** Entry of the threads that `startSplitThread` starts. */
const data = workerData as SplitThreadData;
if (parentPort === null) throw new Error("this file is a worker thread's");
await runSplitThread(
  parentPort,
  await openObjectStore(data.source, readEnvironment().endpoints),
  data,
);
