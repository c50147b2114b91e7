import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

export interface ScriptedRequest {
  readonly method: string;
  /** Below the project, such as `/jobs`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

export type ScriptedAnswer =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly json?: unknown;
      /** Instead of `json`, as it is. */
      readonly text?: string;
    }
  | "reset"
  | "hang";

export interface ScriptedBigQuery {
  readonly endpoint: string;
  readonly requests: readonly ScriptedRequest[];
  stop(): Promise<void>;
}

/** Answers like the real service where the stand-in can't: each request with what the script says. */
export async function startScriptedBigQuery(
  answer: (request: ScriptedRequest) => ScriptedAnswer,
): Promise<ScriptedBigQuery> {
  const requests: ScriptedRequest[] = [];
  const server = createServer((incoming, response) => {
    const url = new URL(incoming.url ?? "/", "http://localhost");
    void text(incoming).then((body) => {
      const request: ScriptedRequest = {
        method: incoming.method ?? "",
        path: url.pathname.replace(/^.*\/projects\/[^/]+/, ""),
        query: url.searchParams,
        headers: incoming.headers,
        body:
          incoming.headers["content-type"] === "application/json"
            ? JSON.parse(body)
            : body,
      };
      requests.push(request);
      const scripted = answer(request);
      if (scripted === "hang") return;
      if (scripted === "reset") {
        incoming.socket.resetAndDestroy();
        return;
      }
      response.writeHead(scripted.status ?? 200, {
        "content-type": "application/json; charset=UTF-8",
        ...scripted.headers,
      });
      response.end(scripted.text ?? JSON.stringify(scripted.json ?? {}));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new Error("the script has no port");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    requests,
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** An error as the REST API answers it. */
export function errorAnswer(
  status: number,
  reason: string,
  message: string,
): ScriptedAnswer {
  const errors = [{ message, domain: "global", reason }];
  return { status, json: { error: { code: status, message, errors } } };
}
