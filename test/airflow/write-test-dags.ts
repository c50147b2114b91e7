import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "../../jobs/generate.js";
import { buildEverySettingCatalog } from "../dags/every-setting-catalog.js";
import { buildHostileCatalog } from "../dags/hostile-catalog.js";

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error("usage: write-test-dags.ts DIR");
const hostileDirectory = join(directory, "hostile");
const everySettingDirectory = join(directory, "every-setting");
for (const each of [hostileDirectory, everySettingDirectory])
  await mkdir(each, { recursive: true });
const catalog = buildHostileCatalog();
await generate({ catalog, outDir: hostileDirectory, mode: "write" });
await generate({
  catalog: buildEverySettingCatalog(),
  outDir: everySettingDirectory,
  mode: "write",
});

const env = Object.fromEntries(
  [...(catalog.airflow?.env ?? [])].map(([name, value]) => [
    name,
    // Kubernetes makes one dollar of two.
    value.replaceAll("$", () => "$$"),
  ]),
);
const pod = {
  env_vars: env,
  secrets: ["{{ secret }}.json"],
  configmaps: ["{{ config }}", "settings.yaml"],
  image: "{{ image }}/x.json",
  namespace: "{{ namespace }}",
  volumes: [
    { name: "catalog", configMap: { name: "{{ catalog }}" } },
    { name: "schemas", configMap: { name: "schemas.json" } },
  ],
  volume_mounts: [
    {
      name: "catalog",
      mountPath: "/app/catalog.yaml",
      subPath: "catalog.yaml",
      readOnly: true,
    },
    { name: "schemas", mountPath: "/app/schemas/tables", readOnly: true },
  ],
};
const expected: Record<string, object> = Object.fromEntries(
  [...catalog.types.values()].map((type) => [
    `load_${type.table}`,
    {
      ...pod,
      env_vars: { SLUICE_CATALOG_HASH: catalog.hash, ...env },
      arguments: ["load", "--type", type.name, "--hour", "2026-11-21T03"],
      outlets: [`x-hostile://{{ 1 / 0 }}/${type.table}`],
      doc_md: type.description ?? "",
    },
  ]),
);
expected["log_classification"] = {
  ...pod,
  arguments: ["commit", "--plan", "2026-11-21T03@pod-of-plan"],
  node_selector: { "{{ key }}": "{{ value }}.yaml" },
  doc_md: "",
};
await writeFile(
  join(hostileDirectory, "expected.json"),
  JSON.stringify(expected),
);
