import { createHash } from "node:crypto";
import type { TableField } from "./table-field.js";

/** `sha256:` and the hash of the columns' names, types, modes and order; descriptions do not count. */
export function hashSchema(fields: readonly TableField[]): string {
  const canonical = JSON.stringify(fields.map(toCanonical));
  return `sha256:${createHash("sha256").update(canonical).digest("hex")}`;
}

function toCanonical(field: TableField): unknown {
  return [field.name, field.type, field.mode, field.fields.map(toCanonical)];
}
