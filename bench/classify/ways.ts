import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import ts from "typescript";
import { python } from "../run-child.js";

/** What a way is given: the same for all. */
export interface SplitTask {
  readonly inputs: readonly string[];
  readonly typeKey: string;
  /** Empty, for the output. */
  readonly outDir: string;
  /** Holds `source/`, where the inputs lie, `catalog.yaml`, and room for more. */
  readonly workDir: string;
}

/** A program that splits lines by their type. */
export interface Way {
  readonly name: string;
  readonly title: string;
  /** Must agree with JSON.parse about every line of the corpora. */
  readonly exact: boolean;
  /** So slow that once is enough. */
  readonly once?: boolean;
  command(task: SplitTask): readonly string[];
  variables?(task: SplitTask): Readonly<Record<string, string>>;
}

export const corpusHour = "2026-01-15T00";

const baselines = join(import.meta.dirname, "baselines");
const cache = join(
  process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
  "sluice",
  "bench-classify",
);
const venvPython = join(cache, "venv", "bin", "python");

/** The name of what is measured against all others. */
export const oursName = "sluice";
export const twoWorkersName = "sluice-2";

/**
 * In one thread, as most others.
 * @param program Its main.js.
 */
export function createOurs(program: string): Way {
  return createSluice(program, oursName, ["--workers", "1"]);
}

/** The same with two threads. */
export function createTwoWorkers(program: string): Way {
  return createSluice(program, twoWorkersName, ["--workers", "2"]);
}

function createSluice(
  program: string,
  name: string,
  options: readonly string[],
): Way {
  return {
    name,
    title: ["sluice classify", ...options].join(" "),
    exact: true,
    command: ({ outDir, workDir }) => [
      process.execPath,
      program,
      "classify",
      ...["--hour", corpusHour, "--json", ...options],
      ...["--catalog", join(workDir, "catalog.yaml")],
      ...["--source", `file:${join(workDir, "source")}`],
      ...["--stage", `file:${outDir}`],
    ],
    variables: ({ workDir }) => ({
      SLUICE_SPOOL: join(workDir, "spool"),
      SLUICE_LOG_LEVEL: "error",
    }),
  };
}

/** What decompression alone costs where a user would do it. */
export const gunzip: Way = {
  name: "gunzip",
  title: "gzip -dc alone",
  exact: false,
  command: ({ inputs }) => [
    "sh",
    "-c",
    'exec gzip -dc "$@" > /dev/null',
    "gzip",
    ...inputs,
  ],
};

interface Baseline extends Omit<Way, "command"> {
  readonly command: readonly string[];
  readonly isThere: () => boolean;
}

const baselineWays: readonly Baseline[] = [
  {
    name: "python",
    title: "Python json.loads, threads",
    exact: true,
    command: [python, join(baselines, "split_threads.py")],
    isThere: () => true,
  },
  {
    name: "orjson",
    title: "Python orjson",
    exact: true,
    command: [venvPython, join(baselines, "split_orjson.py")],
    isThere: () => existsSync(venvPython),
  },
  {
    name: "jq",
    title: "jq and mawk",
    exact: false,
    once: true,
    command: [join(baselines, "split_jq")],
    isThere: () => hasTool("jq") && hasTool("mawk"),
  },
  {
    name: "duckdb",
    title: "DuckDB partitioned COPY",
    exact: false,
    command: [venvPython, join(baselines, "split_duckdb.py")],
    isThere: () => existsSync(venvPython),
  },
  {
    name: "node",
    title: "Node JSON.parse",
    exact: true,
    command: [process.execPath, join(cache, "split-node.mjs")],
    isThere: transpileNodeBaseline,
  },
  {
    name: "go",
    title: "Go sonic, validated",
    exact: true,
    command: [join(cache, "split-go")],
    isThere: () => existsSync(join(cache, "split-go")),
  },
  {
    name: "rust",
    title: "Rust sonic-rs, validated",
    exact: true,
    command: [join(cache, "split-rust")],
    isThere: () => existsSync(join(cache, "split-rust")),
  },
];

export const baselineNames = baselineWays.map(({ name }) => name);

/** Builds what is missing, and tells which baselines this machine has no tools for. */
export function installBaselines(names: readonly string[]): readonly Way[] {
  if (!hasTool(python))
    throw new Error(
      `there is no ${python}, which measures what the others use; install Python 3.9 or later, or set SLUICE_PYTHON`,
    );
  execFileSync(join(baselines, "install"), { stdio: "inherit" });
  return baselineWays
    .filter(({ name, isThere }) => names.includes(name) && isThere())
    .map(({ command, ...way }) => ({
      ...way,
      command: ({ inputs, outDir, typeKey }) => [
        ...command,
        ...inputs,
        outDir,
        typeKey,
      ],
    }));
}

function transpileNodeBaseline(): boolean {
  const source = readFileSync(join(baselines, "split-node.ts"), "utf8");
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
    },
  });
  writeFileSync(join(cache, "split-node.mjs"), outputText);
  return true;
}

function hasTool(name: string): boolean {
  if (name.includes("/")) return existsSync(name);
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .some((folder) => existsSync(join(folder, name)));
}
