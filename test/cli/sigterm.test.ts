import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect } from "chai";
import { findPackageRoot } from "../../src/package-root.js";

const root = findPackageRoot();
const hour = "2026-01-15T03";

describe("SIGTERM", function () {
  this.timeout(120_000);
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "sluice-sigterm-"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  function start(
    words: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ) {
    const child = spawn(
      process.execPath,
      [join(root, "dist/src/main.js"), ...words],
      {
        cwd: root,
        env: {
          PATH: process.env["PATH"],
          SLUICE_SOURCE: `file:${join(directory, "source")}`,
          SLUICE_STAGE: `file:${join(directory, "stage")}`,
          SLUICE_SPOOL: join(directory, "spool"),
          ...environment,
        },
      },
    );
    let errors = "";
    child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
    const ended = new Promise<{ code: number | null; errors: string }>(
      (resolve) => {
        child.on("close", (code) => {
          resolve({ code, errors });
        });
      },
    );
    return { child, ended };
  }

  it("ends a classification with 143 in the middle of its work, and leaves no manifest", async () => {
    const folder = join(directory, "source/2026/01/15/03");
    mkdirSync(folder, { recursive: true });
    const line = `{"log_type":"page_view","text":"${"x".repeat(200)}"}\n`;
    for (let index = 0; index < 8; index += 1)
      writeFileSync(join(folder, `${index}.ndjson`), line.repeat(100_000));
    const { child, ended } = start(["classify", "--hour", hour]);
    const spool = join(directory, "spool");
    while (!existsSync(spool) || readdirSync(spool).length === 0) await wait(5);
    child.kill("SIGTERM");
    const { code, errors } = await ended;
    expect(code, errors).to.equal(143);
    expect(errors).to.equal(
      "sluice: stopped by SIGTERM; run the same command again to finish\n",
    );
    expect(existsSync(join(directory, "stage/_manifests"))).to.be.false;
  });

  it("ends with 143 while a service does not answer", async () => {
    const silent = createServer();
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const { child, ended } = start(["classify", "--hour", hour], {
      SLUICE_SOURCE: "s3://bucket/logs",
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port ?? 0}`,
      AWS_ACCESS_KEY_ID: "key",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_REGION: "us-east-1",
      SLUICE_S3_PATH_STYLE: "1",
    });
    const [socket] = (await Promise.race([
      once(silent, "connection"),
      ended.then(({ errors }) => Promise.reject(new Error(errors))),
    ])) as [Socket];
    child.kill("SIGTERM");
    const { code, errors } = await ended;
    expect(code, errors).to.equal(143);
    socket.destroy();
    silent.close();
  });
});
