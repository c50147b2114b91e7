import type { Problem } from "../../errors.js";
import type { TableField } from "../../schema/table-field.js";
import type { Catalog } from "../catalog.js";
import type { CatalogPath, ParsedCatalog } from "../parse-catalog.js";
import type { RawCatalog } from "../raw-catalog.js";

/** What a rule sees: the catalog as written and as normalised, and the schema files that could be read. */
export interface RuleContext extends Pick<
  ParsedCatalog,
  "problemAt" | "problemAtKey"
> {
  readonly raw: RawCatalog;
  readonly catalog: Catalog;
  /** Whether the value at this path was left out because its shape is wrong, which is told already. */
  readonly isLeftOut: (path: CatalogPath) => boolean;
  /** By log type. */
  readonly schemas: ReadonlyMap<string, readonly TableField[]>;
}

/** One thing that the catalog's shape alone can't say. */
export type Rule = (context: RuleContext) => Problem[];
