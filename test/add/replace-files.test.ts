import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { replaceFiles } from "../../src/add/replace-files.js";
import { UsageError } from "../../src/errors.js";
import { rejection } from "./rejection.js";

describe("replacing files", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "sluice-replace-test-"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const refusals: [string, string][] = [
    ["EACCES", "no permission; grant this user write access to it"],
    ["EPERM", "not permitted; grant this user write access to it"],
    [
      "EROFS",
      "its file system is read-only; name a folder that may be written",
    ],
    ["ENOSPC", "the disk is full; make room"],
    ["EIO", "the file system failed"],
  ];
  for (const [code, words] of refusals)
    it(`says on ${code} which folder can't be written to, and what to do`, async () => {
      const file = join(directory, "a.txt");
      const error = await rejection(
        replaceFiles([{ file, text: "new" }], undefined, (from) =>
          Promise.reject(
            Object.assign(new Error(`${code}: refused, rename '${from}'`), {
              code,
              syscall: "rename",
            }),
          ),
        ),
      );
      expect(error).to.be.instanceOf(UsageError);
      expect((error as Error).message).to.equal(
        `${directory} can't be written to: ${words} (${code}); run the same command again to finish`,
      );
      expect(readdirSync(directory)).to.deep.equal([]);
    });

  it("refuses a folder below a file, with nothing written", async () => {
    writeFileSync(join(directory, "file"), "");
    const folder = join(directory, "file", "deep");
    const error = await rejection(
      replaceFiles([
        { file: join(directory, "a.txt"), text: "new" },
        { file: join(folder, "b.txt"), text: "new" },
      ]),
    );
    expect((error as Error).message).to.equal(
      `${folder} can't be written to: a part of its path is a file; move that away, or name another folder (ENOTDIR)`,
    );
    expect(readdirSync(directory)).to.deep.equal(["file"]);
  });
});
