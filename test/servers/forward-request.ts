import { once } from "node:events";
import {
  type Agent,
  type ClientRequest,
  type IncomingMessage,
  request as sendRequest,
} from "node:http";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";

export interface ForwardedRequest {
  readonly target: URL;
  readonly agent: Agent;
  readonly request: IncomingMessage;
  /** The request's own, or what was read from it. */
  readonly body: Readable | Uint8Array;
  /** Called where the client waits for the server's word before it sends the body, and the server gives it. */
  readonly onContinue: () => void;
}

/** Sends the request to the target with its headers as they came; the answer's head. */
export async function forwardRequest({
  target,
  agent,
  request,
  body,
  onContinue,
}: ForwardedRequest): Promise<IncomingMessage> {
  const upstream = sendRequest({
    agent,
    host: target.hostname,
    port: target.port,
    method: request.method,
    path: request.url,
    headers: withoutConnection(request.rawHeaders),
  });
  upstream.on("error", () => undefined);
  const answered = once(upstream, "response") as Promise<[IncomingMessage]>;
  answered.catch(() => undefined);
  if (waitsForContinue(request)) {
    upstream.flushHeaders();
    const isWanted = await Promise.race([
      once(upstream, "continue").then(() => true),
      answered.then(() => false),
    ]);
    if (!isWanted) {
      const [answer] = await answered;
      answer.once("close", () => upstream.destroy());
      return answer;
    }
    onContinue();
  }
  if (!(body instanceof Readable)) upstream.end(body);
  else if (isConditional(request)) upstream.end(await buffer(body));
  else stream(body, upstream);
  const [answer] = await answered;
  return answer;
}

/**
 * A server may refuse such a request unread, and close. Only where the body is written in one go does Node read the answer
 * before it meets the closed connection.
 */
function isConditional({ headers }: IncomingMessage): boolean {
  return (
    headers["if-match"] !== undefined || headers["if-none-match"] !== undefined
  );
}

function stream(body: Readable, upstream: ClientRequest): void {
  body.pipe(upstream);
  // A server may answer, and close, before it has read the whole body; its client gets the answer then.
  upstream.once("close", () => {
    body.unpipe(upstream).resume();
  });
  body.once("close", () => {
    if (!body.readableEnded) upstream.destroy();
  });
}

export function waitsForContinue({ headers }: IncomingMessage): boolean {
  return headers.expect === "100-continue";
}

/** Name, value, name, value: these two are between neighbours, and Node writes its own. */
export function withoutConnection(rawHeaders: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = "", value = ""] = rawHeaders.slice(at, at + 2);
    if (!/^(connection|keep-alive)$/i.test(name)) kept.push(name, value);
  }
  return kept;
}
