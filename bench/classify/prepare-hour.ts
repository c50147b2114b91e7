import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tableSchemaFile } from "../../src/catalog/table-schema-file.js";
import { hourPath, parseFolderHour } from "../../src/folder-hour.js";
import { writeCorpus, type Corpus, type CorpusOptions } from "./corpus.js";
import { corpusHour } from "./ways.js";

/** One corpus where every way reads it: an hour of sluice's source, with a catalog that knows its types. */
export interface PreparedHour {
  readonly workDir: string;
  readonly corpus: Corpus;
}

export async function prepareHour(
  workDir: string,
  options: CorpusOptions,
): Promise<PreparedHour> {
  const hour = join(workDir, "source", hourPath(parseFolderHour(corpusHour)));
  const corpus = await writeCorpus(hour, options);
  writeCatalog(workDir, corpus);
  return { workDir, corpus };
}

function writeCatalog(workDir: string, { typeKey, types }: Corpus): void {
  const [column] = typeKey.split(".");
  const fields = typeKey.includes(".")
    ? [{ name: column, type: "JSON" }]
    : [{ name: column, type: "STRING" }];
  mkdirSync(join(workDir, "schemas", "tables"), { recursive: true });
  for (const type of types)
    writeFileSync(join(workDir, tableSchemaFile(type)), JSON.stringify(fields));
  const catalog = {
    source: "file:source",
    stage: "file:stage",
    warehouse: "duckdb:warehouse.duckdb",
    type_key: typeKey,
    types: Object.fromEntries(types.map((type) => [type, {}])),
  };
  writeFileSync(join(workDir, "catalog.yaml"), JSON.stringify(catalog));
}
