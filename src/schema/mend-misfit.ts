import { findColumnNameFault } from "./column-name.js";
import { numberKinds } from "./name-new-value.js";
import type { TableField } from "./table-field.js";

/** What a key is expected to be that the schema lacks. */
export const newColumn = "a column of the schema";

/** The parts of a misfit that tell what would mend it. */
interface MendableMisfit {
  readonly column: string;
  readonly expected: string;
  readonly found: string;
}

type Found = readonly [pattern: RegExp, mend: (column: Place) => string];

interface Place {
  /** Dotted path. */
  readonly path: string;
  /** Where a nested column can be wrapped: at the top. */
  readonly top: string;
}

const asJson = ({ path, top }: Place) =>
  `make ${path} a JSON column, or make ${top} STRING and give it wrap: string in the catalog`;
const asText = ({ path }: Place) =>
  `make ${path} STRING, or have the service write null where there is no value`;
const mendService = () => "mend the service that writes the line";

const mendsByExpected: Readonly<Record<string, readonly Found[]>> = {
  INTEGER: [
    [
      /fraction/,
      ({ path }) => `make ${path} FLOAT, or NUMERIC where every digit counts`,
    ],
    [/64 bits/, ({ path }) => `make ${path} NUMERIC, or STRING if it is an id`],
    [/string/, asText],
    [
      /boolean/,
      ({ path }) =>
        `make ${path} BOOLEAN if it is always true or false, otherwise JSON`,
    ],
  ],
  FLOAT: [
    [
      /double/,
      ({ path }) =>
        `make ${path} NUMERIC or BIGNUMERIC, or STRING past their digits`,
    ],
    [/string/, asText],
  ],
  NUMERIC: [
    [
      /range/,
      ({ path }) =>
        `make ${path} BIGNUMERIC, or FLOAT if it is measured and not counted`,
    ],
    [/number that is no/, asText],
    [/string/, asText],
  ],
  BIGNUMERIC: [
    [/range/, ({ path }) => `make ${path} FLOAT, or STRING`],
    [/string/, asText],
  ],
  BOOLEAN: [
    [/number/, ({ path }) => `make ${path} INTEGER`],
    [/string/, asText],
  ],
  BYTES: [
    [
      /string|number/,
      ({ path }) => `make ${path} STRING: its texts are no base64`,
    ],
  ],
  DATE: [
    [
      /string|number/,
      ({ path }) =>
        `make ${path} STRING, or TIMESTAMP where it has a time of day`,
    ],
  ],
  TIME: [[/string|number/, asText]],
  DATETIME: [
    [
      /string/,
      ({ path }) =>
        `make ${path} TIMESTAMP where it has an offset, otherwise STRING`,
    ],
    [
      /number/,
      ({ path }) =>
        `make ${path} INTEGER, with from: epoch_seconds or epoch_millis in the catalog`,
    ],
  ],
  TIMESTAMP: [
    [
      /seconds/,
      ({ path }) =>
        `make ${path} INTEGER, with from: epoch_millis or epoch_micros in the catalog`,
    ],
    [
      /string/,
      ({ path }) =>
        `make ${path} STRING, with from: iso8601 in the catalog where that reads it`,
    ],
  ],
  GEOGRAPHY: [[/./, asJson]],
  STRING: [[/./, asJson]],
  "RECORD, an object": [
    [
      /array/,
      ({ path }) =>
        `make ${path} REPEATED if it is always an array, otherwise JSON`,
    ],
    [/./, asJson],
  ],
  "one key": [[/./, mendService]],
  iso8601: [
    [
      /./,
      ({ path }) =>
        `have the service write ${path} like 2026-11-21T03:04:05Z, or take from: iso8601 out of the catalog`,
    ],
  ],
  "a JSON object": [
    [/./, () => "mend the service: classify sets such lines aside"],
  ],
};

const scalarMends: readonly Found[] = [
  [
    /^an array$/,
    ({ path }) =>
      `make ${path} REPEATED if it is always an array, otherwise JSON`,
  ],
  [
    /^an object$/,
    (place) =>
      `make ${place.path} a RECORD with its columns; or ${asJson(place)}`,
  ],
  [/^a boolean$/, asJson],
];

/**
 * What a person can do so that such rows load, as a sentence without its full stop. `inferred`: the column that the rows themselves
 * would make, where they were looked at. `founds`: what was found in it by this and other misfits.
 */
export function describeMend(
  misfit: MendableMisfit,
  inferred: TableField | null = null,
  founds: readonly string[] = [misfit.found],
): string {
  const { column, expected, found } = misfit;
  const place = { path: column, top: column.split(".")[0] ?? column };
  if (expected === newColumn) return describeNewColumn(place, founds, inferred);
  if (expected.endsWith(" REQUIRED")) return `make ${column} NULLABLE`;
  if (expected.startsWith("elements of "))
    return `have the service leave null out of the array; or ${asJson(place)}`;
  if (expected.startsWith("an array of "))
    return `make ${column} NULLABLE if it is never an array, otherwise JSON`;
  if (expected.startsWith("epoch_"))
    return /outside/.test(found)
      ? `the unit is another one: look at from of ${column} in the catalog`
      : `have the service write a number, or take from out of the catalog`;
  const mends = [...(mendsByExpected[expected] ?? []), ...scalarMends];
  const ofContainer = /^(?:an array|an object)$/.test(found)
    ? scalarMends.filter(
        () => !["STRING", "GEOGRAPHY", "RECORD, an object"].includes(expected),
      )
    : [];
  const mend = [...ofContainer, ...mends].find(([pattern]) =>
    pattern.test(found),
  );
  return mend?.[1](place) ?? asJson(place);
}

function describeNewColumn(
  { path, top }: Place,
  founds: readonly string[],
  inferred: TableField | null,
): string {
  const isTop = path === top;
  const name = isTop ? path : path.slice(path.lastIndexOf(".") + 1);
  const parent = path.slice(0, Math.max(0, path.length - name.length - 1));
  const fault = findColumnNameFault(name);
  if (fault !== null && isTop)
    return "no column can have this name: mend the service";
  if (fault !== null)
    return `no column can have this name: ${asJson({ path: parent, top })}`;
  const line = JSON.stringify(
    inferred === null
      ? { name, type: guessType(founds), mode: "NULLABLE" }
      : toLine(inferred),
  );
  return isTop
    ? `add ${line} to the schema file; with drop: true in the catalog if the table should not have it`
    : `add ${line} to the fields of ${parent} in the schema file`;
}

const newKey = "a key that the schema lacks, with ";

/** The type that keeps every value as it is; JSON where none does, or none can be known. */
function guessType(founds: readonly string[]): string {
  const kinds = new Set(founds.map((found) => found.slice(newKey.length)));
  kinds.delete("null");
  if (kinds.size > 0 && [...kinds].every((kind) => allNumbers.has(kind)))
    return guessNumberType(kinds);
  const [kind, ...others] = kinds;
  if (others.length > 0) return "JSON";
  if (kind === "a string") return "STRING";
  return kind === "a boolean" ? "BOOLEAN" : "JSON";
}

const allNumbers: ReadonlySet<string> = new Set(Object.values(numberKinds));

function guessNumberType(kinds: ReadonlySet<string>): string {
  const { longInteger, wideInteger, fraction, longFraction } = numberKinds;
  if (kinds.has(longFraction)) return "BIGNUMERIC";
  if (kinds.has(wideInteger)) return "NUMERIC";
  if (!kinds.has(fraction)) return "INTEGER";
  return kinds.has(longInteger) ? "NUMERIC" : "FLOAT";
}

function toLine({ name, type, mode, fields }: TableField): object {
  return {
    name,
    type,
    mode,
    ...(type === "RECORD" ? { fields: fields.map(toLine) } : {}),
  };
}
