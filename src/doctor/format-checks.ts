import type { CheckRow } from "./check-row.js";

const resultWords = { ok: "ok", failed: "FAILED", not_tried: "not tried" };

/** The checks in words, a block for each service; what failed tells why, and what to grant. */
export function formatChecks(rows: readonly CheckRow[]): string {
  const width = Math.max(...rows.map(({ check }) => check.length));
  const services = [...new Set(rows.map(({ service }) => service))];
  const blocks = services.map((service) => {
    const own = rows.filter((row) => row.service === service);
    return [
      `${service}  ${own[0]?.url ?? ""}`,
      ...own.flatMap((row) => formatRow(row, width)),
    ].join("\n");
  });
  const failed = rows.filter(({ result }) => result === "failed").length;
  const total = rows.filter(({ result }) => result !== "not_tried").length;
  const end =
    failed === 0
      ? `all ${total} checks are ok`
      : `${failed} of ${total} checks failed`;
  return [...blocks, end].join("\n\n");
}

function formatRow(row: CheckRow, width: number): string[] {
  const start = `  ${resultWords[row.result].padEnd(9)}  ${row.check}`;
  if (row.result !== "failed")
    return [
      row.detail === null
        ? start
        : `  ${resultWords[row.result].padEnd(9)}  ${row.check.padEnd(width)}  ${row.detail}`,
    ];
  const indent = " ".repeat(13);
  const lines = (row.detail ?? "").split("\n").map((line) => indent + line);
  return [
    start,
    ...lines,
    ...(row.grant === null ? [] : [`${indent}grant: ${row.grant}`]),
  ];
}
