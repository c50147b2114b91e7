import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { serverPrograms } from "./server-programs.js";
import {
  findFreePort,
  makeServerFolder,
  startServerProcess,
} from "./server-process.js";

export interface GcsServer {
  readonly endpoint: string;
  /** A bucket is a folder in it; the BigQuery server reads it. */
  readonly directory: string;
  stop: () => Promise<void>;
}

export interface GcsServerOptions {
  /** Where clients are sent for resumable uploads and downloads; its own endpoint by default. */
  readonly externalUrl?: string;
}

/** fake-gcs-server, with its objects as files. */
export async function startGcsServer(
  options: GcsServerOptions = {},
): Promise<GcsServer> {
  const folder = await makeServerFolder("gcs");
  const directory = join(folder, "buckets");
  await mkdir(directory);
  const port = await findFreePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const { stop } = await startServerProcess({
    name: "fake-gcs-server",
    command: [
      serverPrograms.gcs,
      ...["-scheme", "http", "-host", "127.0.0.1", "-port", String(port)],
      ...["-backend", "filesystem", "-filesystem-root", directory],
      ...["-external-url", options.externalUrl ?? endpoint],
      ...["-public-host", `127.0.0.1:${port}`, "-log-level", "warn"],
    ],
    folder,
    readyUrl: `${endpoint}/storage/v1/b?project=p`,
  });
  return { endpoint, directory, stop };
}
