import { quoteFound } from "../../schema/quote-found.js";
import { suggestName } from "../../schema/suggest-name.js";
import type { CatalogPath } from "../parse-catalog.js";
import type { RawPod } from "../raw-catalog.js";
import type { Rule } from "./rule.js";

export const poolsAreListed: Rule = ({ raw, problemAt }) => {
  if (raw.airflow === undefined) return [];
  const known = ["default_pool", ...Object.keys(raw.airflow.pools ?? {})];
  return podsOf(raw).flatMap(([path, pod]) =>
    pod.pool === undefined || known.includes(pod.pool)
      ? []
      : [
          problemAt(
            [...path, "pool"],
            `${quoteFound(pod.pool)} is not among airflow.pools${suggestName(pod.pool, known)}: a task would wait for ever in a pool that is not there; add it with its slots, or with null where somebody else looks after it`,
          ),
        ],
  );
};

export const tolerationsAreWhole: Rule = ({ raw, problemAt }) =>
  podsOf(raw).flatMap(([path, pod]) =>
    (pod.tolerations ?? []).flatMap((toleration, index) => {
      const at = [...path, "tolerations", String(index)];
      const { key, operator, value, effect, toleration_seconds } = toleration;
      if (operator === "Exists" && value !== undefined)
        return [
          problemAt(
            [...at, "value"],
            `${quoteFound(value)} stands beside operator Exists, which takes any value: expected one of the two`,
          ),
        ];
      if (key === undefined && operator !== "Exists")
        return [
          problemAt(
            at,
            "has no key: expected one, or operator: Exists for every taint",
          ),
        ];
      if (toleration_seconds !== undefined && effect !== "NoExecute")
        return [
          problemAt(
            [...at, "toleration_seconds"],
            "counts only for effect: NoExecute",
          ),
        ];
      return [];
    }),
  );

function podsOf(
  raw: Parameters<Rule>[0]["raw"],
): readonly (readonly [CatalogPath, RawPod])[] {
  const { airflow } = raw;
  return [
    [["airflow"], airflow],
    [["airflow", "classify"], airflow?.classify],
    [["airflow", "load"], airflow?.load],
    ...Object.entries(raw.types ?? {}).map(
      ([name, type]) => [["types", name], type] as const,
    ),
  ].flatMap(([path, pod]) =>
    pod === undefined || pod === null
      ? []
      : [[path as CatalogPath, pod as RawPod] as const],
  );
}
