import { createHash } from "node:crypto";
import { UsageError } from "../errors.js";
import { hourPath, parseFolderHour, type FolderHour } from "../folder-hour.js";
import type { Work } from "./same-work.js";

/** Top folder of the plans and of what their shards recorded; no type name starts with `_`. */
export const plansName = "_plans";

/** Pods beyond this would wait for the one that commits. */
export const maxShards = 1_000;

/** An hour's work, dealt to shards. Written as JSON at `_plans/YYYY/MM/DD/HH/{run}.json`, once. */
export interface Plan extends Work {
  readonly version: 1;
  readonly hour: FolderHour;
  /** That of the manifest that the plan's commit writes. */
  readonly run: string;
  readonly created_at: string;
  readonly compression: "none" | "gzip";
  /** The manifest that stood before the source was listed, and which the commit must find; null: none. */
  readonly previous: {
    readonly etag: string;
    readonly seq: number;
    /** Keys of its files, to be deleted after the commit. */
    readonly files: readonly string[];
  } | null;
  /** For each shard the indexes of its `inputs`, ascending. */
  readonly shares: readonly (readonly number[])[];
}

/** What a plan is named by: `2026-11-21T03-5651bb556e827d17`. */
export interface PlanId {
  readonly hour: FolderHour;
  readonly run: string;
}

export function formatPlanId({ hour, run }: PlanId): string {
  return `${hour}-${run}`;
}

/**
 * Reads `2026-11-21T03-5651bb556e827d17`, or `2026-11-21T03@NAME` for a plan that was made with `--name NAME`.
 * Throws UsageError.
 */
export function parsePlanId(text: string): PlanId {
  const [, namedHour, name] =
    /^(\d{4}-\d{2}-\d{2}T\d{2})@(.*)$/.exec(text) ?? [];
  if (namedHour !== undefined && name !== undefined)
    return { hour: parseFolderHour(namedHour), run: runOfName(name) };
  const match = /^(\d{4}-\d{2}-\d{2}T\d{2})-([0-9a-f]{16})$/.exec(text);
  const [, hour, run] = match ?? [];
  if (hour === undefined || run === undefined) {
    throw new UsageError(
      `--plan ${JSON.stringify(text)} is no plan id: expected one that sluice plan printed, like 2026-11-21T03-5651bb556e827d17`,
    );
  }
  return { hour: parseFolderHour(hour), run };
}

/**
 * The run of a plan that is made under this name, so that whoever knows the name need not be told the id. As a run must never
 * come again, neither must the name: a pod's own one. Throws UsageError.
 */
export function runOfName(name: string): string {
  if (!/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(name))
    throw new UsageError(
      `${JSON.stringify(name)} can't name a plan: expected the name of the pod that makes it, 1 to 253 lower case letters, digits, - and .`,
    );
  return createHash("sha256").update(name).digest("hex").slice(0, 16);
}

export function planKey({ hour, run }: PlanId): string {
  return `${plansName}/${hourPath(hour)}/${run}.json`;
}

/** How many shards to deal an hour to. Throws UsageError. */
export function parseShards(text: string): number {
  const shards = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (shards >= 1 && shards <= maxShards) return shards;
  throw new UsageError(
    `--shards ${JSON.stringify(text)}: expected a whole number from 1 to ${maxShards}`,
  );
}

/** One of a plan's `of` shares, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

export function formatShard({ index, of }: Shard): string {
  return `${index}/${of}`;
}

/** Reads `1/3`. `0/3` is `3/3`, so that a count from 0, like Airflow's map_index, can be used as it is. Throws UsageError. */
export function parseShard(text: string): Shard {
  const match = /^(\d{1,5})\/(\d{1,5})$/.exec(text);
  const [index, of] = [Number(match?.[1]), Number(match?.[2])];
  if (!(index >= 0 && of >= 1 && index <= of)) {
    throw new UsageError(
      `--shard ${JSON.stringify(text)} is no shard: expected i/n with i from 1 to n, like 1/3 (0/n is n/n)`,
    );
  }
  return { index: index === 0 ? of : index, of };
}

/** What a message tells to do where a plan can't be carried out any more. */
export function planAnew(hour: FolderHour): string {
  return `make a new plan: sluice plan --hour ${hour} --shards N`;
}
