import type { Catalog } from "../../src/catalog/catalog.js";
import {
  buildAirflow,
  buildCatalog,
  buildType,
  plainPod,
  plainRule,
} from "./build-catalog.js";

/** No setting of `airflow` or of a type has its default. Real Airflow imports its DAGs too: the failure callback must be there. */
export function buildEverySettingCatalog(): Catalog {
  return buildCatalog(
    [
      buildType("shop.order", {
        table: "orders",
        load: "fast",
        description: "An order was paid.\n\nOne row each.",
        owner: "payments",
        tags: ["finance", "logs"],
        startDate: "2026-02-01T00:30:00Z",
        pod: {
          resources: { cpu: "1", memory: "2Gi" },
          retries: 0,
          pool: "loads",
          priority: 10,
          nodeSelector: { "kubernetes.io/arch": "arm64" },
          tolerations: [
            {
              key: "dedicated",
              operator: "Equal",
              value: "batch",
              effect: "NoExecute",
              tolerationSeconds: 300,
            },
            {
              key: null,
              operator: "Exists",
              value: null,
              effect: null,
              tolerationSeconds: null,
            },
          ],
          skipEmpty: true,
        },
        columns: new Map([
          [
            "time",
            {
              ...plainRule,
              from: "epoch_millis",
              to: "datetime",
              rename: "event_time",
            },
          ],
          ["body", { ...plainRule, wrap: "string" }],
          ["debug", { ...plainRule, drop: true }],
          ["price", { ...plainRule, sql: "SAFE_CAST(price AS NUMERIC)" }],
        ]),
      }),
    ],
    {
      timezone: "Asia/Seoul",
      airflow: buildAirflow({
        catchup: false,
        serviceAccount: "sluice",
        env: new Map([["AWS_REGION", "ap-northeast-2"]]),
        envFromSecrets: ["sluice"],
        envFromConfigMaps: ["sluice-settings"],
        pools: new Map([
          ["loads", 16],
          ["classify", 4],
          ["shared", null],
        ]),
        onFailure: "json.dumps",
        onFinish: "keep_pod",
        startupTimeoutSeconds: 300,
        executionTimeoutSeconds: 7200,
        deferrable: true,
        xcom: true,
        outlets: "bigquery://acme-data/logs",
        mount: { catalog: "sluice-catalog", schemas: "sluice-schemas" },
        classify: {
          ...plainPod,
          minute: 5,
          pool: "classify",
          priority: 100,
          shards: 3,
          maxActiveRuns: 2,
          spool: "40Gi",
          nodeSelector: { disk: "ssd" },
        },
        load: { ...plainPod, pool: "loads" },
        reconcile: { minute: 25, hours: 24 },
        watch: { ...plainPod, minute: 35, pool: "loads" },
        report: { ...plainPod, hour: 7, minute: 30 },
      }),
    },
  );
}
