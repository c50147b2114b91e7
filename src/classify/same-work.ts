import { isDeepStrictEqual } from "node:util";
import type { Manifest } from "./manifest.js";

/** What an hour is, or is to be, made of, and by which rules. */
export interface Work {
  readonly inputs: Manifest["inputs"];
  readonly catalog: string;
  /** Columns that are wrapped as text, by type; a type without any may be missing. */
  readonly wrapped: Readonly<Record<string, readonly string[]>>;
}

export function workOf({ inputs, catalog, types }: Manifest): Work {
  return {
    inputs,
    catalog,
    wrapped: Object.fromEntries(
      Object.entries(types).map(([name, type]) => [name, type.wrapped]),
    ),
  };
}

/** Whether both are of the same objects by the same rules. */
export function isSameWork(one: Work, other: Work): boolean {
  const comparable = ({ inputs, catalog, wrapped }: Work) => ({
    inputs: inputs.map(({ key, etag, size }) => [key, etag, size]),
    catalog,
    wrapped: new Map(
      Object.entries(wrapped).filter(([, columns]) => columns.length > 0),
    ),
  });
  return isDeepStrictEqual(comparable(one), comparable(other));
}
