import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { findPackageRoot } from "../../src/package-root.js";

const text = readFileSync(
  join(findPackageRoot(), "test/servers/versions.env"),
  "utf8",
);
const {
  VERSITYGW = "",
  FAKE_GCS_SERVER = "",
  LOCAL_BIGQUERY = "",
  DUCKDB = "",
} = parseEnv(text);
const folder = join(
  process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"),
  "sluice/servers",
);
const bigQuery = join(folder, `bigquery-${LOCAL_BIGQUERY}-${DUCKDB}`);

/** Where test/servers/install puts what it installs. */
export const serverPrograms = {
  s3: join(folder, `versitygw-${VERSITYGW}`),
  gcs: join(folder, `fake-gcs-server-${FAKE_GCS_SERVER}`),
  bigQueryPython: join(bigQuery, "bin/python"),
  /** Holds the extensions that its DuckDB loads. */
  bigQueryHome: join(bigQuery, "home"),
} as const;
