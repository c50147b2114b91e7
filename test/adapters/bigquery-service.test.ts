import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { BigQueryWarehouse } from "../../src/adapters/bigquery-warehouse.js";
import {
  AccessError,
  DataRefusedError,
  MisfitError,
  ObjectChangedError,
  ServiceError,
} from "../../src/errors.js";
import type { LoadSource, ReplaceHour } from "../../src/ports/warehouse.js";
import type { TableField } from "../../src/schema/table-field.js";
import { catchError } from "../contract/warehouse.js";
import {
  errorAnswer,
  startScriptedBigQuery,
  type ScriptedAnswer,
  type ScriptedBigQuery,
  type ScriptedRequest,
} from "./scripted-bigquery.js";

const idField: TableField = {
  name: "id",
  type: "INTEGER",
  mode: "NULLABLE",
  fields: [],
};
const at = new Date("2026-11-21T04:10:00Z");

const replacement: ReplaceHour = {
  table: "orders",
  temp: "orders_TEMP_1",
  columns: [{ source: "id", target: "id", conversion: { kind: "copy" } }],
  ledger: {
    logType: "Order.Placed",
    folderHour: "2026-11-21T03",
    seq: 2,
    rowsLoaded: 1,
    rowsSetAside: 0,
    bytes: 10,
    manifest: "_manifests/2026/11/21/03.json",
    schemaHash: "sha256:0",
    jobId: "job",
    run: "5651bb556e827d17",
    startedAt: at,
    finishedAt: at,
  },
  hour: {
    folderHour: "2026-11-21T03",
    seq: 2,
    run: "5651bb556e827d17",
    lines: 1,
    blank: 0,
    setAside: 0,
    setAsideReasons: {},
    unknownTypes: {},
    finishedAt: at,
  },
};

function source(name: string, lines: readonly string[]): LoadSource {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
  async function* body(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(bytes);
  }
  return {
    key: name,
    uri: `gs://stage/${name}`,
    rows: lines.length,
    sizeBytes: bytes.length,
    open: () => Promise.resolve(body()),
  };
}

interface JobBody {
  readonly jobReference: { readonly jobId: string; readonly location: string };
  readonly configuration: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly jobTimeoutMs?: string;
    readonly query?: {
      readonly query: string;
      readonly maximumBytesBilled?: string;
    };
    readonly load?: {
      readonly writeDisposition: string;
      readonly sourceUris: readonly string[];
    };
  };
}

interface JobError {
  readonly reason: string;
  readonly message: string;
  readonly location?: string;
}

const pending = { status: { state: "PENDING" } };

function done(outputRows = 0): object {
  return {
    status: { state: "DONE" },
    statistics: { load: { outputRows: String(outputRows) } },
  };
}

function failed(errorResult: JobError, errors = [errorResult]): object {
  return { status: { state: "DONE", errorResult, errors } };
}

describe("BigQuery's answers that the stand-in does not give", () => {
  let service: ScriptedBigQuery;
  let waits: number[] = [];
  /** Milliseconds, which only the waits make go on. */
  const clock = () => waits.reduce((sum, wait) => sum + wait, 0);

  afterEach(() => service.stop());

  async function open(
    answer: (request: ScriptedRequest) => ScriptedAnswer,
    options: Partial<ConstructorParameters<typeof BigQueryWarehouse>[0]> = {},
  ): Promise<BigQueryWarehouse> {
    waits = [];
    service = await startScriptedBigQuery(answer);
    return new BigQueryWarehouse({
      project: "acme",
      dataset: "logs",
      location: "asia-northeast3",
      endpoint: service.endpoint,
      retryDelayMs: 1,
      wait: (milliseconds) => {
        waits.push(milliseconds);
        return Promise.resolve();
      },
      now: clock,
      ...options,
    });
  }

  /** The jobs that were sent in, a repeated request once. */
  function jobs(): readonly JobBody[] {
    const sent = service.requests
      .filter(({ method, path }) => method === "POST" && path === "/jobs")
      .map(({ body }) => body as JobBody);
    return [
      ...new Map(sent.map((job) => [job.jobReference.jobId, job])).values(),
    ];
  }

  /** Jobs end as told, in the order in which they came. */
  function withJobs(
    ends: readonly object[],
    other: (request: ScriptedRequest) => ScriptedAnswer = () => ({ json: {} }),
  ): (request: ScriptedRequest) => ScriptedAnswer {
    return (request) => {
      if (request.method === "POST" && request.path === "/jobs")
        return { json: pending };
      const id = /^\/jobs\/(.+)$/.exec(request.path)?.[1];
      if (id === undefined) return other(request);
      const index = jobs().findIndex(
        ({ jobReference }) => jobReference.jobId === id,
      );
      return { json: ends[index] ?? pending };
    };
  }

  function load(
    warehouse: BigQueryWarehouse,
    sources: readonly LoadSource[],
    mask: readonly string[] = [],
  ): Promise<number> {
    return warehouse.loadTemp({
      temp: "orders_TEMP_1",
      logType: "Order.Placed",
      folderHour: "2026-11-21T03",
      run: "5651bb556e827d17",
      fields: [idField],
      sources,
      jobId: "sluice_orders_2026112103_ab_0",
      timeFormats: new Map(),
      mask,
    });
  }

  describe("replacing an hour", () => {
    const cancelled = {
      reason: "invalidQuery",
      message:
        "Query error: Transaction is aborted due to concurrent update against table acme:logs._sluice_fence_orders. Transaction ID: 3f1 at [3:1]",
    };

    it("runs again, as another job, when a transaction was cancelled by another", async () => {
      const warehouse = await open(
        withJobs([failed(cancelled), failed(cancelled), done()]),
      );
      expect(await warehouse.replaceHour(replacement)).to.equal("replaced");
      expect(jobs()).to.have.length(3);
      expect(
        new Set(jobs().map(({ configuration }) => configuration.query?.query)),
      ).to.have.property("size", 1);
    });

    /** Each script ends at once: as `end` says while that is not null, and well from then on. */
    const endAs =
      (end: () => object | null) =>
      ({ method }: ScriptedRequest): ScriptedAnswer => ({
        json: method === "POST" ? (end() ?? done()) : pending,
      });
    const minuteMs = 60_000;

    const fullQueue = {
      reason: "quotaExceeded",
      message:
        "Resources exceeded during query execution: Too many DML statements outstanding against table acme:logs._sluice_fence_orders, limit is 20.",
    };
    const broken = {
      reason: "backendError",
      message: "Error encountered during execution. Retrying may solve.",
    };
    const limited = {
      reason: "jobRateLimitExceeded",
      message: "Exceeded rate limits: too many concurrent queries",
    };

    const obstacles = [
      {
        what: "others come first",
        end: cancelled,
        firstMs: 200,
        longestMs: 10_000,
        minutes: 30,
        told: /^orders's hour 2026-11-21T03 waits for other loads of the table, which came first, for \d+ minutes so far$/,
        words: "other loads of the table came first for 30 minutes",
      },
      {
        what: "the table's queue is full",
        end: fullQueue,
        firstMs: 2_000,
        longestMs: 60_000,
        minutes: 30,
        told: /waits for the table's queue of DML statements, which is full/,
        words: "the table's queue of DML statements was full for 30 minutes",
      },
      {
        what: "the job fails by BigQuery's own fault",
        end: broken,
        firstMs: 2_000,
        longestMs: 60_000,
        minutes: 10,
        told: /waits for BigQuery, which failed by its own fault/,
        words: "Retrying may solve",
      },
      {
        what: "the script fails by BigQuery's own limits",
        end: {
          reason: "invalidQuery",
          message:
            "Query error: Exceeded rate limits: too many concurrent queries at [3:1]",
        },
        firstMs: 2_000,
        longestMs: 60_000,
        minutes: 10,
        told: /waits for BigQuery, which failed by its own fault/,
        words: "Exceeded rate limits",
      },
      {
        what: "too many jobs are started",
        end: limited,
        firstMs: 2_000,
        longestMs: 60_000,
        minutes: 10,
        told: /waits for BigQuery/,
        words: "too many concurrent queries",
      },
    ];
    for (const obstacle of obstacles) {
      const { what, end, firstMs, longestMs, minutes, told, words } = obstacle;

      it(`tries again for ${minutes} minutes while ${what}, and says each minute that it waits`, async () => {
        const warehouse = await open(
          endAs(() =>
            clock() < minutes * minuteMs - longestMs ? failed(end) : null,
          ),
        );
        const tell: string[] = [];
        const outcome = await warehouse.replaceHour({
          ...replacement,
          tell: (text) => tell.push(text),
        });
        expect(outcome).to.equal("replaced");
        expect(waits[0]).to.be.within(firstMs / 4, firstMs);
        expect(Math.max(...waits)).to.be.within(longestMs * 0.8, longestMs);
        expect(tell.length).to.be.within(minutes * 0.45, minutes);
        for (const text of tell) expect(text).to.match(told);
      });

      it(`gives up with a ServiceError when ${what} for longer than that`, async () => {
        const warehouse = await open(endAs(() => failed(end)));
        const error = await catchError(() =>
          warehouse.replaceHour(replacement),
        );
        expect(error).to.be.instanceOf(ServiceError);
        expect((error as ServiceError).retryable).to.equal(true);
        expect(String(error)).to.include(words);
        expect(clock()).to.be.within(
          minutes * minuteMs,
          minutes * minuteMs + longestMs,
        );
      });
    }

    it("gives up after half an hour of conflicts and faults by turns", async () => {
      let turn = 0;
      const warehouse = await open(
        endAs(() => failed((turn += 1) % 2 === 0 ? cancelled : broken)),
      );
      const error = await catchError(() => warehouse.replaceHour(replacement));
      expect(clock()).to.be.within(30 * minuteMs, 31 * minuteMs);
      expect(String(error)).to.include("minutes, other obstacles included");
    });

    it("tries a script again that fails by BigQuery's own fault after long", async () => {
      let fails = 0;
      const warehouse = await open(
        endAs(() => {
          if (fails === 3) return null;
          fails += 1;
          waits.push(12 * minuteMs);
          return failed(broken);
        }),
      );
      expect(await warehouse.replaceHour(replacement)).to.equal("replaced");
    });

    it("waits for a queue that is full when the job is refused at once, too", async () => {
      let refusals = 0;
      const warehouse = await open(({ method }) => {
        if (method !== "POST") return { json: pending };
        refusals += 1;
        return refusals > 20
          ? { json: done() }
          : errorAnswer(
              403,
              "quotaExceeded",
              "Quota exceeded: Your table exceeded quota for DML: too many DML statements outstanding against table acme:logs.orders",
            );
      });
      expect(await warehouse.replaceHour(replacement)).to.equal("replaced");
      expect(jobs()).to.have.length(3);
    });

    it("makes what is missing without a pause", async () => {
      const missing = {
        reason: "notFound",
        message: "Not found: Table acme:logs._sluice_fence_orders",
      };
      const warehouse = await open(
        withJobs([failed(missing), done(), done(), done()]),
      );
      expect(await warehouse.replaceHour(replacement)).to.equal("replaced");
      // Looks at the four jobs, and no other wait.
      expect(waits).to.have.length(4);
    });

    it("stops soon where what it makes is missing each time", async () => {
      const missing = {
        reason: "invalidQuery",
        message:
          "Query error: Not found: Table acme:logs._sluice_fence_orders at [3:1]",
      };
      const warehouse = await open((request) => {
        if (request.method !== "POST" || request.path !== "/jobs")
          return { json: {} };
        const { jobId } = (request.body as JobBody).jobReference;
        return {
          json: jobId.includes("replace") ? failed(missing) : done(),
        };
      });
      const error = await catchError(() => warehouse.replaceHour(replacement));
      expect(error).to.be.instanceOf(ServiceError);
      expect(
        jobs().filter(({ jobReference }) =>
          jobReference.jobId.includes("replace"),
        ),
      ).to.have.length(5);
      expect(clock()).to.be.lessThan(minuteMs);
    });

    it("bounds its job, and says in one line that BigQuery stopped it there", async () => {
      const warehouse = await open(
        withJobs([
          failed({
            reason: "stopped",
            message: "Job execution was cancelled: Job timed out after 3600s",
          }),
        ]),
      );
      const error = await catchError(() => warehouse.replaceHour(replacement));
      expect(error).to.be.instanceOf(ServiceError);
      const [job] = jobs();
      expect(job?.configuration.jobTimeoutMs).to.equal("3600000");
      expect(String(error)).to.equal(
        `ServiceError: bigquery://acme/logs: orders's hour 2026-11-21T03 can't be replaced: BigQuery stopped the job at its limit of 60 minutes, its wait for slots included, and nothing was changed. Load again; if it ends so again, see what it waited for: bq show --format=prettyjson -j acme:asia-northeast3.${job?.jobReference.jobId ?? ""}`,
      );
      expect(jobs()).to.have.length(1);
    });

    it("finds the commit whose answer was lost, and runs no second job", async () => {
      const warehouse = await open(({ method, path, body }) => {
        if (method === "GET" && path.startsWith("/jobs/"))
          return { json: done() };
        const { jobId } = (body as JobBody).jobReference;
        return service.requests.length === 1
          ? "reset"
          : errorAnswer(409, "duplicate", `Already Exists: Job acme:${jobId}`);
      });
      expect(await warehouse.replaceHour(replacement)).to.equal("replaced");
      expect(jobs()).to.have.length(1);
      expect(
        service.requests.map(({ method, path, query }) => [
          method,
          path.split("/")[1],
          query.get("location"),
        ]),
      ).to.deep.equal([
        ["POST", "jobs", null],
        ["POST", "jobs", null],
        ["GET", "jobs", "asia-northeast3"],
      ]);
    });

    it("runs again when the service failed at an unknown point: the seq makes that harmless", async () => {
      const warehouse = await open(
        withJobs([
          failed({
            reason: "backendError",
            message: "Error encountered during execution. Retrying may solve.",
          }),
          failed({
            reason: "quotaExceeded",
            message:
              "Resources exceeded during query execution: Too many DML statements outstanding against table acme:logs.orders, limit is 20.",
          }),
          done(),
        ]),
      );
      expect(await warehouse.replaceHour(replacement)).to.equal("replaced");
      expect(jobs()).to.have.length(3);
    });

    /** Ends the first job as its own script would: `raised` is the end of a text in it, `rest` what the script adds. */
    const raise =
      (raised: string, rest = "") =>
      (request: ScriptedRequest): ScriptedAnswer => {
        const script = jobs()[0]?.configuration.query?.query ?? "";
        const text = new RegExp(`'(sluice [^']*${raised})'`).exec(script)?.[1];
        const message = `Query error: ${text ?? "nothing raised"}${rest} at [10:3]`;
        return withJobs([failed({ reason: "invalidQuery", message })])(request);
      };

    it("tells a superseded hour from what the script raised", async () => {
      const warehouse = await open(raise("superseded"));
      expect(await warehouse.replaceHour(replacement)).to.equal("superseded");
      expect(jobs()).to.have.length(1);
    });

    it("tells an sql column that gives other rows from what the script raised", async () => {
      const warehouse = await open(raise("rows ", "1 from 7"));
      const error = await catchError(() => warehouse.replaceHour(replacement));
      expect(error).to.be.instanceOf(DataRefusedError);
      expect(String(error)).to.include(
        "1 rows would be inserted from 7 loaded ones",
      );
    });

    it("tells a TEMP that holds other rows than were loaded from what the script raised", async () => {
      const warehouse = await open(raise("TEMP holds other rows"));
      const error = await catchError(() => warehouse.replaceHour(replacement));
      expect(error).to.be.instanceOf(ServiceError);
      expect(String(error)).to.include(
        "does not hold the 1 rows that were loaded",
      );
      expect(jobs()).to.have.length(1);
    });

    const quoted = [
      "sluice: superseded",
      "sluice: the fence has no row",
      "sluice: rows 1 from 7",
      "could not serialize access",
      "Transaction is aborted due to concurrent update",
      "Exceeded rate limits",
      "too many DML statements outstanding",
      "Not found: Table acme:logs._sluice_fence_orders",
    ];
    for (const value of quoted) {
      it(`refuses the load whose rows hold "${value}", which a conversion's error quotes`, async () => {
        const warehouse = await open(
          withJobs([
            failed({
              reason: "invalidQuery",
              message: `Query error: Bad int64 value: ${value} at [14:1]`,
            }),
          ]),
        );
        const error = await catchError(() =>
          warehouse.replaceHour(replacement),
        );
        expect(error).to.be.instanceOf(DataRefusedError);
        expect(String(error)).to.include("a column's conversion failed");
        expect(jobs()).to.have.length(1);
      });
    }

    const quotes = ["Query error: Bad int64 value: ", cancelled.message];
    for (const message of quotes) {
      it(`quotes no value of a masked column after "${message.slice(13, 37)}"`, async () => {
        const end = failed({
          reason: "invalidQuery",
          message: `${message} s3cr3t at [14:1]`,
        });
        const warehouse = await open((request) =>
          request.method === "POST" ? { json: end } : { json: pending },
        );
        const replace = async (mask: readonly string[]) =>
          String(
            await catchError(() =>
              warehouse.replaceHour({ ...replacement, mask }),
            ),
          );
        expect(await replace([])).to.include("s3cr3t");
        const told = await replace(["user.email"]);
        expect(told).to.include("its words are not shown");
        expect(told).not.to.include("s3cr3t");
      });
    }

    it("does not start jobs anew for a request that was sent often enough", async () => {
      const warehouse = await open(() => ({ status: 503, text: "" }));
      const error = await catchError(() => warehouse.replaceHour(replacement));
      expect(error).to.be.instanceOf(ServiceError);
      expect(jobs()).to.have.length(1);
      expect(service.requests).to.have.length(8);

      await service.stop();
      const limited = await open(() =>
        errorAnswer(403, "rateLimitExceeded", "Exceeded rate limits"),
      );
      await catchError(() => limited.replaceHour(replacement));
      expect(jobs()).to.have.length(1);
    });

    it("takes no other missing table for its own, whatever the dataset is called", async () => {
      const warehouse = await open(
        withJobs([
          failed({
            reason: "notFound",
            message:
              "Not found: Table acme:a_sluice_b.orders was not found in location asia-northeast3",
          }),
        ]),
        { dataset: "a_sluice_b" },
      );
      const error = await catchError(() => warehouse.replaceHour(replacement));
      expect(String(error)).to.include("a_sluice_b.orders was not found");
      expect(jobs()).to.have.length(1);
    });

    it("makes no fence for another table's", async () => {
      const warehouse = await open(
        withJobs([
          failed({
            reason: "notFound",
            message: "Not found: Table acme:logs._sluice_fence_orders_2",
          }),
        ]),
      );
      await catchError(() => warehouse.replaceHour(replacement));
      expect(jobs()).to.have.length(1);
    });

    const expiries: readonly (readonly [string, object])[] = [
      ["a table", { expirationTime: "1800000000000" }],
      ["partitions", { timePartitioning: { expirationMs: "5184000000" } }],
    ];
    for (const [what, resource] of expiries) {
      it(`refuses a ledger that the dataset's default would make ${what} of that expire`, async () => {
        const missing = {
          reason: "notFound",
          message: "Not found: Table acme:logs._sluice_fence_orders",
        };
        const warehouse = await open(
          withJobs([failed(missing), done(), done(), done()], (request) => ({
            json:
              request.method === "GET" && request.path.endsWith("_sluice_loads")
                ? resource
                : {},
          })),
        );
        const error = await catchError(() =>
          warehouse.replaceHour(replacement),
        );
        expect(error).to.be.instanceOf(AccessError);
        expect(String(error)).to.include(
          "bq update --default_table_expiration 0 --default_partition_expiration 0 acme:logs && bq update --expiration 0 --time_partitioning_expiration 0 acme:logs._sluice_loads",
        );
        expect(jobs()).to.have.length(1);
      });

      it(`tells that a new table is one of ${what} that expire, unasked`, async () => {
        let isMade = false;
        const warehouse = await open(({ method }) => {
          if (method === "POST") isMade = true;
          return method === "POST" || isMade
            ? { json: resource }
            : errorAnswer(404, "notFound", "Not found: Table acme:logs.orders");
        });
        const findings = await warehouse.ensureTable({
          table: "orders",
          fields: [idField],
          partitionBy: "day",
        });
        expect(findings).to.have.length(1);
        expect(findings[0]).to.match(
          /will be deleted with all its rows at 2027-01-15T08:00:00.000Z|keeps its partitions 60 days, and the catalog says for ever/,
        );
      });
    }

    for (const reason of ["notFound", "invalidQuery"])
      it(`makes ledger and fence when BigQuery says that they are not there, as ${reason}`, async () => {
        const warehouse = await open(
          withJobs([
            failed({
              reason,
              message:
                "Query error: Not found: Table acme:logs._sluice_fence_orders was not found in location asia-northeast3 at [3:1]",
            }),
            done(),
            done(),
            done(),
          ]),
        );
        expect(await warehouse.replaceHour(replacement)).to.equal("replaced");
        const made = service.requests
          .filter(
            ({ method, path }) =>
              method === "POST" && path === "/datasets/logs/tables",
          )
          .map(({ body }) => {
            const { tableReference } = body as {
              readonly tableReference: { readonly tableId: string };
            };
            return tableReference.tableId;
          });
        expect(made).to.deep.equal([
          "_sluice_loads",
          "_sluice_hours",
          "_sluice_loads_current",
          "_sluice_hours_current",
        ]);
        expect(jobs()[1]?.configuration.query?.query).to.match(
          /^CREATE TABLE IF NOT EXISTS `acme`\.`logs`\.`_sluice_fence_orders` .* AS SELECT /,
        );
      });

    it("labels its job, names the location and bounds what it bills", async () => {
      const warehouse = await open(withJobs([done()]), {
        maximumBytesBilled: 1_000_000_000_000,
      });
      await warehouse.replaceHour(replacement);
      const [job] = jobs();
      expect(job?.configuration.labels).to.deep.equal({
        type: "order_placed",
        hour: "2026-11-21t03",
        run: "5651bb556e827d17",
      });
      expect(job?.jobReference.location).to.equal("asia-northeast3");
      expect(job?.configuration.query?.maximumBytesBilled).to.equal(
        "1000000000000",
      );
    });
  });

  describe("loading TEMP", () => {
    const rows =
      (count: number) =>
      ({ path }: ScriptedRequest): ScriptedAnswer =>
        path.endsWith("/tables/orders_TEMP_1")
          ? { json: { numRows: String(count) } }
          : { json: {} };

    it("shows a row that only BigQuery refuses, found by file and position, when the job fails while it is polled", async () => {
      const lines = ['{"id":1}', '{"id":2 }', '{"id":3}'];
      const message = (text: string) =>
        `Error while reading data, error message: ${text}`;
      const warehouse = await open(
        withJobs([
          failed(
            {
              reason: "invalid",
              location: "gs://stage/b.ndjson",
              message: message(
                "JSON table encountered too many errors, giving up. Rows: 6; errors: 1. Please look into the errors[] collection for more details. File: gs://stage/b.ndjson",
              ),
            },
            [
              {
                reason: "invalid",
                message: message(
                  "JSON processing encountered too many errors, giving up. Rows: 6; errors: 1; max bad: 0; error percent: 0",
                ),
              },
              {
                reason: "invalid",
                location: "gs://stage/b.ndjson",
                message: message(
                  "JSON parsing error in row starting at position 9: Couldn't convert value to X. File: gs://stage/b.ndjson",
                ),
              },
            ],
          ),
        ]),
      );
      const error = await catchError(() =>
        load(warehouse, [source("a.ndjson", lines), source("b.ndjson", lines)]),
      );
      expect(error).to.be.instanceOf(MisfitError);
      const { misfits } = error as MisfitError;
      expect(misfits).to.have.length(1);
      expect(misfits[0]?.example).to.deep.equal({
        source: "b.ndjson",
        line: 2,
        text: '{"id":2 }',
      });
      expect(misfits[0]?.found).to.include("Couldn't convert value to X.");
      expect(jobs()).to.have.length(1);
    });

    for (const mask of [[], ["user.email"]]) {
      const what = mask.length === 0 ? "BigQuery's words" : "none of its words";
      it(`says the reason and the place, and ${what} where ${mask.join() || "nothing"} is masked`, async () => {
        const location = "gs://stage/a.ndjson";
        const [first, second] = [9, 900].map((position) => ({
          reason: "invalid",
          location,
          message: `Error while reading data, error message: JSON parsing error in row starting at position ${position}: Couldn't convert s3cr3t. File: ${location}`,
        }));
        const end = { errorResult: first, errors: [first, second] };
        const warehouse = await open(
          withJobs([{ status: { state: "DONE", ...end } }]),
        );
        const lines = ['{"id":1}', '{"id":2 }'];
        const error = await catchError(() =>
          load(warehouse, [source("a.ndjson", lines)], mask),
        );
        const { misfits } = error as MisfitError;
        const told = `${String(error)} ${JSON.stringify(misfits)}`;
        expect(told.includes("s3cr3t"), told).to.equal(mask.length === 0);
        expect(told).to.include("a.ndjson:2");
        expect(told).to.include("row starting at position 900");
      });
    }

    const refusedAt = (position: number, name: string): JobError => ({
      reason: "invalid",
      location: `gs://stage/${name}`,
      message: `Error while reading data, error message: JSON parsing error in row starting at position ${position}: Bad. File: gs://stage/${name}`,
    });

    it("says how much it looked at, and BigQuery's words for the rest", async () => {
      const warehouse = await open(
        withJobs([failed(refusedAt(400, "a.ndjson"))]),
        { explainBytes: 20 },
      );
      const lines = ['{"id":"x"}', '{"id":"y"}', '{"id":"z"}', '{"id":"a"}'];
      const error = await catchError(() =>
        load(warehouse, [source("a.ndjson", lines)]),
      );
      expect(error).to.be.instanceOf(MisfitError);
      expect((error as MisfitError).misfits[0]?.count).to.equal(2);
      expect(String(error)).to.include("Only the first 22 bytes");
      expect(String(error)).to.include("row starting at position 400: Bad.");
    });

    it("fetches the rows that BigQuery names from behind what it looks at, in each file", async () => {
      const lines = Array.from({ length: 50 }, () => '{"id":1}');
      const bad = lines.map((line, at) => (at === 40 ? '{"id":"x"}' : line));
      // Past the limit, other rows are not judged.
      bad[20] = '{"id":{}}';
      const odd = [...lines.slice(0, 29), '{"id":2 }', ...lines];
      const protos = [refusedAt(362, "b"), refusedAt(29 * 9 + 1, "c")];
      const warehouse = await open(
        withJobs([failed(refusedAt(0, "none"), protos)]),
        { explainBytes: 20 },
      );
      const sources = [source("a", lines), source("b", bad), source("c", odd)];
      const { message, misfits } = (await catchError(() =>
        load(warehouse, sources),
      )) as MisfitError;
      expect(
        misfits.map(({ column, found, example }) => [column, found, example]),
      ).to.deep.equal([
        [
          "id",
          "a string that is no integer",
          { source: "b", line: 41, text: '{"id":"x"}' },
        ],
        [
          "",
          "what BigQuery refuses (Bad.)",
          { source: "c", line: 30, text: '{"id":2 }' },
        ],
      ]);
      expect(message).to.include("Only the first 27 bytes");
      expect(message).not.to.include("starting at position");
    });

    it("finds a named row behind what it looks at in files that were uploaded one behind the other", async () => {
      const lines = Array.from({ length: 50 }, () => '{"id":1}');
      const end = failed({
        reason: "invalid",
        message: `Error while reading data, error message: JSON parsing error in row starting at position ${(50 + 30) * 9}: Bad.`,
      });
      const warehouse = await open(
        ({ method }) =>
          method === "POST"
            ? { headers: { location: `${service.endpoint}/session` } }
            : { json: end },
        { explainBytes: 20 },
      );
      const plain = ["a", "b", "c"].map((name) => ({
        ...source(name, lines),
        uri: null,
      }));
      const error = await catchError(() => load(warehouse, plain));
      expect((error as MisfitError).misfits[0]?.example).to.deep.equal({
        source: "b",
        line: 31,
        text: '{"id":1}',
      });
    });

    it("starts over with the job that truncates when a later one fails by the service's fault", async () => {
      const broken = failed({
        reason: "jobBackendError",
        message: "The job encountered an internal error during execution.",
      });
      const warehouse = await open(
        withJobs([done(1), broken, done(1), done(1)], rows(2)),
        { mostUris: 1 },
      );
      const sources = ["a", "b"].map((name) => source(name, ['{"id":1}']));
      expect(await load(warehouse, sources)).to.equal(2);
      expect(
        jobs().map(({ jobReference, configuration }) => [
          jobReference.jobId.replace("sluice_orders_2026112103_ab_0", ""),
          configuration.load?.writeDisposition,
          configuration.load?.sourceUris.join(),
        ]),
      ).to.deep.equal([
        ["", "WRITE_TRUNCATE", "gs://stage/a"],
        ["_batch1", "WRITE_APPEND", "gs://stage/b"],
        ["_round2", "WRITE_TRUNCATE", "gs://stage/a"],
        ["_batch1_round2", "WRITE_APPEND", "gs://stage/b"],
      ]);
    });

    it("bounds its jobs, and says in one line that BigQuery stopped one there", async () => {
      const warehouse = await open(
        withJobs([
          failed({
            reason: "stopped",
            message: "Job execution was cancelled: Job timed out after 7200s",
          }),
        ]),
      );
      const error = await catchError(() =>
        load(warehouse, [source("a", ['{"id":1}'])]),
      );
      expect(error).to.be.instanceOf(ServiceError);
      expect(String(error)).to.include(
        "orders_TEMP_1 can't be loaded: BigQuery stopped the job at its limit of 120 minutes",
      );
      expect(String(error)).to.include(
        "bq show --format=prettyjson -j acme:asia-northeast3.sluice_orders_2026112103_ab_0",
      );
      expect(String(error)).not.to.include("\n");
      expect(jobs()).to.have.length(1);
      expect(jobs()[0]?.configuration.jobTimeoutMs).to.equal("7200000");
    });

    const bucketFaults: readonly (readonly [
      message: string,
      advice: readonly string[],
    ])[] = [
      [
        "Cannot read and write in different locations: source: asia-northeast3, destination: US",
        [
          "set stage (SLUICE_STAGE) to a bucket in US",
          "warehouse (SLUICE_WAREHOUSE) to a dataset in asia-northeast3",
        ],
      ],
      [
        "Bucket is a requester pays bucket but no user project provided.",
        ["gcloud storage buckets update gs://BUCKET --no-requester-pays"],
      ],
      [
        "Bucket is requester pays bucket but no user project provided.",
        ["set stage (SLUICE_STAGE) to another one"],
      ],
    ];
    const shapes: readonly (readonly [
      string,
      (error: JobError) => (request: ScriptedRequest) => ScriptedAnswer,
    ])[] = [
      ["the job's error", (error) => withJobs([failed(error)])],
      [
        "HTTP 400",
        ({ reason, message }) =>
          () =>
            errorAnswer(400, reason, message),
      ],
    ];
    for (const [message, advice] of bucketFaults)
      for (const [shape, answer] of shapes)
        it(`says what to change, and reads no row, after "${message}" as ${shape}`, async () => {
          const warehouse = await open(answer({ reason: "invalid", message }));
          const unread = {
            ...source("a", ['{"id":1}']),
            open: () => Promise.reject(new Error("a row was read")),
          };
          const error = await catchError(() => load(warehouse, [unread]));
          expect(error).to.be.instanceOf(AccessError);
          expect((error as AccessError).retryable).to.equal(false);
          expect(String(error)).to.include(message.replace(/\.$/, ""));
          for (const words of advice) expect(String(error)).to.include(words);
          expect(String(error)).not.to.include("\n");
          expect(jobs()).to.have.length(1);
        });

    it("refuses rows that quote such a message as bad rows", async () => {
      const quoted =
        "Cannot read and write in different locations: source: a, destination: b. Bucket is a requester pays bucket";
      const warehouse = await open(
        withJobs([
          failed({
            reason: "invalid",
            message: `Error while reading data, error message: JSON parsing error in row starting at position 0: Could not convert value to integer. Field: id; Value: ${quoted}`,
          }),
        ]),
      );
      const error = await catchError(() =>
        load(warehouse, [source("a", [`{"id":"${quoted}"}`])]),
      );
      expect(error).to.be.instanceOf(MisfitError);
    });

    it("stops after a bounded number of rounds", async () => {
      const broken = failed({ reason: "backendError", message: "later" });
      const warehouse = await open(withJobs(Array(9).fill(broken)));
      const error = await catchError(() =>
        load(warehouse, [source("a", ['{"id":1}'])]),
      );
      expect(error).to.be.instanceOf(ServiceError);
      expect(jobs()).to.have.length(5);
    });

    it("counts the rows themselves when the table's number is not the jobs'", async () => {
      const warehouse = await open(
        withJobs([done(3)], (request) =>
          request.path === "/queries"
            ? { json: { jobComplete: true, rows: [{ f: [{ v: "3" }] }] } }
            : rows(0)(request),
        ),
      );
      expect(await load(warehouse, [source("a", ['{"id":1}'])])).to.equal(3);
    });

    it("waits before it sends an upload's bytes again, as long as it is told", async () => {
      let chunks = 0;
      const warehouse = await open(({ method, path, headers }) => {
        if (method === "POST")
          return { headers: { location: `${service.endpoint}/session` } };
        if (method !== "PUT") return rows(1)({ path } as ScriptedRequest);
        if (String(headers["content-range"]).startsWith("bytes */"))
          return { status: 308 };
        chunks += 1;
        if (chunks === 4) return { json: done(1) };
        const retryAfter = chunks === 2 ? { "retry-after": "7" } : {};
        return { status: 503, headers: retryAfter, text: "" };
      });
      const plain = { ...source("a", ['{"id":1}']), uri: "memory:a" };
      expect(await load(warehouse, [plain])).to.equal(1);
      expect(chunks).to.equal(4);
      expect(waits).to.have.length(3);
      expect(waits[0]).to.be.within(100, 200);
      expect(waits[1]).to.equal(7_000);
      expect(waits[2]).to.be.within(400, 800);
    });

    it("labels the small reads of a load as its jobs", async () => {
      const warehouse = await open(
        withJobs([done(3)], (request) =>
          request.path === "/queries"
            ? { json: { jobComplete: true, rows: [{ f: [{ v: "3" }] }] } }
            : rows(0)(request),
        ),
        { labels: { team: "data" } },
      );
      await load(warehouse, [source("a", ['{"id":1}'])]);
      const reads = service.requests.filter(({ path }) => path === "/queries");
      expect(
        reads.map(({ body }) => (body as { labels: unknown }).labels),
      ).to.deep.equal([
        {
          team: "data",
          type: "order_placed",
          hour: "2026-11-21t03",
          run: "5651bb556e827d17",
        },
      ]);
    });

    it("sees a file that is gone as an object that changed, so that the manifest is read again", async () => {
      const warehouse = await open(
        withJobs([
          failed({
            reason: "notFound",
            message: "Not found: URI gs://stage/a",
          }),
        ]),
      );
      const error = await catchError(() =>
        load(warehouse, [source("a", ['{"id":1}'])]),
      );
      expect(error).to.be.instanceOf(ObjectChangedError);
    });

    it("attaches to its own job in its location when an earlier request had made it", async () => {
      const warehouse = await open((request) => {
        if (request.method === "POST")
          return errorAnswer(409, "duplicate", "Already Exists: Job acme:x");
        return request.path.startsWith("/jobs/")
          ? { json: done(1) }
          : rows(1)(request);
      });
      expect(await load(warehouse, [source("a", ['{"id":1}'])])).to.equal(1);
      const look = service.requests[1];
      expect(look?.path).to.equal("/jobs/sluice_orders_2026112103_ab_0");
      expect(look?.query.get("location")).to.equal("asia-northeast3");
    });

    it("asks less and less often while a job runs, five seconds apart at most", async () => {
      let looks = 0;
      const warehouse = await open((request) => {
        if (request.method === "POST") return { json: pending };
        if (!request.path.startsWith("/jobs/")) return rows(1)(request);
        looks += 1;
        return { json: looks === 30 ? done(1) : pending };
      });
      await load(warehouse, [source("a", ['{"id":1}'])]);
      expect(waits).to.have.length(30);
      expect(waits[0]).to.be.within(125, 250);
      expect(Math.max(...waits)).to.be.within(2_500, 5_000);
    });
  });

  describe("requests", () => {
    const describeOnce = (warehouse: BigQueryWarehouse) =>
      warehouse.describeTable("orders");

    const passing: readonly (readonly [string, ScriptedAnswer])[] = [
      [
        "403 rateLimitExceeded",
        errorAnswer(403, "rateLimitExceeded", "Exceeded rate limits"),
      ],
      ["429", { status: 429, headers: { "retry-after": "0" }, text: "slow" }],
      ["500", errorAnswer(500, "internalError", "Unexpected")],
      ["502 from a proxy", { status: 502, text: "<html>" }],
      ["503", errorAnswer(503, "backendError", "Visibility check")],
      ["a reset", "reset"],
      ["a body that is not whole", { text: '{"schema":{"fie' }],
      ["no answer", "hang"],
    ];
    for (const [what, answer] of passing) {
      it(`sends again after ${what}`, async () => {
        const warehouse = await open(
          () => (service.requests.length === 1 ? answer : { json: {} }),
          { requestTimeoutMs: 300 },
        );
        expect(await describeOnce(warehouse)).to.deep.equal([]);
        expect(service.requests).to.have.length(2);
      });
    }

    it("stops after eight tries", async () => {
      const warehouse = await open(() => ({ status: 503, text: "" }));
      const error = await catchError(() => describeOnce(warehouse));
      expect(error).to.be.instanceOf(ServiceError);
      expect(error).not.to.be.instanceOf(AccessError);
      expect(service.requests).to.have.length(8);
    });

    it("adds columns to the table that it looked at, and looks again when another was first", async () => {
      let etag = 0;
      const warehouse = await open(({ method, headers }) => {
        if (method === "GET") {
          etag += 1;
          return { json: { etag: `"${etag}"`, schema: { fields: [] } } };
        }
        return headers["if-match"] === '"3"'
          ? { json: {} }
          : errorAnswer(412, "conditionNotMet", "Precondition check failed.");
      });
      await warehouse.addColumns("orders", [idField]);
      expect(
        service.requests.filter(({ method }) => method === "PATCH"),
      ).to.have.length(3);
    });

    const refusals: readonly (readonly [
      status: number,
      reason: string,
      message: string,
      advice: string,
    ])[] = [
      [
        403,
        "accessDenied",
        "Access Denied: Project acme: User does not have bigquery.jobs.create permission in project acme.",
        "Grant roles/bigquery.jobUser on the project acme",
      ],
      [
        403,
        "accessDenied",
        "Access Denied: Table acme:logs.orders: Permission bigquery.tables.get denied on table acme:logs.orders (or it may not exist).",
        "Grant roles/bigquery.dataEditor on the dataset acme:logs",
      ],
      [
        403,
        "accessDenied",
        "Access Denied: File gs://stage/a: sa@acme.iam.gserviceaccount.com does not have storage.objects.get access to the Google Cloud Storage object.",
        "Grant roles/storage.objectViewer on the stage's bucket",
      ],
      [
        403,
        "accessNotConfigured",
        "BigQuery API has not been used in project 1 before or it is disabled.",
        "gcloud services enable bigquery.googleapis.com --project acme",
      ],
      [
        401,
        "authError",
        "Request had invalid authentication credentials.",
        "Renew the credentials",
      ],
      [
        404,
        "notFound",
        "Not found: Dataset acme:logs",
        "bq mk --dataset --location=asia-northeast3 acme:logs",
      ],
      [
        404,
        "notFound",
        "Not found: Dataset acme:logs was not found in location asia-northeast3",
        "set ?location= in the warehouse's URL",
      ],
      [
        404,
        "notFound",
        "Not found: Project acme",
        "Look at the project in the warehouse's URL",
      ],
      [
        404,
        "notFound",
        "Not found: Job acme:asia-northeast3.x",
        "set ?location= in the warehouse's URL",
      ],
      [
        403,
        "quotaExceeded",
        "Quota exceeded: Your project exceeded quota for free query bytes scanned.",
        "https://cloud.google.com/bigquery/quotas",
      ],
      [
        403,
        "billingNotEnabled",
        "Billing has not been enabled for this project.",
        "Link the project acme to a billing account",
      ],
    ];
    for (const [status, reason, message, advice] of refusals) {
      it(`says what to do, at once and in one line, after "${message}"`, async () => {
        const warehouse = await open(() =>
          errorAnswer(status, reason, message),
        );
        const error = await catchError(() => describeOnce(warehouse));
        expect(error).to.be.instanceOf(AccessError);
        expect(String(error)).to.include(message);
        expect(String(error)).to.include(advice);
        expect(String(error)).not.to.include("\n");
        expect(service.requests).to.have.length(1);
      });
    }

    describe("without usable credentials", () => {
      const before = process.env.GOOGLE_APPLICATION_CREDENTIALS;
      let folder = "";

      beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "sluice-credentials-"));
        process.env.GOOGLE_APPLICATION_CREDENTIALS = join(folder, "key.json");
      });
      afterEach(async () => {
        if (before === undefined)
          delete process.env.GOOGLE_APPLICATION_CREDENTIALS;
        else process.env.GOOGLE_APPLICATION_CREDENTIALS = before;
        await rm(folder, { recursive: true });
      });

      it("says what to set when the key file is not there", async () => {
        const warehouse = await open(() => ({ json: {} }), {
          endpoint: undefined,
          // A second try would outlast the test.
          retryDelayMs: 3_600_000,
        });
        const error = await catchError(() => describeOnce(warehouse));
        expect(error).to.be.instanceOf(AccessError);
        expect(String(error)).to.include("key.json does not exist");
        expect(String(error)).to.include("GOOGLE_APPLICATION_CREDENTIALS");
      });

      it("gives up a token that does not come, asks for it anew, and takes the next answer", async () => {
        const warehouse = await open(
          () =>
            service.requests.length < 3
              ? "hang"
              : { status: 400, json: { error: "invalid_grant" } },
          { endpoint: undefined, requestTimeoutMs: 200 },
        );
        const subject = join(folder, "subject");
        await writeFile(subject, "token");
        await writeFile(
          join(folder, "key.json"),
          JSON.stringify({
            type: "external_account",
            audience:
              "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
            subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
            token_url: `${service.endpoint}/token`,
            credential_source: { file: subject },
          }),
        );
        const error = await catchError(() => describeOnce(warehouse));
        expect(error).to.be.instanceOf(AccessError);
        expect(String(error)).to.include("make a new key");
        expect(service.requests).to.have.length(3);
      });

      const tokenAnswers: readonly (readonly [string, string, string])[] = [
        [
          "invalid_grant",
          "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.",
          "clock is off",
        ],
        [
          "invalid_grant",
          "Token has been expired or revoked.",
          "make a new key",
        ],
      ];
      for (const [problem, description, advice] of tokenAnswers) {
        it(`says what to do after "${description}"`, async () => {
          const answer = { error: problem, error_description: description };
          const warehouse = await open(() => ({ status: 400, json: answer }), {
            endpoint: undefined,
          });
          await writeFile(
            join(folder, "key.json"),
            JSON.stringify({
              type: "external_account_authorized_user",
              audience:
                "//iam.googleapis.com/locations/global/workforcePools/p",
              client_id: "client",
              client_secret: "s3cret",
              refresh_token: "r3fresh",
              token_url: `${service.endpoint}/token`,
            }),
          );
          const error = await catchError(() => describeOnce(warehouse));
          expect(error).to.be.instanceOf(AccessError);
          expect(String(error)).to.include(description);
          expect(String(error)).to.include(advice);
          expect(String(error)).not.to.match(/s3cret|r3fresh/);
          expect(service.requests).to.have.length(1);
        });
      }
    });

    it("says where no service listens", async () => {
      const warehouse = await open(() => ({ json: {} }));
      await service.stop();
      const error = await catchError(() => describeOnce(warehouse));
      service = await startScriptedBigQuery(() => ({ json: {} }));
      expect(error).to.be.instanceOf(ServiceError);
      expect(String(error)).to.match(/ECONNREFUSED/);
    });
  });
});
