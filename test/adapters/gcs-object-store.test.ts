import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { GcsCredentialsError } from "../../src/adapters/gcs-credentials.js";
import { translateGcsError } from "../../src/adapters/gcs-error.js";
import type { GcsLimits } from "../../src/adapters/gcs-limits.js";
import { GcsObjectStore } from "../../src/adapters/gcs-object-store.js";
import {
  AccessError,
  ObjectChangedError,
  PreconditionFailedError,
  ServiceError,
} from "../../src/errors.js";
import {
  collect,
  describeObjectStore,
  readObject,
} from "../contract/object-store.js";
import {
  type Fault,
  type FaultProxy,
  type ProxiedRequest,
  startFaultProxy,
} from "../servers/fault-proxy.js";
import { describeWithServers } from "../servers/shared-servers.js";
import {
  type SessionFault,
  type SessionServer,
  startSessionServer,
} from "./gcs-session-server.js";

const quick = { retries: 3, minRetryDelayMs: 1, maxRetryDelayMs: 5 };
const megabyte = Buffer.from(
  Array.from(
    { length: 1024 * 1024 },
    (_, index) => (index * 7 + (index >> 9)) % 251,
  ),
);

async function makeBucket(endpoint: string): Promise<string> {
  const name = `gcs-${randomBytes(6).toString("hex")}`;
  const answer = await fetch(`${endpoint}/storage/v1/b?project=test`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name }),
  });
  if (!answer.ok) throw new Error(`no bucket: ${answer.status}`);
  return name;
}

async function errorOf(work: () => Promise<unknown>): Promise<Error> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  return expect.fail("expected an error");
}

/** The first requests that match meet these faults, in order. */
function inTurn(
  matches: (request: ProxiedRequest) => boolean,
  ...faults: readonly Fault[]
): (request: ProxiedRequest) => Fault | null {
  const left = [...faults];
  return (request) => (matches(request) ? (left.shift() ?? null) : null);
}

const isMedia = ({ path }: ProxiedRequest) => path.includes("alt=media");
const isUpload = ({ path }: ProxiedRequest) => path.startsWith("/upload/");
const isListing = ({ method, path }: ProxiedRequest) =>
  method === "GET" && /\/o\?/.test(path);

describeWithServers("GcsObjectStore on fake-gcs-server", (servers) => {
  let made = 0;
  let bucket: Promise<string> | undefined;
  const proxies: FaultProxy[] = [];

  const openAt = async (endpoint: string, limits: Partial<GcsLimits> = {}) => {
    const gcs = await servers.gcs();
    bucket ??= makeBucket(gcs.endpoint);
    made += 1;
    return new GcsObjectStore({
      bucket: await bucket,
      prefix: `p ${made}/é`,
      endpoint,
      limits,
    });
  };

  /** A store behind a proxy that begins to decide once it is told to. */
  const openFaulty = async (
    decide: (request: ProxiedRequest) => Fault | null,
    limits: Partial<GcsLimits> = quick,
  ) => {
    const { endpoint: target } = await servers.gcs();
    const proxy = await startFaultProxy({ target, decide });
    proxies.push(proxy);
    return { store: await openAt(proxy.endpoint, limits), proxy };
  };

  afterEach(async () => {
    for (const proxy of proxies.splice(0)) await proxy.stop();
  });

  describeObjectStore("GcsObjectStore", async () =>
    openAt((await servers.gcs()).endpoint),
  );

  it("lists page by page, each key once", async () => {
    const { store, proxy } = await openFaulty(() => null, { pageObjects: 3 });
    const keys = ["a", "b/1", "b/2", "c/1", "c/2", "d", "e"];
    for (const key of keys) await store.put(key, megabyte.subarray(0, 9));
    expect((await collect(store.list(""))).map(({ key }) => key)).to.deep.equal(
      keys,
    );
    expect(proxy.requests.filter(isListing)).to.have.length(3);
  });

  it("lists no object whose key is empty, as a console makes for a folder", async () => {
    const { store } = await openFaulty((request) =>
      isListing(request)
        ? {
            kind: "answer",
            status: 200,
            body: JSON.stringify({
              kind: "storage#objects",
              items: ["", "a"].map((key) => ({
                name: store.uri(key).split("/").slice(3).join("/"),
                generation: "1",
                size: "0",
                timeCreated: "2026-11-21T04:00:00Z",
              })),
            }),
          }
        : null,
    );
    expect((await collect(store.list(""))).map(({ key }) => key)).to.deep.equal(
      ["a"],
    );
  });

  describe("a download", () => {
    it("goes on where it broke, at the same generation, no byte twice or missing", async () => {
      const cut: Fault = { kind: "truncate", afterBytes: 300_001 };
      const { store, proxy } = await openFaulty(inTurn(isMedia, cut, cut, cut));
      const { etag } = await store.put("big", megabyte);
      expect(await readObject(store, "big")).to.deep.equal(megabyte);
      const sent = proxy.requests.filter(isMedia);
      expect(sent.map(({ headers }) => headers.range)).to.deep.equal([
        undefined,
        "bytes=300001-",
        "bytes=600002-",
        "bytes=900003-",
      ]);
      for (const { path } of sent.slice(1))
        expect(path).to.contain(`ifGenerationMatch=${etag}`);
    });

    it("ends with ObjectChangedError where the object changed, or went away, since it broke", async () => {
      for (const change of ["put", "delete"] as const) {
        const { store } = await openFaulty(
          inTurn(isMedia, { kind: "truncate", afterBytes: 1000 }),
        );
        await store.put("big", megabyte);
        const object = await store.get("big");
        if (change === "put") await store.put("big", Buffer.from("other"));
        else await store.delete("big");
        const error = await errorOf(() => collect(object!.body));
        expect(error).to.be.instanceOf(ObjectChangedError);
      }
    });

    it("gives up after a bounded number of answers without a byte", async () => {
      const { store, proxy } = await openFaulty((request) =>
        isMedia(request) ? { kind: "truncate", afterBytes: 0 } : null,
      );
      await store.put("big", megabyte);
      const error = await errorOf(() => readObject(store, "big"));
      expect(error).to.be.instanceOf(ServiceError);
      expect(error.message).to.match(
        /^gs:\/\/\S+ .*cannot read "big": the connection broke/,
      );
      expect(proxy.requests.filter(isMedia)).to.have.length(4);
    });

    it("gives up after a bounded number of answers with a few bytes each, and pauses before each", async () => {
      const times: number[] = [];
      const { store } = await openFaulty(
        (request) => {
          if (!isMedia(request)) return null;
          times.push(performance.now());
          return { kind: "truncate", afterBytes: 1000 };
        },
        { retries: 3, minRetryDelayMs: 50, maxRetryDelayMs: 200 },
      );
      await store.put("big", megabyte);
      const error = await errorOf(() => readObject(store, "big"));
      expect(error).to.be.instanceOf(ServiceError);
      expect(times).to.have.length(4);
      const pauses = times.slice(1).map((time, at) => time - times[at]!);
      for (const pause of pauses) expect(pause).to.be.at.least(45);
    });

    it("goes on without end as long as enough bytes come between the breaks", async () => {
      const { store, proxy } = await openFaulty(
        (request) =>
          isMedia(request) ? { kind: "truncate", afterBytes: 100_000 } : null,
        { ...quick, progressBytes: 100_000 },
      );
      await store.put("big", megabyte);
      expect(await readObject(store, "big")).to.deep.equal(megabyte);
      expect(proxy.requests.filter(isMedia).length).to.be.greaterThan(10);
    });

    it("has not failed where the connection breaks after the last byte", async () => {
      let media = 0;
      const server = createServer((_, response) => {
        media += 1;
        response.writeHead(200, {
          "transfer-encoding": "chunked",
          "x-goog-generation": "5",
          "x-goog-stored-content-length": "9",
          "x-goog-hash": "crc32c=4waSgw==",
        });
        response.write("123456789", () =>
          setTimeout(() => response.destroy(), 50),
        );
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as { port: number };
      try {
        const store = await openAt(`http://127.0.0.1:${port}`, quick);
        expect(String(await readObject(store, "key"))).to.equal("123456789");
        expect(media).to.equal(1);
      } finally {
        server.close();
        server.closeAllConnections();
      }
    });

    it("does not blame the network for a reader that pauses", async () => {
      const stallTimeoutMs = 600;
      const { store, proxy } = await openFaulty(() => null, {
        ...quick,
        stallTimeoutMs,
      });
      const whole = Buffer.concat(Array<Buffer>(16).fill(megabyte));
      await store.put("big", whole);
      const object = await store.get("big");
      let position = 0;
      let pauses = 0;
      for await (const block of object!.body) {
        const expected = whole.subarray(position, position + block.length);
        expect(expected.equals(block)).to.equal(true);
        position += block.length;
        if (pauses === 5) continue;
        pauses += 1;
        await sleep(1.5 * stallTimeoutMs);
      }
      expect(position).to.equal(whole.length);
      expect(proxy.requests.filter(isMedia).length).to.be.greaterThan(4);
    });

    it("is refused where its bytes do not have the object's crc32c", async () => {
      const { store } = await openFaulty((request) =>
        isMedia(request)
          ? {
              kind: "answer",
              status: 200,
              headers: {
                "content-length": "9",
                "x-goog-generation": "5",
                "x-goog-stored-content-length": "9",
                "x-goog-hash": "crc32c=4waSgw==,md5=JfnnlDI7RTiF9RgfG2JNCw==",
              },
              body: "12345678X",
            }
          : null,
      );
      const error = await errorOf(() => readObject(store, "key"));
      expect(error).to.be.instanceOf(ServiceError);
      expect(error.message).to.contain("and not 9 of 4waSgw==");
    });

    it("that stalls is ended, and goes on", async () => {
      const stall: Fault = {
        kind: "stall",
        delayMs: Infinity,
        afterBytes: 5000,
      };
      const { store, proxy } = await openFaulty(inTurn(isMedia, stall), {
        ...quick,
        stallTimeoutMs: 300,
      });
      await store.put("big", megabyte);
      expect(await readObject(store, "big")).to.deep.equal(megabyte);
      expect(proxy.requests.filter(isMedia).length).to.be.at.least(2);
    });

    it("that nobody reads lets its connection go, and can be read later", async () => {
      const { store, proxy } = await openFaulty(() => null, {
        ...quick,
        stallTimeoutMs: 500,
      });
      await store.put(
        "big",
        Buffer.concat([megabyte, megabyte, megabyte, megabyte]),
      );
      const object = await store.get("big");
      await new Promise((resolve) => setTimeout(resolve, 900));
      const bytes = Buffer.concat(await collect(object!.body));
      expect(bytes.length).to.equal(4 * megabyte.length);
      expect(proxy.requests.filter(isMedia).length).to.be.at.least(2);
    });

    it("of an object that is stored as gzip gives the bytes as they are stored", async () => {
      const { endpoint } = await servers.gcs();
      const store = await openAt(endpoint);
      const name = encodeURIComponent(
        store.uri("z").split("/").slice(3).join("/"),
      );
      const packed = Buffer.from(
        "H4sIAAAAAAAAAzM0MjYxNTO3sAQAJjn0ywkAAAA=",
        "base64",
      );
      const answer = await fetch(
        `${endpoint}/upload/storage/v1/b/${String(await bucket)}/o?uploadType=media&contentEncoding=gzip&name=${name}`,
        { method: "POST", body: packed },
      );
      expect(answer.ok).to.equal(true);
      expect(await readObject(store, "z")).to.deep.equal(packed);
    });
  });

  for (const fault of [
    { kind: "answer", status: 503 },
    { kind: "answer", status: 429, body: "slow down" },
    { kind: "reset" },
  ] as const satisfies readonly Fault[]) {
    const name = "status" in fault ? `${fault.status}` : fault.kind;
    it(`sends each request again after ${name}`, async () => {
      const faults = [fault, fault, fault];
      const seen = new Map<string, Fault[]>();
      const { store, proxy } = await openFaulty(({ method, path }) => {
        const each = `${method} ${path}`;
        if (!seen.has(each)) seen.set(each, [...faults]);
        return seen.get(each)?.shift() ?? null;
      });
      await store.put("a/b", megabyte);
      expect((await collect(store.list(""))).length).to.equal(1);
      expect(await store.listTopFolders()).to.deep.equal(["a"]);
      expect(await readObject(store, "a/b")).to.deep.equal(megabyte);
      await store.delete("a/b");
      expect(proxy.requests).to.have.length(5 * 4);
    });
  }

  it("gives up after its retries, in one line", async () => {
    const { store, proxy } = await openFaulty(() => ({
      kind: "answer",
      status: 429,
      body: JSON.stringify({
        error: { code: 429, message: "Rate limit exceeded." },
      }),
    }));
    for (const work of [
      () => collect(store.list("x")),
      () => store.get("x"),
      () => store.put("x", megabyte),
      () => store.delete("x"),
    ]) {
      const before = proxy.requests.length;
      const error = await errorOf(work);
      expect(error).to.be.instanceOf(ServiceError);
      expect(error).to.not.be.instanceOf(AccessError);
      expect(error.message).to.match(
        /^gs:\/\/.*: cannot \w+ "x": Google Cloud Storage answers 429 \(Rate limit exceeded\.\), also after retries/,
      );
      expect(proxy.requests.length - before).to.equal(4);
    }
  });

  it("ends a request that is never answered, and sends it again", async () => {
    const stall: Fault = { kind: "stall", delayMs: Infinity };
    const seen = new Set<string>();
    const { store } = await openFaulty(
      ({ method, path }) => {
        const each = `${method} ${path}`;
        if (seen.has(each)) return null;
        seen.add(each);
        return stall;
      },
      { ...quick, stallTimeoutMs: 400 },
    );
    await store.put("a", megabyte);
    expect((await collect(store.list(""))).length).to.equal(1);
    expect(await readObject(store, "a")).to.deep.equal(megabyte);
    await store.delete("a");
    expect(await collect(store.list(""))).to.deep.equal([]);
  });

  describe("an upload whose answer is lost", () => {
    it("is stored, without a condition", async () => {
      const { store } = await openFaulty(
        inTurn(isUpload, { kind: "lose-answer" }),
      );
      const put = await store.put("key", megabyte);
      expect((await store.get("key", { ifMatch: put.etag }))?.etag).to.equal(
        put.etag,
      );
      expect(await readObject(store, "key")).to.deep.equal(megabyte);
    });

    it("is refused though it was the one that wrote, with a condition", async () => {
      const { store } = await openFaulty(
        inTurn(isUpload, { kind: "lose-answer" }),
      );
      const error = await errorOf(() =>
        store.put("key", Buffer.from("mine"), { ifMatch: null }),
      );
      expect(error).to.be.instanceOf(PreconditionFailedError);
      expect(String(await readObject(store, "key"))).to.equal("mine");
    });

    it("begins anew where the service knows its session no more", async () => {
      const chunkBytes = 512 * 1024;
      const { store, proxy } = await openFaulty(
        inTurn(
          ({ method, headers }) =>
            method === "PUT" && /\/\d+$/.test(headers["content-range"] ?? ""),
          { kind: "lose-answer" },
        ),
        { ...quick, chunkBytes },
      );
      await store.put("big", megabyte);
      expect(await readObject(store, "big")).to.deep.equal(megabyte);
      expect(
        proxy.requests.filter(({ method }) => method === "POST"),
      ).to.have.length(2);
    });
  });

  it("deletes what was stored with another crc32c than was sent, by its generation", async () => {
    const stored = { generation: "123", size: "9", crc32c: "AAAAAA==" };
    const { store, proxy } = await openFaulty((request) =>
      isUpload(request)
        ? {
            kind: "answer",
            status: 200,
            headers: { "content-type": "application/json" },
            body: JSON.stringify(stored),
          }
        : null,
    );
    const error = await errorOf(() =>
      store.put("key", Buffer.from("123456789")),
    );
    expect(error).to.be.instanceOf(ServiceError);
    expect(error.message).to.contain("it was deleted again");
    const { method, path } = proxy.requests.at(-1)!;
    expect(method).to.equal("DELETE");
    expect(path).to.contain("generation=123");
  });

  describe("a listing", () => {
    const put3 = async (store: GcsObjectStore) => {
      for (const key of ["a", "b", "c"])
        await store.put(key, megabyte.subarray(0, 5));
    };

    it("whose page is cut short is asked for again, and is never shorter", async () => {
      const { store, proxy } = await openFaulty(
        inTurn(
          isListing,
          { kind: "truncate", afterBytes: 200 },
          { kind: "truncate", afterBytes: 0 },
        ),
      );
      await put3(store);
      expect(
        (await collect(store.list(""))).map(({ key }) => key),
      ).to.deep.equal(["a", "b", "c"]);
      expect(proxy.requests.filter(isListing)).to.have.length(3);
    });

    it("fails where a page can't be had, also a later one", async () => {
      const listed: string[] = [];
      const { store } = await openFaulty(
        ({ method, path }) =>
          method === "GET" && path.includes("pageToken=")
            ? { kind: "truncate", afterBytes: 100 }
            : null,
        { ...quick, pageObjects: 2 },
      );
      await put3(store);
      const error = await errorOf(async () => {
        for await (const { key } of store.list("")) listed.push(key);
      });
      expect(error).to.be.instanceOf(ServiceError);
      expect(listed).to.deep.equal(["a", "b"]);
    });

    for (const contentType of [
      "application/json; charset=UTF-8",
      "text/html",
    ]) {
      it(`is not empty where an answer of ${contentType} is no listing`, async () => {
        const { store } = await openFaulty((request) =>
          isListing(request)
            ? {
                kind: "answer",
                status: 200,
                headers: { "content-type": contentType },
                body: '{"kind":"storage#objects","items":[{"na',
              }
            : null,
        );
        const error = await errorOf(() => collect(store.list("")));
        expect(error).to.be.instanceOf(ServiceError);
      });
    }
  });

  describe("refused access", () => {
    const account = "job@shop.iam.gserviceaccount.com";
    const denied = (permission: string) =>
      `${account} does not have ${permission} access to the Google Cloud Storage object. Permission '${permission}' denied on resource (or it may not exist).`;
    const asJson = (code: number, message: string) =>
      JSON.stringify({
        error: {
          code,
          message,
          errors: [{ message, domain: "global", reason: "x" }],
        },
      });
    const all = {
      list: (store: GcsObjectStore) => collect(store.list("x")),
      read: (store: GcsObjectStore) => store.get("x"),
      write: (store: GcsObjectStore) => store.put("x", Buffer.from("1")),
      delete: (store: GcsObjectStore) => store.delete("x"),
    };
    const actions = ["list", "read", "write", "delete"] as const;
    const cases = [
      {
        of: ["list"],
        status: 403,
        body: asJson(403, denied("storage.objects.list")),
        says: `${account} lacks the permission storage.objects.list; grant it roles/storage.objectViewer on the bucket`,
      },
      {
        of: ["read"],
        status: 403,
        body: denied("storage.objects.get"),
        says: `${account} lacks the permission storage.objects.get; grant it roles/storage.objectViewer on the bucket`,
      },
      {
        of: ["write"],
        status: 403,
        body: asJson(403, denied("storage.objects.create")),
        says: `${account} lacks the permission storage.objects.create; grant it roles/storage.objectCreator on the bucket`,
      },
      {
        of: ["write", "delete"],
        status: 403,
        body: asJson(403, denied("storage.objects.delete")),
        says: `${account} lacks the permission storage.objects.delete; grant it roles/storage.objectUser on the bucket`,
      },
      {
        of: actions,
        status: 401,
        body: asJson(401, "Invalid Credentials"),
        says: "the credentials are not accepted (Invalid Credentials); check which account the job runs as: its workload identity, or the file that GOOGLE_APPLICATION_CREDENTIALS names",
      },
      {
        of: actions,
        status: 404,
        body: asJson(404, "The specified bucket does not exist."),
        says: "; create it, or correct the URL",
      },
      {
        of: actions,
        status: 403,
        body: asJson(
          403,
          "The billing account for the owning project is disabled in state absent",
        ),
        says: "forbidden (The billing account for the owning project is disabled in state absent)",
      },
    ];
    for (const { of, status, body, says } of cases) {
      for (const action of of) {
        it(`${status} for ${action} is told at once: ${says.slice(0, 60)}`, async () => {
          const { store, proxy } = await openFaulty(() => ({
            kind: "answer",
            status,
            headers: body.startsWith("{")
              ? { "content-type": "application/json; charset=UTF-8" }
              : { "content-type": "text/html; charset=UTF-8" },
            body,
          }));
          const error = await errorOf(() =>
            all[action as keyof typeof all](store),
          );
          expect(error).to.be.instanceOf(AccessError);
          expect(error.message).to.contain(
            `${store.url}: cannot ${action} "x": `,
          );
          expect(error.message).to.contain(says);
          expect(error.message).to.not.contain("\n");
          expect(proxy.requests).to.have.length(1);
        });
      }
    }

    it("names a bucket that is not there", async () => {
      const { endpoint } = await servers.gcs();
      const store = new GcsObjectStore({
        bucket: "gone",
        prefix: "p",
        endpoint,
      });
      for (const work of [all.list, all.write]) {
        const error = await errorOf(() => work(store));
        expect(error).to.be.instanceOf(AccessError);
        expect(error.message).to.contain("there is no bucket gone; create it");
      }
    });
  });
});

describe("GcsObjectStore", () => {
  describe("resumable uploads", () => {
    const chunkBytes = 256 * 1024;
    const servers: SessionServer[] = [];
    const open = async (
      decide: (request: string, ordinal: number) => SessionFault | null,
      retries = 3,
    ) => {
      const server = await startSessionServer(decide);
      servers.push(server);
      const { endpoint } = server;
      const limits = { ...quick, retries, chunkBytes };
      const store = new GcsObjectStore({
        bucket: "b",
        prefix: "",
        endpoint,
        limits,
      });
      return { server, store };
    };
    const stream = async function* (bytes: Uint8Array = megabyte) {
      for (let at = 0; at < bytes.length; at += 100_000)
        yield await Promise.resolve(bytes.subarray(at, at + 100_000));
    };
    afterEach(async () => {
      for (const server of servers.splice(0)) await server.stop();
    });

    it("send a stream in chunks, and the last one with the total", async () => {
      const { server, store } = await open(() => null);
      const put = await store.put("k", stream());
      expect(put).to.include({ sizeBytes: megabyte.length, etag: "77" });
      expect(server.stored()).to.deep.equal(megabyte);
      expect(server.requests).to.deep.equal([
        "POST",
        "PUT bytes 0-262143/*",
        "PUT bytes 262144-524287/*",
        "PUT bytes 524288-786431/*",
        "PUT bytes 786432-1048575/1048576",
      ]);
    });

    for (const [what, fault] of [
      ["503", { kind: "status", status: 503 }],
      ["429", { kind: "status", status: 429 }],
      ["an answer that is lost", { kind: "lose-answer" }],
    ] as const) {
      it(`go on after ${what}, whichever request it is of`, async () => {
        for (let failing = 1; failing <= 5; failing += 1) {
          const { server, store } = await open((_, ordinal) =>
            ordinal === failing ? fault : null,
          );
          expect((await store.put("k", stream())).etag).to.equal("77");
          expect(server.stored()).to.deep.equal(megabyte);
        }
      });
    }

    it("go on where the status check fails too, and ask before they send", async () => {
      const { server, store } = await open((_, ordinal) =>
        ordinal === 3
          ? { kind: "persist", byteCount: 0 }
          : ordinal === 4 || ordinal === 5
            ? { kind: "status", status: 500 }
            : null,
      );
      await store.put("k", stream());
      expect(server.stored()).to.deep.equal(megabyte);
      expect(server.requests.slice(3, 6)).to.deep.equal([
        "PUT bytes */*",
        "PUT bytes */*",
        "PUT bytes */*",
      ]);
    });

    it("send what the service did not keep of a chunk once more", async () => {
      const { server, store } = await open((_, ordinal) =>
        ordinal === 3 ? { kind: "persist", byteCount: 1000 } : null,
      );
      await store.put("k", stream());
      expect(server.stored()).to.deep.equal(megabyte);
      expect(server.requests[3]).to.equal("PUT bytes 263144-524287/*");
    });

    it("begin anew where the session is gone, if the bytes can be had again", async () => {
      let gone = 1;
      const { server, store } = await open((request) =>
        request.startsWith("PUT bytes 524288") && gone-- > 0
          ? { kind: "status", status: 410 }
          : null,
      );
      await store.put("k", megabyte);
      expect(server.stored()).to.deep.equal(megabyte);
      gone = 1;
      const error = await errorOf(() => store.put("k", stream()));
      expect(error).to.be.instanceOf(ServiceError);
      expect(error.message).to.equal(
        'gs://b: cannot write "k": Google Cloud Storage has lost the upload; run again',
      );
    });

    it("are cancelled where the body throws, where the crc32c differs, and after the retries", async () => {
      const mishap = new Error("source broke");
      const broken = async function* () {
        yield* stream(megabyte.subarray(0, 700_000));
        throw mishap;
      };
      const first = await open(() => null);
      expect(await errorOf(() => first.store.put("k", broken()))).to.equal(
        mishap,
      );
      const second = await open(() => null);
      await errorOf(() =>
        second.store.put("k", stream(), { crc32c: "AAAAAA==" }),
      );
      const third = await open((request) =>
        request.startsWith("PUT") ? { kind: "status", status: 503 } : null,
      );
      const error = await errorOf(() => third.store.put("k", stream()));
      expect(error.message).to.contain("answers 503");
      for (const { server } of [first, second, third]) {
        expect(server.requests.at(-1)).to.equal("DELETE");
        expect(server.stored()).to.equal(null);
      }
      expect(third.server.requests).to.have.length(1 + 4 + 1);
    });
  });

  it("opens a bounded number of connections", async () => {
    let open = 0;
    let most = 0;
    const server = createServer((request, response) => {
      setTimeout(() => {
        response.writeHead(404, { "content-type": "application/json" });
        response.end(
          JSON.stringify({ error: { code: 404, message: "No such object" } }),
        );
      }, 20);
      request.resume();
    });
    server.on("connection", (socket) => {
      most = Math.max(most, (open += 1));
      socket.on("close", () => (open -= 1));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const store = new GcsObjectStore({
      bucket: "b",
      prefix: "",
      endpoint: `http://127.0.0.1:${port}`,
    });
    const keys = Array.from({ length: 60 }, (_, index) => `${index}`);
    try {
      await Promise.all(keys.map((key) => store.get(key)));
      await Promise.all(keys.map((key) => store.delete(key)));
    } finally {
      server.close();
      server.closeAllConnections();
    }
    expect(most).to.be.within(2, 16);
  });

  it("says where nothing answers", async () => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, "close");
    for (const endpoint of [`http://127.0.0.1:${port}`, "http://gcs.invalid"]) {
      const store = new GcsObjectStore({
        bucket: "b",
        prefix: "p",
        endpoint,
        limits: quick,
      });
      for (const work of [
        () => collect(store.list("x")),
        () => store.get("x"),
        () => store.put("x", Buffer.from("1")),
        () => store.put("x", Buffer.alloc(9_000_000)),
        () => store.delete("x"),
      ]) {
        const error = await errorOf(work);
        expect(error).to.be.instanceOf(ServiceError);
        expect(error.message).to.match(
          /^gs:\/\/b\/p: cannot \w+ "x": .*(ECONNREFUSED|ENOTFOUND|EAI_AGAIN).*check the network and the endpoint/,
        );
        expect(error.cause).to.equal(undefined);
      }
    }
  });

  describe("credentials", () => {
    let folder: string;
    const variables = [
      "GOOGLE_APPLICATION_CREDENTIALS",
      "METADATA_SERVER_DETECTION",
      "HOME",
      "CLOUDSDK_CONFIG",
    ];
    const before = new Map(variables.map((name) => [name, process.env[name]]));
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "sluice-gcs-"));
      Object.assign(process.env, {
        METADATA_SERVER_DETECTION: "none",
        HOME: folder,
        CLOUDSDK_CONFIG: folder,
      });
      delete process.env["GOOGLE_APPLICATION_CREDENTIALS"];
    });
    afterEach(async () => {
      for (const [name, value] of before) {
        if (value === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = value;
      }
      await rm(folder, { recursive: true });
    });
    const messages = async () => {
      const store = new GcsObjectStore({
        bucket: "b",
        prefix: "p",
        endpoint: undefined,
      });
      const errors = [
        await errorOf(() => store.get("x")),
        await errorOf(() => collect(store.list("x"))),
        await errorOf(() => store.put("x", Buffer.from("1"))),
      ];
      for (const error of errors) expect(error).to.be.instanceOf(AccessError);
      return errors.map(({ message }) => message);
    };

    it("that are nowhere are told, and where to put them", async () => {
      for (const message of await messages())
        expect(message).to.match(
          /^gs:\/\/b\/p: cannot \w+ "x": no Google credentials were found; run as .*GOOGLE_APPLICATION_CREDENTIALS/,
        );
    });

    it("in a file that is not there, or that is no JSON, are told without what is in it", async () => {
      process.env["GOOGLE_APPLICATION_CREDENTIALS"] = join(folder, "gone.json");
      for (const message of await messages())
        expect(message).to.contain("gone.json");
      await writeFile(join(folder, "key.json"), "SECRET KEY");
      process.env["GOOGLE_APPLICATION_CREDENTIALS"] = join(folder, "key.json");
      for (const message of await messages()) {
        expect(message).to.contain("is not JSON");
        expect(message).to.not.contain("SECRET");
      }
    });

    const refused = (error: string, error_description: string) =>
      Object.assign(new Error(`${error}: x`), {
        code: "400",
        config: { headers: { authorization: "Bearer SECRET" } },
        response: { status: 400, data: { error, error_description } },
      });
    for (const [cause, says] of [
      [
        refused(
          "invalid_grant",
          "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.",
        ),
        "this machine's clock is wrong",
      ],
      [
        refused("invalid_grant", "Invalid JWT Signature."),
        "(Invalid JWT Signature.); they are revoked",
      ],
      [
        Object.assign(
          new Error(
            "Unable to generate access token; IAM returned 403 Forbidden: Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).",
          ),
          { response: { status: 403 } },
        ),
        "roles/iam.workloadIdentityUser",
      ],
      [
        Object.assign(new Error("Not Found"), { response: { status: 404 } }),
        "no Google credentials could be got (Not Found)",
      ],
    ] as const) {
      it(`that Google refuses are told: ${says}`, () => {
        const error = translateGcsError(new GcsCredentialsError(cause), {
          url: "gs://b",
          bucket: "b",
          action: "read",
          key: "x",
        });
        expect(error).to.be.instanceOf(AccessError);
        expect(error.message).to.contain('gs://b: cannot read "x": ');
        expect(error.message).to.contain(says);
        expect(error.message).to.not.contain("SECRET");
        expect(error.cause).to.equal(undefined);
      });
    }
  });

  it("tells the code of an error that has no words, as one of several addresses", () => {
    const cause = Object.assign(new AggregateError([]), { code: "ETIMEDOUT" });
    const error = translateGcsError(cause, {
      url: "gs://b",
      bucket: "b",
      action: "read",
      key: "x",
    });
    expect(error.message).to.equal(
      'gs://b: cannot read "x": ETIMEDOUT, also after retries; check the network and the endpoint, and run again',
    );
  });

  it("never shows the address of an upload's session", () => {
    const error = translateGcsError(
      new Error(
        "request to https://storage.googleapis.com/upload/storage/v1/b/b/o?upload_id=SECRET failed, reason: x",
      ),
      { url: "gs://b", bucket: "b", action: "write", key: "x" },
    );
    expect(error.message).to.equal(
      'gs://b: cannot write "x": request to https://storage.googleapis.com failed, reason: x',
    );
  });
});
