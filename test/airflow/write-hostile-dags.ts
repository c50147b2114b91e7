import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "../../jobs/generate.js";
import { buildHostileCatalog } from "../dags/hostile-catalog.js";

const [outDir] = process.argv.slice(2);
if (outDir === undefined) throw new Error("usage: write-hostile-dags.ts DIR");
await mkdir(outDir, { recursive: true });
const catalog = buildHostileCatalog();
await generate({ catalog, outDir, mode: "write" });

const env = [...(catalog.airflow?.env ?? [])].map(([name, value]) => ({
  name,
  value,
}));
const envFrom = [
  { secretRef: { name: "{{ secret }}.json" } },
  { configMapRef: { name: "{{ config }}" } },
  { configMapRef: { name: "settings.yaml" } },
];
const pod = {
  env_vars: env,
  env_from: envFrom,
  image: "{{ image }}/x.json",
  namespace: "{{ namespace }}",
};
const expected = Object.fromEntries(
  [...catalog.types.values()].map((type) => [
    `load_${type.table}`,
    {
      ...pod,
      arguments: ["load", "--type", type.name, "--hour", "2026-11-21T03"],
      doc_md: type.description ?? "",
    },
  ]),
);
expected["log_classification"] = {
  ...pod,
  arguments: ["classify", "--hour", "2026-11-21T03"],
  doc_md: "",
};
await writeFile(join(outDir, "expected.json"), JSON.stringify(expected));
