import { fork, type ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { MutantAnswer, MutantJob } from "./try-mutants.js";
import { mutants } from "./mutants.js";

/** The suite takes a few seconds; a mutant may loop for ever. */
const timeoutMs = 60_000;

const started = performance.now();
const seed = Date.now() % 2 ** 31;
console.log(`${mutants.length} mutants of the scanner, seed ${seed}`);
const jobs: MutantJob[] = [null, ...mutants];
let problems = 0;
await Promise.all(
  Array.from({ length: Math.min(4, availableParallelism()) }, runJobs),
);
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(
  problems === 0
    ? `all ${mutants.length} were caught in ${seconds} s; the scanner as it is passes`
    : `${problems} of ${mutants.length + 1} are not as they should be; seed ${seed}`,
);
process.exitCode = problems === 0 ? 0 : 1;

async function runJobs(): Promise<void> {
  let worker = startWorker();
  for (let job; (job = jobs.shift()) !== undefined;) {
    const answer = await ask(worker, job);
    if (answer === null) {
      worker.kill("SIGKILL");
      worker = startWorker();
    }
    report(job, answer ?? { kind: "caught", by: "it does not end" });
  }
  worker.kill();
}

function startWorker(): ChildProcess {
  return fork(fileURLToPath(new URL("./try-mutants.ts", import.meta.url)), [
    String(seed),
  ]);
}

/** Null where there is no answer in time. */
function ask(
  worker: ChildProcess,
  job: MutantJob,
): Promise<MutantAnswer | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      settle();
      resolve(null);
    }, timeoutMs);
    const take = (answer: MutantAnswer): void => {
      settle();
      resolve(answer);
    };
    const fail = (): void => {
      settle();
      reject(new Error("the process that tries mutants ended"));
    };
    const settle = (): void => {
      clearTimeout(timer);
      worker.off("message", take);
      worker.off("exit", fail);
    };
    worker.on("message", take);
    worker.on("exit", fail);
    worker.send({ job });
  });
}

function report(job: MutantJob, answer: MutantAnswer): void {
  const name =
    job === null ? "the scanner as it is" : `${job.file}: ${job.name}`;
  const isFine = answer.kind === (job === null ? "survived" : "caught");
  if (!isFine) problems += 1;
  const words = {
    caught: () => (answer.kind === "caught" ? answer.by : ""),
    survived: () => (job === null ? "passes" : "NOTHING NOTICES IT"),
    broken: () => (answer.kind === "broken" ? answer.problem : ""),
  }[answer.kind]();
  console.log(
    `${isFine ? "ok  " : "FAIL"} ${name.padEnd(60)} ${words.slice(0, 160)}`,
  );
}
