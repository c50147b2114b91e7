import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { runCommandLine } from "../../src/commands.js";
import { createCommandContext } from "../../src/commands/context.js";
import { readEnvironment } from "../../src/environment.js";
import { CatalogError, UsageError } from "../../src/errors.js";

const range = ["--from", "2026-10-01T00", "--to", "2026-10-01T02"];

describe("sluice watch --backtest --counts", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "sluice-watch-"));
    await writeFile(join(root, "counts.csv"), "view,2026-10-01T00,5\n");
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  /** With a catalog that is broken, whichever is asked for. */
  async function backtest(...words: readonly string[]): Promise<object[]> {
    const results: object[] = [];
    const counts = join(root, "counts.csv");
    await runCommandLine(
      ["watch", "--backtest", "--counts", counts, ...range, ...words],
      {
        ...createCommandContext(readEnvironment({})),
        openCatalog: ({ catalog }) =>
          Promise.reject(
            new CatalogError([
              {
                ...{ file: catalog, line: 1, column: 1 },
                ...{ path: "nonsense", message: "unknown key" },
              },
            ]),
          ),
        finish: (_args, result) => results.push(result),
      },
    );
    return results;
  }

  it("takes the default settings where the catalog that nobody named is broken", async () => {
    expect(await backtest()).to.deep.equal([
      { alerts: [], types: 1, hours: 1, learning: 1 },
    ]);
  });

  it("prints every hour in place of alerts, as JSON alone", async () => {
    const lines: string[] = [];
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = (line: string) => lines.push(line) > 0;
    try {
      expect(await backtest("--json", "--every-hour")).to.deep.equal([]);
    } finally {
      process.stdout.write = write;
    }
    expect(lines).to.deep.equal([
      '{"type":"view","hour":"2026-10-01T00","state":"learning","rule":null,"rows":5,"low":null,"high":null,"expected":null}\n',
    ]);

    const error: unknown = await backtest("--every-hour").catch(
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(UsageError);
  });

  it("stops where a catalog that is named is broken", async () => {
    const error: unknown = await backtest(
      "--catalog",
      join(root, "catalog.yaml"),
    ).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(CatalogError);
  });

  it("stops where it is named as the default is", async () => {
    for (const words of [
      ["--catalog", "catalog.yaml"],
      ["--catalog=catalog.yaml"],
    ]) {
      const error: unknown = await backtest(...words).catch(
        (reason: unknown) => reason,
      );
      expect(error, words.join(" ")).to.be.instanceOf(CatalogError);
    }
  });
});
