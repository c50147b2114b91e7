import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { queryDuckDb } from "../contract/query-duckdb.js";
import type { Worlds } from "./world.js";

/** Folders and a DuckDB file for each lane: no service can fail, but jobs can. */
export function openLocalWorlds(root: string): Promise<Worlds> {
  return Promise.resolve({
    async openLane(lane) {
      const folder = join(root, `lane-${lane}`);
      const database = join(folder, "warehouse.duckdb");
      const stageOf = (round: number) => join(folder, `${round}/stage`);
      await mkdir(folder, { recursive: true });
      const query = async (sql: string) => {
        try {
          const rows = await queryDuckDb(database, sql);
          return rows.map((row) => Object.values(row) as (string | null)[]);
        } catch (error) {
          if (String(error).includes("does not exist")) return null;
          throw error;
        }
      };
      return {
        dialect: "duckdb" as const,
        tableName: (table: string) => `main."${table}"`,
        variables: (round) => ({
          SLUICE_SOURCE: `file:${folder}/${round}/source`,
          SLUICE_STAGE: `file:${stageOf(round)}`,
          SLUICE_WAREHOUSE: `duckdb:${database}`,
          SLUICE_SPOOL: join(folder, "spool"),
        }),
        prepare: () => Promise.resolve(),
        nextLoad: () => null,
        aimKill: () => null,
        takeFaults: () => [],
        setFaults: () => undefined,
        settle: () => Promise.resolve(),
        async putSource(round, key, bytes) {
          const file = join(folder, String(round), "source", key);
          const fresh = join(folder, `fresh-${round}`);
          await mkdir(dirname(file), { recursive: true });
          await writeFile(fresh, bytes);
          await rename(fresh, file);
        },
        async listStage(round) {
          const top = stageOf(round);
          const entries = await readdir(top, {
            recursive: true,
            withFileTypes: true,
          }).catch(() => []);
          return entries
            .filter((entry) => entry.isFile())
            .map((entry) => relative(top, join(entry.parentPath, entry.name)))
            .filter((key) => !key.startsWith(".sluice-tmp/"))
            .sort();
        },
        readStage: (round, key) =>
          readFile(join(stageOf(round), key)).catch(() => null),
        query,
        findLastingTemps: async () =>
          // Opening the file drops those of dead processes.
          (
            (await query(
              "SELECT table_name FROM duckdb_tables() WHERE table_name LIKE '%TEMP%'",
            )) ?? []
          ).flatMap(([table]) => table ?? []),
        stop: () => Promise.resolve(),
      };
    },
    stop: () => Promise.resolve(),
  });
}
