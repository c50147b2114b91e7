import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { describeWithServers } from "./shared-servers.js";

interface Job {
  readonly status: {
    readonly state: string;
    readonly errorResult?: { readonly reason: string };
    readonly errors?: readonly {
      readonly message: string;
      readonly location?: string;
    }[];
  };
  readonly statistics: {
    readonly load?: {
      readonly outputRows: string;
      readonly badRecords?: string;
    };
  };
}

const fields = [
  { name: "id", type: "INTEGER", mode: "REQUIRED" },
  { name: "price", type: "FLOAT" },
  { name: "paid", type: "BOOLEAN" },
  { name: "tags", type: "STRING", mode: "REPEATED" },
  { name: "extra", type: "JSON" },
  {
    name: "buyer",
    type: "RECORD",
    fields: [{ name: "name", type: "STRING", mode: "REQUIRED" }],
  },
];

describeWithServers("the BigQuery server", (servers) => {
  let project: string;
  let dataset: string;
  let folder: string;
  const bucket = "bigquery-server";

  async function call<T>(path: string, body?: object): Promise<T> {
    const { endpoint } = await servers.bigQuery();
    const answer = await fetch(
      `${endpoint}/bigquery/v2/projects/${project}/${path}`,
      {
        ...(body && {
          method: "POST",
          body: JSON.stringify(body),
          headers: { "content-type": "application/json" },
        }),
      },
    );
    return (await answer.json()) as T;
  }

  before(async () => {
    ({ project } = await servers.bigQuery());
    dataset = `d${randomUUID().replaceAll("-", "")}`;
    await call("datasets", {
      datasetReference: { projectId: project, datasetId: dataset },
    });
    folder = join((await servers.gcs()).directory, bucket);
    await mkdir(folder, { recursive: true });
  });

  async function load(
    file: string,
    content: string | Buffer,
    options: object = {},
  ): Promise<Job> {
    await writeFile(join(folder, file), content);
    const jobId = randomUUID();
    await call("jobs", {
      jobReference: { projectId: project, jobId },
      configuration: {
        load: {
          sourceUris: [`gs://${bucket}/${file}`],
          sourceFormat: "NEWLINE_DELIMITED_JSON",
          destinationTable: {
            projectId: project,
            datasetId: dataset,
            tableId: "t",
          },
          schema: { fields },
          writeDisposition: "WRITE_TRUNCATE",
          ...options,
        },
      },
    });
    for (;;) {
      const job = await call<Job>(`jobs/${jobId}`);
      if (job.status.state === "DONE") return job;
    }
  }

  it("loads rows that fit, gzipped too", async () => {
    const rows = [
      {
        id: 1,
        price: 1.5,
        paid: true,
        tags: ["a"],
        extra: { a: [1] },
        buyer: { name: "n" },
      },
      { ID: "2", price: "2", paid: "yes", tags: [], extra: 1, buyer: null },
      { id: 3.0 },
    ]
      .map((row) => JSON.stringify(row))
      .join("\n\n");
    for (const [file, content] of [
      ["good.ndjson", rows],
      ["good.ndjson.gz", gzipSync(rows)],
    ] as const) {
      const { status, statistics } = await load(file, content);
      expect(status).to.deep.equal({ state: "DONE" });
      expect(statistics.load?.outputRows).to.equal("3");
    }
  });

  for (const [row, fault] of [
    ['{"id":1,"other":2}', "No such field: other."],
    ['{"id":1,"buyer":{"name":"n","age":1}}', "No such field: buyer.age."],
    ['{"price":1}', "Missing required field: id."],
    ['{"id":1,"buyer":{}}', "Missing required field: buyer.name."],
    [
      '{"id":null}',
      "Only optional fields can be set to NULL. Field: id; Value: NULL",
    ],
    [
      '{"id":1.5}',
      "Could not convert value '1.5' to integer. Field: id; Value: 1.5",
    ],
    [
      '{"id":true}',
      "Could not convert value 'True' to integer. Field: id; Value: True",
    ],
    ['{"id":[1]}', "Array specified for non-repeated field: id."],
    ['{"id":{"a":1}}', "JSON object specified for non-record field: id"],
    [
      '{"id":1,"price":"x"}',
      "Could not convert value to float. Field: price; Value: x",
    ],
    [
      '{"id":1,"paid":"x"}',
      "Could not convert value to boolean. Field: paid; Value: x",
    ],
    ['{"id":1,"buyer":1}', "Expected a record for field: buyer"],
    [
      '{"id":1,"tags":["a",["b"]]}',
      "Array specified for non-repeated field: tags.",
    ],
    ['{"id":1', "Parser terminated before end of string"],
    ["[1]", "Expected a JSON object."],
  ] as const)
    it(`refuses ${row}, naming file and position`, async () => {
      const { status } = await load("bad", `{"id":1}\n${row}\n`);
      expect(status.errorResult?.reason).to.equal("invalid");
      const location = `gs://${bucket}/bad`;
      expect(status.errors?.map(({ message }) => message)).to.deep.equal([
        `Error while reading data, error message: JSON table encountered too many errors, giving up. Rows: 2; errors: 1. Please look into the errors[] collection for more details. File: ${location}`,
        "Error while reading data, error message: JSON processing encountered too many errors, giving up. Rows: 2; errors: 1; max bad: 0; error percent: 0",
        `Error while reading data, error message: JSON parsing error in row starting at position 9: ${fault} File: ${location}`,
      ]);
      expect(status.errors?.at(-1)?.location).to.equal(location);
    });

  it("skips as many rows as the job lets it, and ignores unknown fields where it may", async () => {
    const rows = '{"id":1}\n{"id":1.5}\n{"id":2,"other":1}\n';
    const refused = await load("some", rows, { maxBadRecords: 1 });
    expect(refused.status.errorResult?.reason).to.equal("invalid");
    const { statistics } = await load("some", rows, {
      maxBadRecords: 1,
      ignoreUnknownValues: true,
    });
    expect(statistics.load).to.include({ outputRows: "2", badRecords: "1" });
  });
});
