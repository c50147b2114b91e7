import { DataRefusedError, UsageError } from "../errors.js";
import type { Inference } from "../schema/infer-schema.js";
import { quoteFound } from "../schema/quote-found.js";

/** Throws DataRefusedError where no schema can hold the rows, and UsageError where there are none to make a schema from. */
export function refuseFaults(
  { faults, fields, rows }: Inference,
  samples: readonly { readonly name: string }[],
): void {
  const names = samples.map(({ name }) => name).join(", ");
  if (faults.length > 0) {
    throw new DataRefusedError(
      [
        `no schema can hold the rows of ${names}:`,
        ...faults.map(
          ({ column, message }) =>
            `  ${column === "" ? "a row" : quoteFound(column)} ${message}`,
        ),
        "Mend what writes these rows; classify sets lines aside that are no JSON objects.",
      ].join("\n"),
    );
  }
  if (rows === 0)
    throw new UsageError(
      `${names}: no rows; expected NDJSON, an object a line`,
    );
  if (fields.length === 0)
    throw new UsageError(`${names}: no row has a key to make a column of`);
}
