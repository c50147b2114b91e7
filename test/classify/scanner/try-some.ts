import { fork } from "node:child_process";
import { mutants } from "./mutants.js";
const w = fork("test/classify/scanner/try-mutants.ts", ["1"]);
const jobs: any[] = [null, ...mutants.filter((m) => m.file === "type-buffers.ts")];
const next = () => { const job = jobs.shift(); if (job === undefined) { w.kill(); return; } const s = performance.now(); w.once("message", (a: any) => { console.log(job?.name, Math.round(performance.now()-s), JSON.stringify(a).slice(0,150)); next(); }); w.send({ job }); };
next();
