import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { callHeartbeat } from "../../src/alerts/call-heartbeat.js";

const limits = { timeoutMs: 60_000, retries: 2, minRetryDelayMs: 1 };
const secret = "s3cret-token";

describe("the heartbeat", () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });

  const call = async (answer: RequestListener, timeoutMs?: number) => {
    const paths: string[] = [];
    const listening = createServer((request, response) => {
      paths.push(request.url ?? "");
      answer(request, response);
    });
    server = listening;
    await new Promise<void>((resolve) =>
      listening.listen(0, "127.0.0.1", resolve),
    );
    const { port } = listening.address() as AddressInfo;
    return {
      paths,
      ...(await beat(`http://127.0.0.1:${port}/${secret}`, timeoutMs)),
    };
  };
  const beat = async (url: string, timeoutMs = limits.timeoutMs) => {
    const lines: string[] = [];
    const warn = (fields: object, message: string) => {
      lines.push(JSON.stringify([fields, message]));
    };
    const heard = await callHeartbeat(url, { warn }, { ...limits, timeoutMs });
    return { heard, log: lines.join("\n") };
  };

  it("is a GET of the URL", async () => {
    const { heard, paths, log } = await call((_, response) =>
      response.end("OK"),
    );
    expect({ heard, paths, log }).to.deep.equal({
      heard: true,
      paths: [`/${secret}`],
      log: "",
    });
  });

  it("is tried again where the server fails", async () => {
    let calls = 0;
    const { heard, paths } = await call((_, response) => {
      calls += 1;
      response.writeHead(calls < 3 ? 503 : 200).end();
    });
    expect(heard).to.equal(true);
    expect(paths).to.have.length(3);
  });

  const failures: readonly {
    readonly title: string;
    readonly answer: RequestListener;
    readonly reason: string;
    readonly timeoutMs?: number;
  }[] = [
    {
      title: "refuses",
      answer: (_, response) => response.writeHead(404).end(),
      reason: "it answered 404",
    },
    {
      title: "hangs up",
      answer: (request) => request.socket.destroy(),
      reason: "no connection",
    },
    {
      title: "never answers",
      answer: () => undefined,
      reason: "no answer in 50 ms",
      timeoutMs: 50,
    },
  ];
  for (const { title, answer, reason, timeoutMs } of failures)
    it(`is a warning without the URL where the server ${title}`, async () => {
      const { heard, log, paths } = await call(answer, timeoutMs);
      expect(heard).to.equal(false);
      expect(log).to.include(reason);
      expect(log).not.to.include(secret);
      if (timeoutMs === undefined) expect(paths).to.have.length(3);
    });

  it("is a warning without the URL where there is no server, or no URL", async () => {
    for (const url of [
      `http://127.0.0.1:1/${secret}`,
      `no url ${secret}`,
      `ftp://host/${secret}`,
    ]) {
      const { heard, log } = await beat(url);
      expect(heard).to.equal(false);
      expect(log).to.include("SLUICE_HEARTBEAT_URL");
      expect(log).not.to.include(secret);
    }
  });
});
