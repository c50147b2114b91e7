import type { S3Server } from "./s3-server.js";

/** What the SDK, and a child process, need to find the server, and nothing else: no file or role of this machine. */
export function s3Environment(
  server: Pick<S3Server, "endpoint" | "accessKeyId" | "secretAccessKey">,
): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL_S3: server.endpoint,
    AWS_ACCESS_KEY_ID: server.accessKeyId,
    AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
    SLUICE_S3_PATH_STYLE: "1",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}
