import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { createCommandContext } from "../../src/commands/context.js";
import { openDemo } from "../../src/commands/open-demo.js";
import { readEnvironment } from "../../src/environment.js";
import { UsageError } from "../../src/errors.js";

const context = createCommandContext(
  readEnvironment({ SLUICE_LOG_LEVEL: "silent" }),
);
const own = { source: undefined, stage: undefined, warehouse: undefined };

describe("the demo's folder", () => {
  let root: string;
  let demo: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "sluice-open-demo-"));
    demo = join(root, "demo");
  });
  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  async function write(path: string): Promise<string> {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, "");
    return file;
  }

  async function open(directory = demo, given = {}): Promise<void> {
    const { ports } = await openDemo(directory, { ...own, ...given }, context);
    await ports.warehouse.close();
  }

  async function messageOf(work: Promise<unknown>): Promise<string> {
    const error: unknown = await work.catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(UsageError);
    return error instanceof Error ? error.message : "";
  }

  for (const part of ["source/mine", "stage/mine", "spool/mine"])
    it(`is refused, and nothing deleted, where somebody else made its ${dirname(part)}`, async () => {
      const mine = await write(`demo/${part}`);
      const message = await messageOf(open());
      expect(message).to.equal(
        `--dir ${demo} holds ${dirname(part)}, and no .sluice-demo: no demo made it, and a demo empties its folder. Name a folder of its own, such as ${join(demo, "sluice-demo")}`,
      );
      expect(existsSync(mine)).to.equal(true);
      expect(await readdir(demo)).to.deep.equal([dirname(part)]);
    });

  it("is refused where it holds somebody's warehouse.duckdb", async () => {
    const mine = await write("demo/warehouse.duckdb");
    expect(await messageOf(open())).to.include("holds warehouse.duckdb");
    expect(existsSync(mine)).to.equal(true);
  });

  it("may hold other files, which stay", async () => {
    const other = await write("demo/notes.txt");
    await open();
    expect(existsSync(other)).to.equal(true);
  });

  it("is emptied where a demo made it, one that was killed as well", async () => {
    await open();
    const half = await write("demo/source/2026/01/15/00/half.ndjson");
    await open();
    expect(existsSync(half)).to.equal(false);
    await write("demo/source/2026/01/15/00/half.ndjson");
    await open();
  });

  it("is emptied in .sluice/demo of a version that left no mark", async () => {
    const old = await write(".sluice/demo/source/old");
    await open(join(root, ".sluice/demo"));
    expect(existsSync(old)).to.equal(false);
  });

  it("is not touched where a service that is given is refused", async () => {
    await open();
    const before = await write("demo/source/before");
    const filled = await write("filled/2026/01/15/00/a.ndjson");
    const source = `file:${join(root, "filled")}`;
    expect(await messageOf(open(demo, { source }))).to.include(
      `${filled} is there already`,
    );
    await messageOf(open(demo, { stage: "ftp://x/y" }));
    await messageOf(open(demo, { warehouse: "duckdb:" }));
    expect(existsSync(before)).to.equal(true);
  });

  it("is not begun where a service that is given is refused", async () => {
    await messageOf(open(demo, { stage: "ftp://x/y" }));
    expect(existsSync(demo)).to.equal(false);
  });

  it("is refused where it can't be made", async () => {
    const file = await write("file");
    expect(await messageOf(open(file))).to.include(
      `--dir ${file} can't be used: `,
    );
  });
});
