import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { FileObjectStore } from "../../src/adapters/file-object-store.js";
import { readCatalog } from "../../src/catalog/read-catalog.js";
import { parseFolderHour } from "../../src/folder-hour.js";
import { findPackageRoot } from "../../src/package-root.js";
import { writeSample } from "../../src/sample/write-sample.js";

async function writeTwice(
  seeds: readonly [number, number],
): Promise<string[][]> {
  const catalog = await readCatalog(
    join(findPackageRoot(), "catalog.yaml"),
    {},
  );
  const hours = [parseFolderHour("2026-01-15T00")];
  const results: string[][] = [];
  for (const seed of seeds) {
    const directory = await mkdtemp(join(tmpdir(), "sluice-sample-"));
    try {
      const store = new FileObjectStore(directory);
      await writeSample({ catalog, hours, rows: 500, seed }, store);
      const contents: string[] = [];
      for await (const { key } of store.list("")) {
        const object = await store.get(key);
        const blocks: Uint8Array[] = [];
        for await (const block of object?.body ?? []) blocks.push(block);
        contents.push(`${key} ${Buffer.concat(blocks).toString("base64")}`);
      }
      results.push(contents);
    } finally {
      await rm(directory, { recursive: true });
    }
  }
  return results;
}

describe("a sample hour", () => {
  it("is the same to the byte for the same seed", async () => {
    const [first, second] = await writeTwice([7, 7]);
    expect(first).to.have.length(4);
    expect(second).to.deep.equal(first);
  });

  it("is another for another seed", async () => {
    const [first, second] = await writeTwice([7, 8]);
    expect(second).to.not.deep.equal(first);
  });
});
