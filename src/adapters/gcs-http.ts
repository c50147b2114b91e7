import {
  Agent,
  type ClientRequest,
  type IncomingMessage,
  request as requestHttp,
} from "node:http";
import { Agent as TlsAgent, request as requestHttps } from "node:https";
import { maxSockets } from "./gcs-limits.js";

const agents = {
  http: new Agent({ keepAlive: true, maxSockets }),
  https: new TlsAgent({ keepAlive: true, maxSockets }),
};

export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Without a byte sent or received. Also where nobody reads the answer. */
  readonly stallTimeoutMs: number;
  /** Writes the body and ends the request. */
  readonly write: (request: ClientRequest) => void;
}

/** The head of the answer, of any status. Its body throws where it is cut short. */
export function sendHttp(options: HttpRequest): Promise<IncomingMessage> {
  const { url, stallTimeoutMs, write, ...rest } = options;
  const isPlain = url.protocol === "http:";
  return new Promise((resolve, reject) => {
    let answer: IncomingMessage | undefined;
    const request = (isPlain ? requestHttp : requestHttps)(url, {
      ...rest,
      agent: isPlain ? agents.http : agents.https,
      timeout: stallTimeoutMs,
    });
    request.on("error", reject);
    request.on("timeout", () => {
      const message = `no bytes came within ${stallTimeoutMs / 1000} s`;
      const stalled = Object.assign(new Error(message), { code: "ETIMEDOUT" });
      (answer ?? request).destroy(stalled);
    });
    request.on("response", (response) => {
      answer = response;
      response.on("error", () => undefined);
      resolve(response);
    });
    write(request);
  });
}

export async function readText(answer: IncomingMessage): Promise<string> {
  let text = "";
  for await (const block of answer.setEncoding("utf8")) text += String(block);
  return text;
}
