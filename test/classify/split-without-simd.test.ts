import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { FileObjectStore } from "../../src/adapters/file-object-store.js";
import { createSplitter } from "../../src/classify/create-splitter.js";
import { compileScanner } from "../../src/classify/scanner/line-scanner.js";
import { findPackageRoot } from "../../src/package-root.js";

const main = join(findPackageRoot(), "dist/src/main.js");

describe("without WebAssembly SIMD", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sluice-simd-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("there is no scanner where its file does not validate, and an error where it was not built", async () => {
    const file = join(folder, "scanner.wasm");
    // The magic bytes, the version, and a section that no WebAssembly has.
    await writeFile(file, "\0asm\x01\0\0\0\x7f\0", "latin1");
    expect(compileScanner(file)).to.equal(null);
    expect(() => compileScanner(join(folder, "none"))).to.throw("ENOENT");
  });

  it("a key path that does not fit the scanner is split by JSON.parse as well", () => {
    const sink = { takeLines: () => undefined, takeRefused: () => undefined };
    const kindOf = (typeKey: readonly string[]) =>
      createSplitter(sink, { typeKey, maxLineBytes: 1e8, bufferBytes: 0 }).kind;
    expect(kindOf(["k".repeat(1024)])).to.equal("scanner");
    expect(kindOf(["k".repeat(1025)])).to.equal("json_parse");
    expect(kindOf(Array.from({ length: 32 }, () => "k"))).to.equal("scanner");
    expect(kindOf(Array.from({ length: 33 }, () => "k"))).to.equal(
      "json_parse",
    );
  });

  for (const [flags, splitter] of [
    [[], "scanner"],
    [["--no-enable-sse4-1", "--no-enable-ssse3"], "json_parse"],
    [["--jitless"], "json_parse"],
  ] as const) {
    it(`the command line uses ${splitter} under node ${flags.join(" ") || "as it is"}`, async function () {
      this.timeout(60_000);
      if (flags.some((flag) => flag.includes("sse")) && process.arch !== "x64")
        this.skip();
      const hour = "2026-01-15T00";
      const catalog = join(folder, "catalog.yaml");
      await writeFile(
        catalog,
        `source: file:${join(folder, "source")}\nstage: file:${join(folder, "stage")}\nwarehouse: duckdb:${join(folder, "w.duckdb")}\ntype_key: t\ntypes:\n  a: {}\n`,
      );
      await new FileObjectStore(join(folder, "source")).put(
        "2026/01/15/00/x.log",
        Buffer.from('{"t":"a","n":1}\r\nbad\n\n{"t":"\\u0061"}'),
      );
      const { stdout, stderr } = await promisify(execFile)(
        process.execPath,
        [
          ...flags,
          main,
          "classify",
          "--hour",
          hour,
          "--json",
          "--catalog",
          catalog,
        ],
        {
          cwd: folder,
          env: {
            ...process.env,
            SLUICE_SPOOL: join(folder, "spool"),
            SLUICE_LOG_LEVEL: "info",
          },
        },
      );
      expect(JSON.parse(stdout)).to.deep.include({
        lines: 4,
        blank: 1,
        types: { a: 2 },
        set_aside: { rows: 1, reasons: { not_json: 1 } },
        splitter,
      });
      const warning = "no WebAssembly SIMD";
      if (splitter === "scanner") expect(stderr).to.not.include(warning);
      else expect(stderr).to.include(warning);
    });
  }
});
