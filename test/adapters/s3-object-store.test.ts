import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { translateS3Error } from "../../src/adapters/s3-error.js";
import { type S3Limits, s3Limits } from "../../src/adapters/s3-limits.js";
import { S3ObjectStore } from "../../src/adapters/s3-object-store.js";
import {
  AccessError,
  ObjectChangedError,
  PreconditionFailedError,
  ServiceError,
} from "../../src/errors.js";
import type { ObjectStore } from "../../src/ports/object-store.js";
import {
  classifyPlace,
  makePlace,
  readType,
  removePlaces,
} from "../classify/fixtures.js";
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
import { s3Environment } from "../servers/s3-environment.js";
import type { S3Server } from "../servers/s3-server.js";
import { describeWithServers } from "../servers/shared-servers.js";

const bucket = "s3-object-store";

const limits: S3Limits = {
  ...s3Limits,
  stallTimeoutMs: 1_500,
  maxAttempts: 4,
  resumes: 3,
  resumeDelayMs: 1,
  partBytes: 5 * 1024 * 1024,
};

function openStore(
  environment: Readonly<Record<string, string>>,
  prefix: string = randomUUID(),
  inBucket = bucket,
  openLimits = limits,
): ObjectStore {
  for (const name of Object.keys(process.env))
    if (name.startsWith("AWS_")) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, environment);
  return new S3ObjectStore(
    {
      bucket: inBucket,
      prefix,
      forcePathStyle: true,
      defaultRegion: "us-east-1",
    },
    openLimits,
  );
}

async function errorOf(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => expect.fail("expected an error"),
    (error: unknown) => error as Error,
  );
}

function errorAnswer(
  status: number,
  code: string,
  more: { readonly xml?: string; readonly headers?: object } = {},
): Fault {
  return {
    kind: "answer",
    status,
    headers: { "content-type": "application/xml", ...more.headers },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>as documented</Message>${more.xml ?? ""}<RequestId>1</RequestId></Error>`,
  };
}

async function* inBlocks(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 300_000)
    yield await Promise.resolve(bytes.subarray(at, at + 300_000));
}

describeWithServers("S3ObjectStore", (servers) => {
  const environment = { ...process.env };
  let server: S3Server;
  let proxy: FaultProxy;
  let decide: (request: ProxiedRequest) => Fault | null;
  /** Through the proxy, and past it to the same objects. */
  let [store, direct]: ObjectStore[] = [];

  before(async () => {
    server = await servers.s3();
    await mkdir(join(server.directory, bucket));
  });
  after(() => {
    for (const name of Object.keys(process.env))
      if (name.startsWith("AWS_")) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, environment);
  });

  describeObjectStore(
    "S3ObjectStore",
    () =>
      Promise.resolve(
        openStore(s3Environment(server), randomUUID(), bucket, {
          ...s3Limits,
          partBytes: limits.partBytes,
        }),
      ),
    { etagTellsRewrites: false },
  );

  describe("behind faults", () => {
    const bytes = Buffer.alloc(3_000_000, "0123456789abcdef!");
    const large = Buffer.alloc(12_000_000, "0123456789abcdef!");

    beforeEach(async () => {
      decide = () => null;
      proxy = await startFaultProxy({
        target: server.endpoint,
        decide: (request) => decide(request),
      });
      const prefix = randomUUID();
      direct = openStore(s3Environment(server), prefix);
      // The SDK reads the environment at the first request.
      await collect(direct.list(""));
      store = openStore(
        s3Environment({ ...server, endpoint: proxy.endpoint }),
        prefix,
      );
    });
    afterEach(() => proxy.stop());
    after(removePlaces);

    /** The first so many requests that fit get the fault. */
    function first(
      count: number,
      fits: (request: ProxiedRequest) => boolean,
      fault: Fault,
    ): void {
      let left = count;
      decide = (request) => {
        if (left === 0 || !fits(request)) return null;
        left -= 1;
        return fault;
      };
    }

    const isGet = ({ method, path }: ProxiedRequest) =>
      method === "GET" && !path.includes("list-type");
    const isList = ({ path }: ProxiedRequest) => path.includes("list-type");
    const isPut = ({ method }: ProxiedRequest) => method === "PUT";
    const isComplete = ({ method, path }: ProxiedRequest) =>
      method === "POST" && path.includes("uploadId=");

    describe("downloads", () => {
      for (const [how, fault] of [
        ["cut short", { kind: "truncate", afterBytes: 1_000_000 }],
        ["cut before its first byte", { kind: "truncate", afterBytes: 0 }],
        ["reset", { kind: "reset" }],
        ["lost", { kind: "lose-answer" }],
        ["stalled", { kind: "stall", delayMs: Infinity }],
        [
          "stalled in its middle",
          { kind: "stall", delayMs: Infinity, afterBytes: 1_000_000 },
        ],
        ["refused with 500", errorAnswer(500, "InternalError")],
        ["refused with 503", errorAnswer(503, "ServiceUnavailable")],
      ] as const)
        it(`gives every byte once where an answer is ${how}`, async () => {
          const { etag } = await direct!.put("key", bytes);
          first(2, isGet, fault);
          const found = await readObject(store!, "key");
          expect(found?.equals(bytes)).to.equal(true);
          const gets = proxy.requests.filter(isGet);
          expect(gets).to.have.length(3);
          const { range, "if-match": ifMatch } = gets.at(-1)!.headers;
          if (range !== undefined) expect(ifMatch).to.equal(`"${etag}"`);
          if ("afterBytes" in fault && fault.afterBytes > 0)
            expect(range).to.match(/^bytes=[1-9]\d*-$/);
        });

      it("resumes without end as long as enough bytes come between the breaks", async () => {
        await direct!.put("key", large);
        decide = (request) =>
          isGet(request) ? { kind: "truncate", afterBytes: 1_500_000 } : null;
        const found = await readObject(store!, "key");
        expect(found?.equals(large)).to.equal(true);
        expect(proxy.requests.length).to.be.greaterThan(limits.resumes + 2);
      });

      it("gives up where too few do, and says at which byte", async () => {
        await direct!.put("key", bytes);
        decide = (request) =>
          isGet(request) ? { kind: "truncate", afterBytes: 1_000 } : null;
        const error = await errorOf(readObject(store!, "key"));
        expect(error).to.be.instanceOf(ServiceError);
        expect(error.message).to.match(
          /cannot read "key": the connection broke 4 times, the last one at byte \d+ of 3000000 \(\w+\); check/,
        );
        expect(proxy.requests).to.have.length(1 + limits.resumes);
      });

      for (const [how, change] of [
        ["changed", () => direct!.put("key", bytes.subarray(1))],
        ["went away", () => direct!.delete("key")],
      ] as const)
        it(`says that the object ${how} where it did before the rest was asked for`, async () => {
          await direct!.put("key", bytes);
          first(1, isGet, { kind: "truncate", afterBytes: 1_000_000 });
          const { body } = (await store!.get("key"))!;
          await change();
          let position = 0;
          const error = await errorOf(
            (async () => {
              for await (const block of body) {
                const expected = bytes.subarray(position);
                expect(
                  expected.subarray(0, block.length).equals(block),
                ).to.equal(true);
                position += block.length;
              }
            })(),
          );
          expect(error).to.be.instanceOf(ObjectChangedError);
          expect(position).to.be.at.most(1_000_000);
        });

      it("outlives a reader that is slower than its timeout", async () => {
        await direct!.put("key", large);
        const { body } = (await store!.get("key"))!;
        await sleep(1.5 * limits.stallTimeoutMs);
        let position = 0;
        for await (const block of body) {
          if (position === 0) await sleep(1.5 * limits.stallTimeoutMs);
          const expected = large.subarray(position, position + block.length);
          expect(expected.equals(block)).to.equal(true);
          position += block.length;
        }
        expect(position).to.equal(large.length);
      });

      it("does not blame the network for a reader that pauses again and again", async () => {
        const whole = Buffer.concat([large, large]);
        await direct!.put("key", whole);
        const slow = openStore(
          s3Environment({ ...server, endpoint: proxy.endpoint }),
          store!.url.split("/").at(-1),
          bucket,
          { ...limits, stallTimeoutMs: 300, resumes: 1 },
        );
        const { body } = (await slow.get("key"))!;
        let position = 0;
        let pauses = 0;
        for await (const block of body) {
          const expected = whole.subarray(position, position + block.length);
          expect(expected.equals(block)).to.equal(true);
          position += block.length;
          if (pauses === 4) continue;
          pauses += 1;
          await sleep(900);
        }
        expect(position).to.equal(whole.length);
        expect(proxy.requests.filter(isGet).length).to.be.greaterThan(3);
      });

      for (const [how, pack] of [
        ["plain", (text: string) => Buffer.from(text)],
        ["gzip", (text: string) => gzipSync(text)],
      ] as const)
        it(`lets classify read a ${how} object again from its start that changed in its middle`, async () => {
          const lines = (value: string) =>
            Array.from(
              { length: 50_000 },
              (_, at) =>
                `{"log_type":"pay","at":${at},"${value}":"${randomUUID()}"}\n`,
            ).join("");
          const key = "2026/11/21/03/a";
          await direct!.put(key, pack(lines("old")));
          first(1, isGet, { kind: "truncate", afterBytes: 500_000 });
          let isRead = false;
          const source: ObjectStore = {
            url: store!.url,
            uri: (key) => store!.uri(key),
            list: (prefix) => store!.list(prefix),
            listTopFolders: () => store!.listTopFolders(),
            put: (...put) => store!.put(...put),
            putFile: (...put) => store!.putFile(...put),
            delete: (key) => store!.delete(key),
            async get(...get) {
              const object = await store!.get(...get);
              if (object === null || isRead) return object;
              isRead = true;
              await direct!.put(key, pack(lines("new")));
              return object;
            },
          };
          const place = await makePlace();
          const { attempts, manifest } = await classifyPlace({
            ...place,
            source,
          });
          expect([attempts, manifest.lines]).to.deep.equal([2, 50_000]);
          const staged = String(await readType(place, manifest, "pay"));
          expect(staged).to.not.include('"old"');
          expect(staged.match(/"new"/g)).to.have.length(50_000);
        });

      it("takes nothing from a server that sends the start again", async () => {
        await direct!.put("key", bytes);
        let isFirst = true;
        decide = (request) => {
          if (!isGet(request)) return null;
          if (isFirst) {
            isFirst = false;
            return { kind: "truncate", afterBytes: 1_000_000 };
          }
          const { "if-match": etag = "" } = request.headers;
          const headers = { etag, "content-length": String(bytes.length) };
          const body = String(bytes);
          return { kind: "answer", status: 200, headers, body };
        };
        const error = await errorOf(readObject(store!, "key"));
        expect(error).to.be.instanceOf(ServiceError);
        expect(error.message).to.include("use a server that knows Range");
      });
    });

    describe("listings", () => {
      beforeEach(async () => {
        for (const key of ["a", "b", "c/d"]) await direct!.put(key, bytes);
      });

      for (const fault of [
        { kind: "truncate", afterBytes: 300 },
        { kind: "stall", delayMs: Infinity, afterBytes: 300 },
        { kind: "lose-answer" },
        errorAnswer(503, "SlowDown"),
        errorAnswer(429, "TooManyRequests"),
      ] as const)
        it(`are whole after ${JSON.stringify(fault).slice(0, 60)}`, async () => {
          first(2, isList, fault);
          const listed = await collect(store!.list(""));
          expect(listed.map(({ key }) => key)).to.deep.equal(["a", "b", "c/d"]);
          expect(proxy.requests).to.have.length(3);
        });

      it("tell keys as they are where S3 encodes them", async () => {
        const prefix = store!.url.split("/").at(-1) ?? "";
        decide = () => ({
          kind: "answer",
          status: 200,
          body: `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>${[
            "a%2Bb+c/%ED%95%9C%0A",
            "%252e&amp;",
          ]
            .map((key) => `<Contents><Key>${prefix}/${key}</Key></Contents>`)
            .join("")}</ListBucketResult>`,
        });
        const listed = await collect(store!.list(""));
        expect(listed.map(({ key }) => key)).to.deep.equal([
          "a+b c/한\n",
          "%2e&",
        ]);
        expect(proxy.requests[0]!.path).to.include("encoding-type=url");
      });

      it("are an error where a page is missing", async () => {
        decide = () => ({
          kind: "answer",
          status: 200,
          body: "<ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>x/a</Key></Contents></ListBucketResult>",
        });
        const error = await errorOf(collect(store!.list("")));
        expect(error).to.be.instanceOf(ServiceError);
        expect(error.message).to.include("says that there is more");
      });
    });

    describe("uploads", () => {
      it("wait when they are told to slow down, and then succeed", async () => {
        first(2, isPut, errorAnswer(503, "SlowDown"));
        const put = await store!.put("key", bytes);
        expect(put.sizeBytes).to.equal(bytes.length);
        expect(proxy.requests).to.have.length(3);
      });

      for (const [how, fault] of [
        ["lost", { kind: "lose-answer" }],
        ["held back", { kind: "stall", delayMs: Infinity }],
        ["given twice", { kind: "deliver-twice" }],
      ] as const) {
        it(`know their own object where the answer is ${how}`, async () => {
          first(1, isPut, fault);
          const created = await store!.put("key", bytes, { ifMatch: null });
          first(1, isPut, fault);
          const other = bytes.subarray(1);
          const put = await store!.put("key", other, { ifMatch: created.etag });
          expect(put.etag).to.not.equal(created.etag);
          expect((await direct!.get("key"))?.etag).to.equal(put.etag);
        });

        it(`know their own object of many parts where the last answer is ${how}`, async () => {
          for (const fits of [isComplete, isPut]) {
            await direct!.delete("key");
            first(1, fits, fault);
            const put = await store!.put("key", inBlocks(large), {
              ifMatch: null,
            });
            expect((await direct!.get("key"))?.etag).to.equal(put.etag);
            const found = await readObject(direct!, "key");
            expect(found?.equals(large)).to.equal(true);
          }
        });
      }

      for (const [status, code] of [
        [404, "NoSuchUpload"],
        [412, "PreconditionFailed"],
      ] as const)
        it(`know their own object of many parts where S3 answers the second try with ${code}`, async () => {
          let completes = 0;
          decide = (request) => {
            if (!isComplete(request)) return null;
            completes += 1;
            return completes === 1
              ? { kind: "lose-answer" }
              : errorAnswer(status, code);
          };
          const put = await store!.put("key", inBlocks(large), {
            ifMatch: null,
          });
          expect(completes).to.equal(2);
          expect((await direct!.get("key"))?.etag).to.equal(put.etag);
        });

      it("fail where their parts went away before they were one object", async () => {
        decide = (request) =>
          isComplete(request) ? errorAnswer(404, "NoSuchUpload") : null;
        const error = await errorOf(store!.put("key", inBlocks(large)));
        expect(error).to.be.instanceOf(ServiceError);
        expect(error.message).to.include("(NoSuchUpload)");
      });

      it("do not take another's object of the same bytes for their own", async () => {
        await direct!.put("key", bytes);
        for (const body of [bytes, inBlocks(bytes)]) {
          const error = await errorOf(
            store!.put("key", body, { ifMatch: null }),
          );
          expect(error).to.be.instanceOf(PreconditionFailedError);
        }
      });

      it("may take longer than their timeout as long as bytes move", async () => {
        let requests = 0;
        const slow = createServer((request, response) => {
          requests += 1;
          const slowUntil = performance.now() + 2 * limits.stallTimeoutMs;
          void (async () => {
            for await (const block of request as AsyncIterable<Buffer>)
              if (block.length > 0 && performance.now() < slowUntil)
                await sleep(20);
            response.writeHead(200, { etag: '"1"' }).end();
          })().catch(() => undefined);
        });
        slow.listen(0, "127.0.0.1");
        await once(slow, "listening");
        const { port } = slow.address() as { port: number };
        try {
          const endpoint = `http://127.0.0.1:${port}`;
          const uploading = openStore(
            s3Environment({ ...server, endpoint }),
            "slow",
            bucket,
            { ...limits, partBytes: 64 * 1024 ** 2 },
          );
          const begun = performance.now();
          const body = Buffer.concat([large, large]);
          expect((await uploading.put("key", body)).etag).to.equal("1");
          expect(performance.now() - begun).to.be.above(limits.stallTimeoutMs);
          expect(requests).to.equal(1);
        } finally {
          slow.close();
          slow.closeAllConnections();
        }
      });

      it("try again where another write of the key is under way", async () => {
        first(2, isPut, errorAnswer(409, "ConditionalRequestConflict"));
        await store!.put("key", bytes, { ifMatch: null });
        expect(proxy.requests).to.have.length(3);
        decide = (request) =>
          isPut(request)
            ? errorAnswer(409, "ConditionalRequestConflict")
            : null;
        const error = await errorOf(store!.put("key", bytes));
        expect(error).to.be.instanceOf(ServiceError);
        expect(error).to.not.be.instanceOf(PreconditionFailedError);
        expect(proxy.requests).to.have.length(3 + limits.maxAttempts);
      });

      it("tell S3 the crc32c of each request, so that it refuses other bytes", async () => {
        await store!.put("one", Buffer.from("123456789"));
        await store!.put("many", inBlocks(large));
        const sums = proxy.requests
          .filter(isPut)
          .map(({ headers }) => headers["x-amz-checksum-crc32c"]);
        expect(sums).to.have.length(4);
        expect(sums[0]).to.equal("4waSgw==");
        for (const sum of sums) expect(sum).to.match(/^[\w+/]{6}==$/);
      });

      it("are given up where their source throws, and leave no parts", async () => {
        const mishap = new Error("source broke");
        const body = async function* () {
          yield* inBlocks(large);
          throw mishap;
        };
        expect(await errorOf(store!.put("key", body()))).to.equal(mishap);
        expect(proxy.requests.map(({ method }) => method)).to.include("DELETE");
        const client = new S3Client({
          region: "us-east-1",
          forcePathStyle: true,
        });
        const { Uploads = [] } = await client.send(
          new ListMultipartUploadsCommand({ Bucket: bucket }),
        );
        expect(Uploads).to.deep.equal([]);
        client.destroy();
      });

      it("throw the source's error also where the parts cannot be removed", async () => {
        decide = ({ method }) =>
          method === "DELETE" ? errorAnswer(403, "AccessDenied") : null;
        const mishap = new Error("source broke");
        const body = async function* () {
          yield* inBlocks(large);
          throw mishap;
        };
        expect(await errorOf(store!.put("key", body()))).to.equal(mishap);
      });

      it("send a file's parts again that were lost", async () => {
        const folder = await mkdtemp(join(tmpdir(), "sluice-s3-"));
        try {
          await writeFile(join(folder, "part"), large);
          const { crc32c } = await direct!.put("other", large);
          first(3, isPut, { kind: "reset" });
          const put = await store!.putFile("key", join(folder, "part"), {
            crc32c,
          });
          expect(put.sizeBytes).to.equal(large.length);
          const found = await readObject(direct!, "key");
          expect(found?.equals(large)).to.equal(true);
        } finally {
          await rm(folder, { recursive: true });
        }
      });
    });

    describe("refusals", () => {
      const work: Readonly<Record<string, (store: ObjectStore) => unknown>> = {
        list: (store) => collect(store.list("2026/")),
        read: (store) => store.get("key"),
        write: (store) => store.put("key", Buffer.from("x")),
        delete: (store) => store.delete("key"),
      };

      async function refusalOf(
        action: string,
        refused: ObjectStore,
        maxRequests: number,
      ): Promise<string> {
        const before = proxy.requests.length;
        const error = await errorOf(Promise.resolve(work[action]!(refused)));
        expect(error).to.be.instanceOf(AccessError);
        expect(error).to.have.property("retryable", false);
        expect(error.message).to.not.match(/\n|local-secret|local-key|wrong-/);
        expect(error.cause).to.equal(undefined);
        expect(proxy.requests.length - before).to.be.at.most(maxRequests);
        return error.message;
      }

      for (const [what, change, message] of [
        [
          "an unknown access key",
          { accessKeyId: "wrong-id" },
          "the access key id is not known there; check AWS_ACCESS_KEY_ID",
        ],
        [
          "a wrong secret",
          { secretAccessKey: "wrong-secret" },
          "the secret access key is not that of the access key id",
        ],
      ] as const)
        it(`names ${what}`, async () => {
          const { endpoint } = proxy;
          for (const action of Object.keys(work)) {
            const refused = openStore(
              s3Environment({ ...server, ...change, endpoint }),
            );
            expect(await refusalOf(action, refused, 1)).to.include(message);
          }
        });

      it("names a bucket that is not there", async () => {
        const { endpoint } = proxy;
        for (const action of ["list", "read", "write"]) {
          const refused = openStore(
            s3Environment({ ...server, endpoint }),
            "",
            "no-such-bucket",
          );
          expect(await refusalOf(action, refused, 1)).to.match(
            /^s3:\/\/no-such-bucket: cannot \w+ "[^"]*": there is no bucket no-such-bucket; create it/,
          );
        }
      });

      it("says that there are no credentials, and sends nothing", async () => {
        const { endpoint } = proxy;
        const none = Object.fromEntries(
          Object.entries(s3Environment({ ...server, endpoint })).filter(
            ([name]) => !name.includes("ACCESS_KEY"),
          ),
        );
        expect(await refusalOf("list", openStore(none), 0)).to.include(
          "no AWS credentials were found; run as a role",
        );
      });

      for (const [what, answer, maxRequests, message] of [
        [
          "a clock that is wrong",
          errorAnswer(403, "RequestTimeTooSkewed"),
          2,
          "clock differs from S3's by more than 15 minutes; set it by NTP",
        ],
        [
          "a session that has expired",
          errorAnswer(400, "ExpiredToken"),
          1,
          "the session token has expired",
        ],
        [
          "another region, by its header",
          errorAnswer(301, "PermanentRedirect", {
            headers: { "x-amz-bucket-region": "eu-central-1" },
          }),
          1,
          "is in the region eu-central-1; set AWS_REGION=eu-central-1",
        ],
        [
          "another region, by its element",
          errorAnswer(400, "AuthorizationHeaderMalformed", {
            xml: "<Region>ap-northeast-2</Region>",
          }),
          1,
          "is in the region ap-northeast-2; set AWS_REGION=ap-northeast-2",
        ],
      ] as const)
        it(`names ${what}`, async () => {
          decide = () => answer;
          for (const action of Object.keys(work))
            expect(await refusalOf(action, store!, maxRequests)).to.include(
              message,
            );
        });

      it("says which action to grant", async () => {
        decide = () => errorAnswer(403, "AccessDenied");
        for (const [action, grant] of [
          ["list", "s3:ListBucket on the bucket"],
          ["read", "s3:GetObject on the bucket's objects"],
          ["write", "s3:PutObject"],
          ["delete", "s3:DeleteObject"],
        ] as const)
          expect(await refusalOf(action, store!, 1)).to.include(grant);
      });

      it("says where nothing listens", async () => {
        const gone = openStore(
          s3Environment({ ...server, endpoint: "http://127.0.0.1:1" }),
        );
        const error = await errorOf(collect(gone.list("")));
        expect(error).to.be.instanceOf(ServiceError);
        expect(error).to.have.property("retryable", true);
        expect(error.message).to.include("(ECONNREFUSED); check AWS_ENDPOINT");
      });
    });
  });
});

describe("translateS3Error", () => {
  it("tells the code of an error of several addresses", () => {
    for (const [code, says] of [
      ["ECONNREFUSED", "nothing listens at the endpoint"],
      ["ETIMEDOUT", "failed (ETIMEDOUT)"],
    ] as const) {
      const cause = Object.assign(new AggregateError([]), { code });
      const error = translateS3Error(cause, {
        url: "s3://b",
        bucket: "b",
        action: "read",
        key: "x",
      });
      expect(error.message).to.include(says);
    }
  });
});
