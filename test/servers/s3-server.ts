import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { serverPrograms } from "./server-programs.js";
import {
  findFreePort,
  makeServerFolder,
  startServerProcess,
} from "./server-process.js";

export interface S3Server {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** A bucket is a folder in it. */
  readonly directory: string;
  stop: () => Promise<void>;
}

/** versitygw: checks signatures and checksums, and knows conditional writes. */
export async function startS3Server(): Promise<S3Server> {
  const folder = await makeServerFolder("s3");
  const directory = join(folder, "buckets");
  await mkdir(directory);
  const port = await findFreePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const accessKeyId = "local-key";
  const secretAccessKey = "local-secret";
  const { stop } = await startServerProcess({
    name: "versitygw",
    command: [
      serverPrograms.s3,
      "--quiet",
      "--port",
      `127.0.0.1:${port}`,
      "posix",
      directory,
    ],
    environment: {
      ROOT_ACCESS_KEY: accessKeyId,
      ROOT_SECRET_KEY: secretAccessKey,
    },
    folder,
    readyUrl: `${endpoint}/`,
  });
  return { endpoint, accessKeyId, secretAccessKey, directory, stop };
}
