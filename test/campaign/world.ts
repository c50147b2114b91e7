import type { KillTarget } from "./kill-target.js";

/** Where one lane's jobs work, and how the campaign looks at it past sluice: as it is, without faults. */
export interface World {
  /** Before each round. */
  prepare(round: number): Promise<void>;
  /** The environment of the jobs of a round. */
  variables(round: number): Readonly<Record<string, string>>;
  /** Whether the services fail from now on, and by which numbers. */
  setFaults(seed: readonly number[] | null): void;
  /** When the next load has filled its TEMP table, and is about to replace the hour; null where that can't be seen. */
  nextLoad(): Promise<void> | null;
  /**
   * The environment of a job that `kill` is to end at such a request, over that of `variables`; null where no requests are seen.
   * Resolves when it can be started.
   */
  aimKill(
    target: KillTarget,
    kill: () => void,
  ): Promise<Readonly<Record<string, string>>> | null;
  /** What failed since the last call: the time, and the request. */
  takeFaults(): readonly { readonly atMs: number; readonly what: string }[];
  /** When no request is under way any more. */
  settle(): Promise<void>;
  putSource(round: number, key: string, bytes: Buffer): Promise<void>;
  listStage(round: number): Promise<string[]>;
  readStage(round: number, key: string): Promise<Buffer | null>;
  /** `SELECT` of text columns; a table that is not there is null. */
  query(sql: string): Promise<(string | null)[][] | null>;
  /** As the dialect names it in a query. */
  tableName(table: string): string;
  readonly dialect: "bigquery" | "duckdb";
  /** TEMP tables that would stay for ever. */
  findLastingTemps(): Promise<string[]>;
  stop(): Promise<void>;
}

/** Starts the lanes of a campaign, and what they share. */
export interface Worlds {
  openLane(lane: number): Promise<World>;
  stop(): Promise<void>;
}
