import {
  createServer,
  type IncomingMessage,
  request as sendRequest,
  type Server,
} from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { expect } from "chai";
import {
  type Fault,
  type FaultProxy,
  type ProxiedRequest,
  startFaultProxy,
} from "./fault-proxy.js";

interface Delivered {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly body: string;
}

describe("the fault proxy", () => {
  let server: Server;
  let target: string;
  let delivered: Delivered[];
  let proxy: FaultProxy | undefined;

  before(async () => {
    server = createServer((request, response) => {
      void buffer(request).then((body) => {
        const { method = "", url: path = "", headers } = request;
        const { host = "" } = headers;
        delivered.push({ method, path, host, body: body.toString() });
        response.writeHead(200, {
          "content-length": 10,
          location: `${target}/upload?id=1`,
          etag: `"${delivered.length}"`,
        });
        response.end("0123456789");
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => (delivered = []));
  afterEach(() => proxy?.stop());

  async function start(
    decide: (request: ProxiedRequest) => Fault | null,
  ): Promise<FaultProxy> {
    return (proxy = await startFaultProxy({ target, decide }));
  }

  async function startWith(fault: Fault): Promise<string> {
    return (await start(() => fault)).endpoint;
  }

  /** The code of the system's error, as `fetch` wraps it. */
  async function failureOf(work: Promise<unknown>): Promise<unknown> {
    const error = await work.then(
      () => expect.fail("expected an error"),
      (error: unknown) => error as Error,
    );
    return (error.cause as { readonly code?: string } | undefined)?.code;
  }

  it("passes requests and answers on, and tells what it saw", async () => {
    const { endpoint, requests } = await start(() => null);
    const answer = await fetch(`${endpoint}/a?b=c%20d`, {
      method: "PUT",
      body: "text",
    });
    expect(await answer.text()).to.equal("0123456789");
    expect(answer.headers.get("location")).to.equal(`${endpoint}/upload?id=1`);
    expect(delivered).to.deep.equal([
      {
        method: "PUT",
        path: "/a?b=c%20d",
        host: new URL(endpoint).host,
        body: "text",
      },
    ]);
    expect(requests).to.have.length(1);
    expect(requests[0]).to.include({
      ordinal: 1,
      method: "PUT",
      path: "/a?b=c%20d",
      fault: null,
    });
  });

  it("streams: the server has the first bytes before the client has sent the last", async () => {
    let first: string | undefined;
    const echo = createServer((request, response) => {
      request.once("data", (block: Buffer) => {
        first = block.toString();
        response.write("seen");
        request.on("end", () => response.end()).resume();
      });
    }).listen(0, "127.0.0.1");
    await once(echo, "listening");
    proxy = await startFaultProxy({
      target: `http://127.0.0.1:${(echo.address() as AddressInfo).port}`,
      decide: () => null,
    });
    const request = sendRequest(proxy.endpoint, { method: "POST" });
    request.write("first");
    const [answer] = (await once(request, "response")) as [
      NodeJS.ReadableStream,
    ];
    expect(first).to.equal("first");
    request.end("last");
    expect(String(await buffer(answer))).to.equal("seen");
    echo.close();
  });

  it("lets the server refuse a body before it is sent", async () => {
    const refusing = createServer().on("checkContinue", (request, response) => {
      if (request.url === "/wanted") response.writeContinue();
      else response.writeHead(412, { connection: "close" });
      request.on("end", () => response.end()).resume();
      if (request.url !== "/wanted") response.end("refused");
    });
    refusing.listen(0, "127.0.0.1");
    await once(refusing, "listening");
    proxy = await startFaultProxy({
      target: `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`,
      decide: ({ path }) =>
        path === "/made-up" ? { kind: "answer", status: 503 } : null,
    });
    for (const [path, status, isSent] of [
      ["/wanted", 200, true],
      ["/unwanted", 412, false],
      ["/made-up", 503, false],
    ] as const) {
      let hasContinued = false;
      const request = sendRequest(proxy.endpoint + path, {
        method: "PUT",
        headers: { expect: "100-continue" },
      });
      request.on("continue", () => {
        hasContinued = true;
        request.end("body");
      });
      request.flushHeaders();
      const [answer] = (await once(request, "response")) as [IncomingMessage];
      await buffer(answer);
      expect([path, answer.statusCode, hasContinued]).to.deep.equal([
        path,
        status,
        isSent,
      ]);
      request.on("error", () => undefined).destroy();
    }
    refusing.closeAllConnections();
    refusing.close();
  });

  it("picks a fault per request, by its ordinal, method, path and headers", async () => {
    const seen: ProxiedRequest[] = [];
    const { endpoint } = await start((request) => {
      seen.push(request);
      return request.ordinal === 2 ? { kind: "answer", status: 500 } : null;
    });
    const statuses: number[] = [];
    for (const name of ["a", "b", "c"]) {
      const answer = await fetch(`${endpoint}/${name}`, {
        headers: { "x-name": name },
      });
      await answer.arrayBuffer();
      statuses.push(answer.status);
    }
    expect(statuses).to.deep.equal([200, 500, 200]);
    expect(
      seen.map(({ ordinal, path, headers }) => [
        ordinal,
        path,
        headers["x-name"],
      ]),
    ).to.deep.equal([
      [1, "/a", "a"],
      [2, "/b", "b"],
      [3, "/c", "c"],
    ]);
    expect(delivered.map(({ path }) => path)).to.deep.equal(["/a", "/c"]);
  });

  it("resets a connection, and the server sees nothing", async () => {
    const endpoint = await startWith({ kind: "reset" });
    const sent = fetch(endpoint, { method: "POST", body: "x" });
    expect(await failureOf(sent)).to.equal("ECONNRESET");
    expect(delivered).to.deep.equal([]);
  });

  it("delivers a request late, when another has come first, and though its client is gone", async () => {
    const delayMs = 300;
    const { endpoint } = await start(({ ordinal }) =>
      ordinal === 1 ? { kind: "late", delayMs } : null,
    );
    const gone = new AbortController();
    const late = fetch(endpoint, {
      method: "POST",
      body: "late",
      signal: gone.signal,
    }).catch(() => "gone");
    while (proxy?.requests.length !== 1)
      await new Promise((resolve) => setTimeout(resolve, 5));
    await fetch(endpoint, { method: "POST", body: "first" });
    gone.abort();
    expect(await late).to.equal("gone");
    expect(proxy.underWay).to.equal(1);
    while (proxy.underWay > 0)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(delivered.map(({ body }) => body)).to.deep.equal(["first", "late"]);
  });

  it("loses an answer, and the server has acted", async () => {
    const endpoint = await startWith({ kind: "lose-answer" });
    const sent = fetch(endpoint, { method: "POST", body: "x" });
    expect(await failureOf(sent)).to.equal("ECONNRESET");
    expect(delivered.map(({ body }) => body)).to.deep.equal(["x"]);
  });

  it("answers in the server's place, with status, headers and body", async () => {
    const endpoint = await startWith({
      kind: "answer",
      status: 503,
      headers: { "content-type": "application/xml", "retry-after": "1" },
      body: "<Error><Code>SlowDown</Code></Error>",
    });
    const answer = await fetch(endpoint, {
      method: "PUT",
      body: "x".repeat(1_000_000),
    });
    expect(answer.status).to.equal(503);
    expect(answer.headers.get("retry-after")).to.equal("1");
    expect(await answer.text()).to.equal(
      "<Error><Code>SlowDown</Code></Error>",
    );
    expect(delivered).to.deep.equal([]);
  });

  it("holds an answer back for a while, which the server has given", async () => {
    const delayMs = 300;
    const endpoint = await startWith({ kind: "stall", delayMs });
    const startedMs = performance.now();
    const answer = await fetch(endpoint);
    expect(performance.now() - startedMs).to.be.at.least(delayMs - 5);
    expect(delivered).to.have.length(1);
    expect(await answer.text()).to.equal("0123456789");
  });

  it("holds a body back in its middle", async () => {
    const delayMs = 300;
    const fault = { kind: "stall", delayMs, afterBytes: 4 } as const;
    const startedMs = performance.now();
    const blocks = (await fetch(await startWith(fault))).body!.getReader();
    expect(String(Buffer.from((await blocks.read()).value))).to.equal("0123");
    expect(String(Buffer.from((await blocks.read()).value))).to.equal("456789");
    expect(performance.now() - startedMs).to.be.at.least(delayMs - 5);
    expect((await blocks.read()).done).to.equal(true);
  });

  it("holds an answer back until the client hangs up", async () => {
    const endpoint = await startWith({ kind: "stall", delayMs: Infinity });
    const sent = fetch(endpoint, { signal: AbortSignal.timeout(300) });
    const error = await sent.then(
      () => expect.fail("expected an error"),
      (error: unknown) => error as Error,
    );
    expect(error.name).to.equal("TimeoutError");
    expect(delivered).to.have.length(1);
  });

  it("cuts a body short of its length", async () => {
    const endpoint = await startWith({ kind: "truncate", afterBytes: 4 });
    const request = sendRequest(endpoint).end();
    const [answer] = (await once(request, "response")) as [IncomingMessage];
    expect(answer.headers["content-length"]).to.equal("10");
    let text = "";
    const error = await (async () => {
      for await (const block of answer) text += String(block);
    })().then(
      () => expect.fail("expected an error"),
      (error: unknown) => error as NodeJS.ErrnoException,
    );
    expect([text, error.code]).to.deep.equal(["0123", "ECONNRESET"]);
  });

  it("delivers a request twice, and passes the second answer on", async () => {
    const endpoint = await startWith({ kind: "deliver-twice" });
    const answer = await fetch(endpoint, { method: "POST", body: "x" });
    expect(answer.headers.get("etag")).to.equal('"2"');
    expect(await answer.text()).to.equal("0123456789");
    expect(delivered.map(({ body }) => body)).to.deep.equal(["x", "x"]);
  });

  it("ends the connection where the target is not there", async () => {
    proxy = await startFaultProxy({
      target: "http://127.0.0.1:1",
      decide: () => null,
    });
    expect(await failureOf(fetch(proxy.endpoint))).to.equal("UND_ERR_SOCKET");
  });
});
