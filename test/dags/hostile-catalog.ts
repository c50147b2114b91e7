import type { Catalog } from "../../src/catalog/catalog.js";
import {
  buildAirflow,
  buildCatalog,
  buildType,
  plainRule,
} from "./build-catalog.js";

/** Texts that end a literal, open a template, name a template file or break a line somewhere on their way. */
export const hostileTexts = [
  "quotes ' \" ''' \"\"\" `",
  "ends in a backslash \\",
  "\\N{DIGIT ONE} \\x41 \\u0041 \\\n",
  "{{ 1 / 0 }}",
  "{% raw %}{% endraw %}{# gone #}",
  "}} {{ params.hour }} {{ '{{' }}",
  "lines\nand\r\nmore\rlines\n",
  "\u2028\u2029\u0085\u000b\u000c",
  "\u0000\u0007\u001b[31m\u007f",
  "한국어 🧾 é e\u0301",
  "settings.json",
  "../../etc/passwd.yaml",
  "deploy.yml",
  "notes.md",
  '"); import os; os.system("id") #',
  "'; DROP TABLE loads; --",
  "$(TEXT_0) $$(id) `id` ${HOME} $",
  "# -*- coding: utf-7 -*-",
  "<script>alert(1)</script>",
  "%s %(x)d {0} {x!r}",
  "",
  " ",
] as const;

/** Every text that Airflow gets from a catalog, hostile. Where Kubernetes or Airflow allow few characters, the worst of those. */
export function buildHostileCatalog(): Catalog {
  const env = new Map(
    hostileTexts.map((text, index) => [`TEXT_${index}`, text]),
  );
  const types = hostileTexts.map((text, index) =>
    buildType(`type.${index}`, {
      description: text,
      owner: text,
      tags: [text.slice(0, 80)],
      columns: new Map([[text, { ...plainRule, sql: text, rename: text }]]),
    }),
  );
  return buildCatalog(
    [
      ...types,
      buildType("events.json"),
      buildType("load.yaml", { load: "fast" }),
    ],
    {
      airflow: buildAirflow({
        env,
        owner: "{{ owner }}",
        image: "{{ image }}/x.json",
        namespace: "{{ namespace }}",
        envFromSecrets: ["{{ secret }}.json"],
        envFromConfigMaps: ["{{ config }}", "settings.yaml"],
        serviceAccount: "{{ account }}",
        outlets: "x-hostile://{{ 1 / 0 }}",
        mount: { catalog: "{{ catalog }}", schemas: "schemas.json" },
        pools: new Map([["pool-1.json", 1]]),
        classify: {
          minute: 5,
          shards: 2,
          maxActiveRuns: 4,
          spool: "{{ spool }}.json",
          retries: 0,
          pool: "pool-1.json",
          priority: 7,
          resources: { cpu: "{{ cpu }}", memory: "{% memory %}" },
          nodeSelector: { "{{ key }}": "{{ value }}.yaml" },
          tolerations: [
            {
              key: "{{ key }}.json",
              operator: "Equal",
              value: "{{ value }}",
              effect: null,
              tolerationSeconds: null,
            },
          ],
        },
      }),
    },
  );
}
