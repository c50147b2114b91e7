import type { ManifestCounts } from "../classify/describe-manifest.js";
import {
  maxShards,
  parsePlanId,
  parseShard,
  parseShards,
  runOfName,
  type PlanId,
  type Shard,
} from "../classify/plan.js";
import { UsageError } from "../errors.js";
import { parseFolderHour, type FolderHour } from "../folder-hour.js";
import { shellWords } from "../shell-words.js";
import { formatPairs } from "../terminal/format-pairs.js";
import type { AddCommand } from "./context.js";
import { hourOption } from "./hour-option.js";
import { repeatOptions } from "./repeat-options.js";
import { readSplitOptions, splitOptions } from "./split-options.js";

const planOption = {
  type: "string",
  requiresArg: true,
  describe: "A plan's id, as sluice plan printed it",
} as const;
const examplePlan = "2026-11-21T03-5651bb556e827d17";
const now = () => new Date();

const addClassify: AddCommand = (yargs, context) =>
  yargs.command(
    "classify",
    "Split one hour of mixed logs by their type, and commit it; or one shard of a plan",
    (options) =>
      options
        .option("hour", {
          ...hourOption,
          demandOption: false,
          describe: `${hourOption.describe}: the whole of it`,
        })
        .option("plan", planOption)
        .option("shard", {
          type: "string",
          requiresArg: true,
          describe: "Which share of the plan: i/n from 1/n to n/n; 0/n is n/n",
        })
        .options(splitOptions)
        .example("$0 classify --hour 2026-11-21T03", "Again is as good as once")
        .example(
          `$0 classify --plan ${examplePlan} --shard 1/3`,
          "The first of three shares; sluice commit puts them together",
        ),
    async (args) => {
      const work = chooseWork(args);
      const limits = readSplitOptions(args);
      const catalog = await context.openCatalog(args, "without_schemas");
      const options = {
        ...limits,
        catalog,
        now,
        spoolDir: context.spoolDirectory,
        log: await context.openLog(),
      };
      const ports = {
        source: await context.openSource(catalog),
        stage: await context.openStage(catalog),
        startSplitThread: context.startSplitThread,
      };
      if ("plan" in work) {
        const { classifyShard } = await import("../../jobs/classify-shard.js");
        const result = await classifyShard({ ...options, ...work }, ports);
        const { plan, shard, outcome, staged } = result;
        const words =
          staged === null
            ? `${shard} of plan ${plan}: nothing to do, ${outcome === "committed" ? "the plan" : "the same work of another run"} is committed already`
            : `${shard} of plan ${plan} ${outcome === "staged" ? "classified" : "was classified before"}\n${formatCounts(staged.types, staged.set_aside, staged)}${outcome === "staged" ? `\n${formatEffort({ ...result, ...staged })}` : ""}`;
        context.finish(args, result, words);
        return;
      }
      const { classify } = await import("../../jobs/classify.js");
      const result = await classify({ ...options, ...work }, ports);
      context.finish(
        args,
        result,
        `${formatManifest(result)}\n${formatEffort(result)}`,
      );
    },
  );

const addPlan: AddCommand = (yargs, context) =>
  yargs.command(
    "plan",
    "Deal one hour to shards, to be classified on several machines at once",
    (options) =>
      options
        .option("hour", hourOption)
        .option("shards", {
          type: "string",
          demandOption: true,
          requiresArg: true,
          describe: `How many shards, from 1 to ${maxShards}`,
        })
        .option("name", {
          type: "string",
          requiresArg: true,
          describe:
            "A name that no other plan has, like the pod's; HOUR@NAME is then an id of the plan",
        })
        .example(
          "$0 plan --hour 2026-11-21T03 --shards 3",
          "Prints the plan's id, and the commands to run next",
        ),
    async (args) => {
      const { plan } = await import("../../jobs/plan.js");
      const hour = parseFolderHour(args.hour);
      const shards = parseShards(args.shards);
      const run = args.name === undefined ? null : runOfName(args.name);
      const catalog = await context.openCatalog(args, "without_schemas");
      const result = await plan(
        {
          catalog,
          hour,
          shards,
          now,
          ...(run !== null && { newRunId: () => run }),
        },
        {
          source: await context.openSource(catalog),
          stage: await context.openStage(catalog),
        },
      );
      const next = (command: string, ...words: string[]): string =>
        `  sluice ${shellWords([command, "--plan", result.plan, ...words, ...repeatOptions(args)])}`;
      const commands = result.shares.map(
        ({ shard, objects, bytes }): [string, string] => [
          next("classify", "--shard", shard),
          `# ${objects} objects, ${bytes} bytes`,
        ],
      );
      const lines = [
        `${hour} planned: ${result.objects} objects, ${result.bytes} bytes, ${result.shards} shards; plan ${result.plan}`,
        "Next each shard, on any machine and in any order:",
        formatPairs(commands),
        "then:",
        next("commit"),
      ];
      context.finish(args, result, lines.join("\n"));
    },
  );

const addCommit: AddCommand = (yargs, context) =>
  yargs.command(
    "commit",
    "Commit the hour that a plan's shards have classified",
    (options) =>
      options
        .option("plan", { ...planOption, demandOption: true })
        .example(
          `$0 commit --plan ${examplePlan}`,
          "Once all shards are classified; again is as good as once",
        ),
    async (args) => {
      const { commit } = await import("../../jobs/commit.js");
      const plan = parsePlanId(args.plan);
      const catalog = await context.openCatalog(args, "without_schemas");
      const result = await commit(
        { catalog, plan, now, log: await context.openLog() },
        { stage: await context.openStage(catalog) },
      );
      context.finish(args, result, formatManifest(result));
    },
  );

/** Throws UsageError unless there is an hour, or a plan and a shard. */
function chooseWork(args: {
  readonly hour: string | undefined;
  readonly plan: string | undefined;
  readonly shard: string | undefined;
}):
  | { readonly hour: FolderHour }
  | { readonly plan: PlanId; readonly shard: Shard } {
  const { hour, plan, shard } = args;
  if (hour !== undefined) {
    if (plan === undefined && shard === undefined)
      return { hour: parseFolderHour(hour) };
    throw new UsageError(
      "classify takes --hour, for the whole hour, or --plan and --shard, for one share of it; found both",
    );
  }
  if (plan === undefined && shard === undefined)
    throw new UsageError(
      "Missing required argument: hour, or plan and shard\nsluice classify --help tells of them",
    );
  if (plan === undefined)
    throw new UsageError(
      "--shard needs --plan: the id that sluice plan printed",
    );
  if (shard === undefined)
    throw new UsageError(
      "--plan needs --shard: which share of the plan to classify, like 1/3",
    );
  return { plan: parsePlanId(plan), shard: parseShard(shard) };
}

/** Like `4 objects, 419 MB in 1.2 s, peak memory 101 MiB`. */
function formatEffort(result: {
  readonly objects: number;
  readonly bytes_read: number;
  readonly duration_ms: number;
  readonly peak_rss_bytes: number;
}): string {
  const { objects, bytes_read, duration_ms, peak_rss_bytes } = result;
  return (
    `${objects} objects, ${(bytes_read / 1e6).toFixed(1)} MB in ${(duration_ms / 1000).toFixed(1)} s, ` +
    `peak memory ${Math.round(peak_rss_bytes / 1024 ** 2)} MiB`
  );
}

function formatManifest(result: ManifestCounts): string {
  const { hour, seq, types, set_aside } = result;
  return `${hour} classified, seq ${seq}\n${formatCounts(types, set_aside.reasons, result)}`;
}

function formatCounts(
  types: Readonly<Record<string, number>>,
  reasons: Readonly<Partial<Record<string, number>>>,
  { blank, lines }: { readonly blank: number; readonly lines: number },
): string {
  return formatPairs([
    ...Object.entries(types)
      .filter(([, rows]) => rows > 0)
      .map(([type, rows]): [string, string] => [type, String(rows)]),
    ...Object.entries(reasons).map(([reason, rows]): [string, string] => [
      `set aside: ${reason}`,
      String(rows),
    ]),
    ["blank", String(blank)],
    ["lines", String(lines)],
  ]);
}

export const classifyCommands: readonly AddCommand[] = [
  addClassify,
  addPlan,
  addCommit,
];
