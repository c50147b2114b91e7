// No library on npm does all of it: toxiproxy is a server of its own and knows bytes, not requests; mockttp, the nearest,
// neither cuts a body short nor delivers a request twice; toxy is unmaintained.
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import { finished, pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import {
  forwardRequest,
  waitsForContinue,
  withoutConnection,
} from "./forward-request.js";

export type Fault =
  /** The connection is reset; the server never sees the request. */
  | { readonly kind: "reset" }
  /** The server acts on the request and answers; the connection is reset instead of passing the answer on. */
  | { readonly kind: "lose-answer" }
  /** An answer that the server was not asked for: an overload, or anything that is documented. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** The server acts at once; its answer stops before the byte `afterBytes` of its body, or without it before its head. */
  | {
      readonly kind: "stall";
      /** Infinity: until the client hangs up. */
      readonly delayMs: number;
      readonly afterBytes?: number;
    }
  /** The server gets the request only after `delayMs`, when others may have come first; also where the client is gone by then. */
  | { readonly kind: "late"; readonly delayMs: number }
  /** The answer's head is the server's, its body ends after so many bytes, and the connection with it. */
  | { readonly kind: "truncate"; readonly afterBytes: number }
  /** The server gets the request, answers, and gets it again; the second answer is passed on. */
  | { readonly kind: "deliver-twice" }
  /** The client is killed, and hears nothing more: before the server sees the request, or when the server has answered. */
  | {
      readonly kind: "kill-client";
      readonly at: "request" | "answer";
      readonly kill: () => void;
    };

export interface ProxiedRequest {
  /** Counts from 1, in the order of arrival. */
  readonly ordinal: number;
  readonly method: string;
  /** With the query, as it came. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export interface SeenRequest extends ProxiedRequest {
  readonly fault: Fault | null;
}

export interface FaultProxyOptions {
  /** An endpoint such as `http://127.0.0.1:9000`. */
  readonly target: string;
  readonly decide: (request: ProxiedRequest) => Fault | null;
}

export interface FaultProxy {
  readonly endpoint: string;
  readonly requests: readonly SeenRequest[];
  /** Requests that the server may still be at, though their clients may be gone. */
  readonly underWay: number;
  stop: () => Promise<void>;
}

/** Stands between a client and a server, on a free port of 127.0.0.1. Streams, and leaves the Host header as the client signed it. */
export async function startFaultProxy(
  options: FaultProxyOptions,
): Promise<FaultProxy> {
  const target = new URL(options.target);
  // A connection that the server closes while it idles would be a fault that nobody decided on.
  const agent = new Agent({ keepAlive: false });
  const requests: SeenRequest[] = [];
  let endpoint = "";
  let underWay = 0;

  const forward = (
    request: IncomingMessage,
    response: ServerResponse,
    body: IncomingMessage | Uint8Array = request,
  ): Promise<IncomingMessage> =>
    forwardRequest({
      target,
      agent,
      request,
      body,
      onContinue() {
        if (body === request) response.writeContinue();
      },
    });

  const writeHead = (answer: IncomingMessage, response: ServerResponse) => {
    const headers = withoutConnection(answer.rawHeaders);
    for (let at = 0; at < headers.length; at += 2) {
      const value = headers[at + 1] ?? "";
      if (
        headers[at]?.toLowerCase() === "location" &&
        value.startsWith(target.origin)
      )
        headers[at + 1] = endpoint + value.slice(target.origin.length);
    }
    response.sendDate = false;
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, headers);
  };

  const pass = async (answer: IncomingMessage, response: ServerResponse) => {
    writeHead(answer, response);
    await pipeline(answer, response);
  };

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    // What such a client sends after an answer is not known: a body, or its next request.
    if (waitsForContinue(request)) response.setHeader("connection", "close");
    const { method = "GET", url: path = "/", headers } = request;
    const ordinal = requests.length + 1;
    const fault = options.decide({ ordinal, method, path, headers });
    requests.push({ ordinal, method, path, headers, fault });

    switch (fault?.kind) {
      case undefined: {
        await pass(await forward(request, response), response);
        return;
      }
      case "late": {
        if (waitsForContinue(request)) response.writeContinue();
        const body = await buffer(request);
        await sleep(fault.delayMs);
        await pass(await forward(request, response, body), response);
        return;
      }
      case "reset": {
        request.socket.resetAndDestroy();
        return;
      }
      case "answer": {
        if (!waitsForContinue(request)) {
          request.resume();
          await finished(request, { writable: false });
        }
        response.writeHead(fault.status, fault.headers);
        response.end(method === "HEAD" ? undefined : fault.body);
        return;
      }
      case "lose-answer": {
        const answer = await forward(request, response);
        await finished(answer.resume());
        request.socket.resetAndDestroy();
        return;
      }
      case "kill-client": {
        if (fault.at === "answer") {
          const answer = await forward(request, response);
          await finished(answer.resume());
        }
        fault.kill();
        request.socket.resetAndDestroy();
        return;
      }
      case "deliver-twice": {
        if (waitsForContinue(request)) response.writeContinue();
        const body = await buffer(request);
        const first = await forward(request, response, body);
        await finished(first.resume());
        await pass(await forward(request, response, body), response);
        return;
      }
      case "truncate": {
        const answer = await forward(request, response);
        writeHead(answer, response);
        await passBytes(answer, response, fault.afterBytes);
        answer.destroy();
        response.destroy();
        return;
      }
      case "stall": {
        const answer = await forward(request, response);
        if (fault.afterBytes !== undefined) {
          writeHead(answer, response);
          await passBytes(answer, response, fault.afterBytes);
        }
        if (!(await waitUnlessClosed(response, fault.delayMs))) {
          answer.destroy();
          return;
        }
        if (fault.afterBytes === undefined) writeHead(answer, response);
        await pipeline(answer, response);
      }
    }
  };

  const handle = (request: IncomingMessage, response: ServerResponse) => {
    underWay += 1;
    serve(request, response)
      .catch(() => {
        // The target, or the client, is gone: the other side sees its connection end.
        response.destroy();
      })
      .finally(() => {
        underWay -= 1;
      });
  };
  const server = createServer(handle).on("checkContinue", handle);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new Error("the proxy has no port");
  endpoint = `http://127.0.0.1:${address.port}`;

  return {
    endpoint,
    requests,
    get underWay() {
      return underWay;
    },
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

/** Passes so many bytes on, or all where there are fewer, and leaves the rest unread. */
async function passBytes(
  answer: IncomingMessage,
  response: ServerResponse,
  byteCount: number,
): Promise<void> {
  response.flushHeaders();
  let left = byteCount;
  while (left > 0) {
    const block = answer.read() as Buffer | null;
    if (block === null) {
      if (answer.readableEnded || answer.destroyed) return;
      await readableAgain(answer);
      continue;
    }
    const passed = block.subarray(0, left);
    if (passed.length < block.length)
      answer.unshift(block.subarray(passed.length));
    left -= passed.length;
    await new Promise((resolve) => response.write(passed, resolve));
  }
}

async function readableAgain(answer: IncomingMessage): Promise<void> {
  const done = new AbortController();
  const { signal } = done;
  await Promise.race(
    ["readable", "end", "close"].map((name) =>
      once(answer, name, { signal }).catch(() => undefined),
    ),
  );
  done.abort();
}

/** False where the client hung up meanwhile. */
async function waitUnlessClosed(
  response: ServerResponse,
  delayMs: number,
): Promise<boolean> {
  const over = new AbortController();
  const closed = once(response, "close", { signal: over.signal }).then(
    () => false,
    () => true,
  );
  const passed =
    delayMs === Infinity
      ? closed
      : sleep(delayMs, true, { signal: over.signal }).catch(() => false);
  const result = await Promise.race([closed, passed]);
  over.abort();
  return result;
}
