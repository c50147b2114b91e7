import type { Problem } from "../../errors.js";
import { findColumnNameFault } from "../../schema/column-name.js";
import { quoteFound } from "../../schema/quote-found.js";
import type { ColumnRule } from "../catalog.js";
import type { CatalogPath } from "../parse-catalog.js";
import type { Rule, RuleContext } from "./rule.js";

export const toNeedsFrom: Rule = (context) =>
  eachColumn(context, (rule, path) =>
    rule.to === null || rule.from !== null
      ? []
      : [
          context.problemAt(
            [...path, "to"],
            "to without from: expected from: epoch_seconds, epoch_millis, epoch_micros or iso8601 beside it",
          ),
        ],
  );

export const dropStandsAlone: Rule = (context) =>
  eachColumn(context, (rule, path) => {
    const others = (["from", "to", "rename", "sql", "wrap"] as const).filter(
      (key) =>
        context.raw.types?.[path[1] ?? ""]?.columns?.[path[3] ?? ""]?.[key] !==
        undefined,
    );
    if (!rule.drop || others.length === 0) return [];
    const message = `the column is dropped, so ${others.join(", ")} would do nothing: expected drop alone`;
    return [context.problemAt([...path, "drop"], message)];
  });

export const columnsAreMadeOneWay: Rule = (context) =>
  eachColumn(context, (rule, path) => {
    if (rule.from === null || rule.drop) return [];
    const problems: Problem[] = [];
    if (rule.wrap !== null) {
      const message =
        "wrap keeps a value as text, from reads it as a time: expected one of them";
      problems.push(context.problemAt([...path, "wrap"], message));
    }
    if (rule.sql !== null) {
      const message =
        "sql and from both make the column's value: expected one of them";
      problems.push(context.problemAt([...path, "sql"], message));
    }
    return problems;
  });

export const renamesAreColumnNames: Rule = (context) =>
  eachColumn(context, (rule, path) => {
    const fault =
      rule.rename === null ? null : findColumnNameFault(rule.rename);
    return fault === null
      ? []
      : [
          context.problemAt(
            [...path, "rename"],
            `${quoteFound(rule.rename ?? "")} ${fault}`,
          ),
        ];
  });

function eachColumn(
  { catalog }: RuleContext,
  check: (rule: ColumnRule, path: CatalogPath) => Problem[],
): Problem[] {
  return [...catalog.types.values()].flatMap((type) =>
    [...type.columns].flatMap(([column, rule]) =>
      check(rule, ["types", type.name, "columns", column]),
    ),
  );
}
