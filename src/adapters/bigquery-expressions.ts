import { UsageError } from "../errors.js";
import type { ColumnMapping } from "../ports/warehouse.js";
import type { BigQueryClient } from "./bigquery-client.js";
import { BigQueryFailure, isPassing } from "./bigquery-failure.js";
import { quoteTable } from "./bigquery-identifier.js";
import type { Job } from "./bigquery-job.js";
import { querySettings } from "./bigquery-query.js";

/** Refuses an `sql` conversion that is anything but one expression over TEMP's columns, before it runs. */
export async function checkExpressions(
  client: BigQueryClient,
  temp: string,
  columns: readonly ColumnMapping[],
): Promise<void> {
  for (const { target, conversion } of columns) {
    if (conversion.kind !== "sql") continue;
    const { expression } = conversion;
    const problem =
      findShapeProblem(expression) ??
      (await findBindProblem(client, temp, expression));
    if (problem === null) continue;
    throw new UsageError(
      `sql of column ${target}: ${JSON.stringify(expression)} is not one expression over the columns of the schema file: ${problem}`,
    );
  }
}

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical: a literal, a quoted name or a comment, from where it begins. */
const opaqueToken = /(?<quote>"""|'''|"|'|`)|(?<line>--|#)|(?<block>\/\*)/y;

/** Whether these end a line, and a comment with it, is nothing to depend on. */
const doubtfulCharacter = /[\0-\x08\v\f\x0e-\x1f\x7f\x85\u2028\u2029]|\r(?!\n)/;

const closers: Readonly<Record<string, string>> = {
  ")": "(",
  "]": "[",
  "}": "{",
};

/**
 * What keeps the text, between parentheses of ours, from being one expression: it closes them, leaves something open, or holds a
 * comma or semicolon of its own. Null where nothing does. Literals and comments are passed over as GoogleSQL reads them.
 */
export function findShapeProblem(expression: string): string | null {
  if (doubtfulCharacter.test(expression)) return "it holds a control character";
  const open: string[] = [];
  for (let at = 0; at < expression.length;) {
    opaqueToken.lastIndex = at;
    const token = opaqueToken.exec(expression);
    if (token !== null) {
      const end = findTokenEnd(expression, token);
      if (end === null) return `its ${token[0]} is not closed`;
      at = end;
      continue;
    }
    const character = expression.charAt(at);
    if (character === ";") return "it holds a semicolon";
    if (character === "," && open.length === 0) return "it holds more than one";
    if ("([{".includes(character)) open.push(character);
    else if (character in closers && open.pop() !== closers[character])
      return `its ${character} closes nothing`;
    at += 1;
  }
  const left = open.pop();
  return left === undefined ? null : `its ${left} is not closed`;
}

/** The place behind the token; null where it does not end. */
function findTokenEnd(text: string, token: RegExpExecArray): number | null {
  const { quote, line, block } = token.groups ?? {};
  const start = token.index + token[0].length;
  if (line !== undefined) {
    const end = text.indexOf("\n", start);
    return end === -1 ? text.length : end;
  }
  if (block !== undefined) {
    const end = text.indexOf("*/", start);
    return end === -1 ? null : end + 2;
  }
  if (quote === undefined) return null;
  for (let at = start; at < text.length; at += 1) {
    if (text.startsWith(quote, at)) return at + quote.length;
    if (quote.length === 1 && text.charAt(at) === "\n") return null;
    // In a raw literal too, the character behind a backslash does not end it.
    if (text.charAt(at) === "\\") at += 1;
  }
  return null;
}

/** Asks BigQuery what the expression would give, without running it. */
async function findBindProblem(
  client: BigQueryClient,
  temp: string,
  expression: string,
): Promise<string | null> {
  const sql = `SELECT (\n${expression}\n) AS value FROM ${quoteTable(client.place, temp)}`;
  const { project: projectId } = client.place;
  const location = await client.location();
  try {
    const job = await client.call<Job>({
      method: "POST",
      path: "/jobs",
      body: {
        jobReference: { projectId, location },
        configuration: {
          dryRun: true,
          query: querySettings(sql, [], undefined),
        },
      },
    });
    const { statementType, schema } = job.statistics?.query ?? {};
    const single = statementType === "SELECT" && schema?.fields?.length === 1;
    return single ? null : "it holds more than one";
  } catch (error) {
    if (
      error instanceof BigQueryFailure &&
      error.status === 400 &&
      !isPassing(error)
    )
      return error.message;
    throw error;
  }
}
