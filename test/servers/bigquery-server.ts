import { join } from "node:path";
import { findPackageRoot } from "../../src/package-root.js";
import { serverPrograms } from "./server-programs.js";
import {
  findFreePort,
  makeServerFolder,
  startServerProcess,
} from "./server-process.js";

export interface BigQueryServer {
  readonly endpoint: string;
  readonly project: string;
  stop: () => Promise<void>;
}

export interface BigQueryServerOptions {
  /** The GCS server's: `gs://` URIs are read from there. */
  readonly gcsDirectory: string;
}

/** local-bigquery, made as strict as the service by strict-bigquery.py. */
export async function startBigQueryServer(
  options: BigQueryServerOptions,
): Promise<BigQueryServer> {
  const folder = await makeServerFolder("bigquery");
  const port = await findFreePort();
  const project = "test-project";
  const endpoint = `http://127.0.0.1:${port}`;
  const { stop } = await startServerProcess({
    name: "local-bigquery",
    command: [
      serverPrograms.bigQueryPython,
      join(findPackageRoot(), "test/servers/strict-bigquery.py"),
      ...["--host", "127.0.0.1", "--port", String(port)],
      ...["--grpc-port", String(await findFreePort())],
      ...["--project", project, "--data-dir", join(folder, "data")],
    ],
    environment: {
      HOME: serverPrograms.bigQueryHome,
      GCS_LOCAL_ROOT: options.gcsDirectory,
    },
    folder,
    readyUrl: `${endpoint}/bigquery/v2/projects/${project}/datasets`,
  });
  return { endpoint, project, stop };
}
