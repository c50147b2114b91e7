import { quoteFound } from "../../schema/quote-found.js";
import type { LogType } from "../catalog.js";
import type { Rule, RuleContext } from "./rule.js";

export const tableNamesAreFree: Rule = (context) =>
  [...context.catalog.types.values()].flatMap((type) => {
    const fault = findTableFault(type.table);
    return fault === null
      ? []
      : [tableProblem(context, type, `${quoteFound(type.table)} ${fault}`)];
  });

/** The table's name is the load DAG's too: load_{table}. */
export const tablesAreDistinct: Rule = (context) => {
  const owners = new Map<string, LogType>();
  return [...context.catalog.types.values()].flatMap((type) => {
    const folded = type.table.toLowerCase();
    const owner = owners.get(folded);
    if (owner === undefined) {
      owners.set(folded, type);
      return [];
    }
    const message = `${quoteFound(type.table)} is the table of ${quoteFound(owner.name)} already${
      owner.table === type.table ? "" : ", case apart"
    }: give one of them a table of its own`;
    return [tableProblem(context, type, message)];
  });
};

function findTableFault(table: string): string | null {
  if (table.length > 200)
    return "is too long for a table: expected at most 200 characters";
  if (/^_sluice/i.test(table))
    return "is not free: names that begin with _sluice are sluice's own";
  if (/_TEMP_\d{10}(?:_|$)/i.test(table)) {
    return "is not free: _TEMP_ and ten digits are in the names of tables that loads make and drop";
  }
  return null;
}

function tableProblem(
  { raw, problemAt, problemAtKey }: RuleContext,
  type: LogType,
  message: string,
) {
  return raw.types?.[type.name]?.table === undefined
    ? problemAtKey(["types", type.name], message)
    : problemAt(["types", type.name, "table"], message);
}
