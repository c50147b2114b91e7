import { join } from "node:path";
import yargs from "yargs";
import { findPackageRoot } from "../../src/package-root.js";
import { corpusKinds } from "./corpus.js";
import { baselineNames } from "./ways.js";

/** Below this, start-up is a good part of what is measured. */
export const quotableMb = 400;

/** Reads the words of a command line; ends the process after --help, and where they are wrong. */
export async function readOptions(words: readonly string[]) {
  const options = await yargs([...words])
    .usage("$0\n\nMeasures sluice classify beside other ways to split logs.")
    .locale("en")
    .strict()
    .version(false)
    .option("mb", {
      type: "number",
      default: quotableMb,
      describe: "Plain megabytes of each corpus",
    })
    .option("rounds", { type: "number", default: 3 })
    .option("only", {
      type: "string",
      default: corpusKinds.join(","),
      describe: "Corpora",
    })
    .option("ways", {
      type: "string",
      default: baselineNames.join(","),
      describe: "What sluice is measured against",
    })
    .option("objects", { type: "number", default: 8 })
    .option("key", {
      type: "string",
      describe: "Type key, like event.dataset; each corpus' own without it",
    })
    .option("gzip-level", { type: "number", default: 6 })
    .option("spoiled", {
      type: "number",
      default: 0.001,
      describe: "Share of lines that are broken, blank, or end with CR",
    })
    .option("large", {
      type: "boolean",
      default: false,
      describe:
        "Also 2 GB: the peak memory for them in one object, and two workers beside one",
    })
    .option("program", {
      type: "string",
      default: join(findPackageRoot(), "dist", "src", "main.js"),
      defaultDescription: "this build's",
      describe: "Sluice's main.js, to measure another build",
    })
    .option("keep", {
      type: "boolean",
      default: false,
      describe: "Leaves the corpora where they are",
    })
    .option("results", {
      type: "string",
      describe: `File for the tables; bench/classify/RESULTS.md after a whole run of at least ${quotableMb} MB`,
    })
    .parseAsync();
  return {
    ...options,
    kinds: choose(corpusKinds, options.only, "corpus"),
    ways: choose(baselineNames, options.ways, "way"),
  };
}

function choose<T extends string>(
  known: readonly T[],
  words: string,
  what: string,
): T[] {
  return words.split(",").map((word) => {
    const found = known.find((name) => name === word);
    if (found === undefined)
      throw new Error(
        `${word}: no such ${what}; there are ${known.join(", ")}`,
      );
    return found;
  });
}
