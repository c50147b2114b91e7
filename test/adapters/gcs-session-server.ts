import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { crc32c } from "@node-rs/crc32";

/** What becomes of a request; `persist` keeps so many bytes of a chunk, as the service may. */
export type SessionFault =
  | { readonly kind: "status"; readonly status: number }
  | { readonly kind: "lose-answer" }
  | { readonly kind: "persist"; readonly byteCount: number };

export interface SessionServer {
  readonly endpoint: string;
  /** `POST`, `PUT bytes 0-9/20`, `DELETE`, in the order of arrival. */
  readonly requests: readonly string[];
  /** The finished object. */
  stored: () => Buffer | null;
  stop: () => Promise<void>;
}

/**
 * Resumable uploads as Google documents them, of one object: fake-gcs-server appends a chunk that it already has, takes a
 * status check for the end of the upload, and forgets a session that is finished.
 * https://cloud.google.com/storage/docs/performing-resumable-uploads
 */
export async function startSessionServer(
  decide: (request: string, ordinal: number) => SessionFault | null,
): Promise<SessionServer> {
  const requests: string[] = [];
  let persisted = Buffer.alloc(0);
  let isFinished = false;
  let isCancelled = false;

  const act = async (
    request: IncomingMessage,
    fault: SessionFault | null,
  ): Promise<{
    status: number;
    headers?: Record<string, string>;
    body?: string;
  }> => {
    const body = Buffer.concat((await request.toArray()) as Buffer[]);
    if (fault?.kind === "status") return { status: fault.status };
    if (request.method === "POST") {
      persisted = Buffer.alloc(0);
      isFinished = isCancelled = false;
      return {
        status: 200,
        headers: { location: `${endpoint}/session?upload_id=1` },
      };
    }
    if (request.method === "DELETE") {
      isCancelled = true;
      return { status: 499 };
    }
    if (isCancelled) return { status: 499 };
    const range = String(request.headers["content-range"]);
    const [, start, total] =
      /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(range) ?? [];
    if (total === undefined) return { status: 400 };
    if (!isFinished && start !== undefined) {
      if (Number(start) > persisted.length) return { status: 503 };
      const fresh = body.subarray(persisted.length - Number(start));
      const kept = fault?.kind === "persist" ? fault.byteCount : fresh.length;
      persisted = Buffer.concat([persisted, fresh.subarray(0, kept)]);
    }
    isFinished ||= Number(total) === persisted.length;
    if (isFinished) {
      const crc = Buffer.alloc(4);
      crc.writeUInt32BE(crc32c(persisted));
      const stored = {
        generation: "77",
        size: String(persisted.length),
        crc32c: crc.toString("base64"),
      };
      return {
        status: 200,
        headers: { "content-type": "application/json; charset=UTF-8" },
        body: JSON.stringify(stored),
      };
    }
    const last = persisted.length - 1;
    return {
      status: 308,
      headers: last < 0 ? {} : { range: `bytes=0-${last}` },
    };
  };

  const server: Server = createServer((request, response) => {
    const name =
      `${request.method ?? ""} ${request.headers["content-range"] ?? ""}`.trim();
    requests.push(name);
    const fault = decide(name, requests.length);
    act(request, fault).then(
      ({ status, headers, body }) => {
        if (fault?.kind === "lose-answer") request.socket.resetAndDestroy();
        else response.writeHead(status, headers).end(body);
      },
      () => response.destroy(),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port =
    address !== null && typeof address === "object" ? address.port : 0;
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    endpoint,
    requests,
    stored: () => (isFinished ? persisted : null),
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
