/** `npx tsx bench/classify/write-corpus.ts KIND FOLDER`: a corpus to try something on; --help lists the options. */
import yargs from "yargs";
import { corpusKinds, writeCorpus } from "./corpus.js";

const options = await yargs(process.argv.slice(2))
  .usage("$0 KIND FOLDER\n\nMade-up NDJSON logs, the same each time.")
  .demandCommand(2, 2)
  .strictOptions()
  .option("mb", { type: "number", default: 100, describe: "Plain megabytes" })
  .option("objects", { type: "number", default: 1 })
  .option("gzip", { type: "number", describe: "Level; plain without it" })
  .option("spoiled", {
    type: "number",
    default: 0,
    describe: "Share of lines that are broken, blank, or end with CR",
  })
  .option("key", { type: "string", describe: "Type key, like event.dataset" })
  .option("seed", { type: "number", default: 7 })
  .parseAsync();

const [word = "", folder] = options._.map(String);
const kind = corpusKinds.find((known) => known === word);
if (kind === undefined || folder === undefined)
  throw new Error(`${word}: no such kind; there are ${corpusKinds.join(", ")}`);
const started = performance.now();
const { files, bytes, lines, blank, spoiled, counts } = await writeCorpus(
  folder,
  {
    kind,
    sizeBytes: options.mb * 1e6,
    objects: options.objects,
    spoiledShare: options.spoiled,
    seed: options.seed,
    ...(options.gzip === undefined ? {} : { gzip: options.gzip }),
    ...(options.key === undefined ? {} : { typeKey: options.key }),
  },
);
const seconds = (performance.now() - started) / 1000;
console.log(
  `${files.length} objects, ${bytes} plain bytes, ${lines} lines of ${counts.size} types, ${blank} blank, ${spoiled} spoiled; ` +
    `${(bytes / 1e6 / seconds).toFixed(0)} MB/s`,
);
