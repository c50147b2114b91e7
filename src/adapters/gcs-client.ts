import type { FileMetadata, Storage } from "@google-cloud/storage";
import type { GcsCredentials } from "./gcs-credentials.js";
import type { GcsLimits } from "./gcs-limits.js";
import {
  type GcsAnswer,
  makeTransport,
  type MultipartPart,
  type SdkRequest,
} from "./gcs-transport.js";

export interface GcsClientOptions {
  readonly endpoint: string;
  readonly credentials: GcsCredentials;
  readonly limits: GcsLimits;
}

export interface GcsRequest {
  readonly method: "POST" | "PUT" | "DELETE";
  readonly uri: string;
  readonly qs?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: Buffer;
  readonly multipart?: MultipartPart[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Loads the SDK: who only lists and reads objects goes without. */
export async function openStorage({
  endpoint,
  credentials,
  limits,
}: GcsClientOptions): Promise<Storage> {
  const { Storage: Client } = await import("@google-cloud/storage");
  const storage = new Client({
    apiEndpoint: endpoint,
    retryOptions: { autoRetry: false },
  });
  const send = makeTransport(credentials, limits);
  type Transport = Storage["makeAuthenticatedRequest"];
  const transport = (
    request: Parameters<typeof send>[0],
    callback: (error: Error | null, body?: unknown, answer?: GcsAnswer) => void,
  ) => {
    send(request).then(
      (answer) => {
        callback(null, answer.body, answer);
      },
      (error: unknown) => {
        callback(error as Error);
      },
    );
  };
  storage.makeAuthenticatedRequest = transport as Transport;
  return storage;
}

/** One request of the JSON API. Any other status than 2xx is a GcsStatusError. */
export function sendRequest(
  storage: Storage,
  request: GcsRequest,
): Promise<GcsAnswer> {
  return new Promise((resolve, reject) => {
    storage.request(request as SdkRequest, (error, _body, answer: unknown) => {
      if (error) reject(error);
      else resolve(answer as GcsAnswer);
    });
  });
}

/** The part of an object's metadata that is used. */
export interface StoredObject {
  readonly generation: string;
  readonly sizeBytes: number;
  readonly crc32c: string | undefined;
}

/** An answer that was cut short may look like an empty one: it is asked for again. */
export class CutAnswerError extends Error {
  readonly code = "ERR_STREAM_PREMATURE_CLOSE";

  constructor() {
    super("an answer was cut short");
  }
}

export function readStored(metadata: unknown): StoredObject {
  const { generation, size, crc32c } = (metadata ?? {}) as FileMetadata;
  if (generation === undefined || size === undefined)
    throw new CutAnswerError();
  return { generation: String(generation), sizeBytes: Number(size), crc32c };
}
