import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  visit,
  type Document,
  type Node,
  type Pair,
  type YAMLError,
} from "yaml";
import type { Problem } from "../errors.js";
import { quoteFound } from "../schema/quote-found.js";

/** Keys and list indexes from the catalog's root. */
export type CatalogPath = readonly string[];

/** The catalog's YAML as plain values, with the means to say where each of them is written. */
export interface ParsedCatalog {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** A problem with the value at this path; with the nearest value above it where there is none. */
  problemAt(path: CatalogPath, message: string): Problem;
  /** A problem with the key at the end of this path. */
  problemAtKey(path: CatalogPath, message: string): Problem;
}

/** Reads YAML 1.2 with anchors, aliases and merge keys. Whatever is wrong is among the problems; it never throws. */
export function parseCatalog(text: string, file: string): ParsedCatalog {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
  });
  const document = "empty" in documents ? undefined : documents[0];
  const problems: Problem[] = [];

  const problemAtOffset = (
    offset: number,
    path: CatalogPath,
    message: string,
  ): Problem => {
    const { line, col } = lines.linePos(offset);
    return {
      file,
      line: Math.max(line, 1),
      column: Math.max(col, 1),
      path: formatPath(path),
      message,
    };
  };
  const locate = (path: CatalogPath, wanted: "key" | "value"): number => {
    let offset = document?.contents?.range[0] ?? 0;
    let node: Node | null = document?.contents ?? null;
    for (const [index, segment] of path.entries()) {
      const step: Step | null = findStep(node, segment, document);
      if (step === null) break;
      const isLast = index === path.length - 1;
      const place =
        isLast && wanted === "key" ? step.key : (step.value ?? step.key);
      offset = place?.range?.[0] ?? offset;
      node = step.value;
    }
    return offset;
  };

  if (document === undefined) {
    problems.push(
      problemAtOffset(
        0,
        [],
        "is empty: expected source, stage, warehouse, type_key and types",
      ),
    );
    return { value: null, problems, problemAt: noPlace, problemAtKey: noPlace };
  }
  if (documents.length > 1) {
    const second = documents[1]?.range[0] ?? 0;
    problems.push(
      problemAtOffset(
        second,
        [],
        "a second YAML document begins: expected one",
      ),
    );
  }
  for (const fault of [...document.errors, ...document.warnings]) {
    problems.push(problemAtOffset(fault.pos[0], [], describeYamlFault(fault)));
  }
  problems.push(
    ...findTextFaults(document).map(({ offset, message }) =>
      problemAtOffset(offset, [], message),
    ),
  );

  return {
    value:
      problems.length === 0
        ? toValue(document, problems, problemAtOffset)
        : null,
    problems,
    problemAt: (path, message) =>
      problemAtOffset(locate(path, "value"), path, message),
    problemAtKey: (path, message) =>
      problemAtOffset(locate(path, "key"), path, message),
  };

  function noPlace(path: CatalogPath, message: string): Problem {
    return problemAtOffset(0, path, message);
  }
}

/** `types."a b".load`: segments that a dot or space would blur are quoted. */
function formatPath(path: CatalogPath): string {
  return path
    .map((segment) =>
      /^[A-Za-z0-9_-]+$/.test(segment) ? segment : quoteFound(segment),
    )
    .join(".");
}

function toValue(
  document: Document,
  problems: Problem[],
  problemAtOffset: (
    offset: number,
    path: CatalogPath,
    message: string,
  ) => Problem,
): unknown {
  try {
    return document.toJS({ maxAliasCount: 1000 }) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    problems.push(
      problemAtOffset(0, [], `its aliases can't be followed: ${reason}`),
    );
    return null;
  }
}

interface Step {
  readonly key: Node | null;
  readonly value: Node | null;
}

function findStep(
  start: Node | null,
  segment: string,
  document: Document | undefined,
): Step | null {
  const node = follow(start, document);
  if (isSeq(node)) {
    const item = node.items[Number(segment)];
    return isNode(item) ? { key: item, value: item } : null;
  }
  if (!isMap(node)) return null;
  const pairs = node.items;
  const own = pairs.find(
    (pair) => isScalar(pair.key) && pair.key.value === segment,
  );
  if (own !== undefined) return toStep(own);
  for (const pair of pairs) {
    if (!isScalar(pair.key) || pair.key.source !== "<<" || !isNode(pair.value))
      continue;
    const merged = follow(pair.value, document);
    const sources = isSeq(merged) ? merged.items.filter(isNode) : [merged];
    const found = sources
      .map((source) => findStep(source, segment, document))
      .find((step) => step !== null);
    if (found !== undefined) return found;
  }
  return null;
}

function toStep(pair: Pair): Step {
  return {
    key: isNode(pair.key) ? pair.key : null,
    value: isNode(pair.value) ? pair.value : null,
  };
}

function follow(
  node: Node | null,
  document: Document | undefined,
): Node | null {
  if (!isAlias(node) || document === undefined) return node;
  return node.resolve(document) ?? null;
}

const yamlFaults: Readonly<Partial<Record<YAMLError["code"], string>>> = {
  DUPLICATE_KEY: "this key is there already: a map has each key once",
  TAB_AS_INDENT: "a tab in the indentation: expected spaces",
  TAG_RESOLVE_FAILED:
    "a YAML tag that means nothing here: expected plain values",
};

function describeYamlFault(fault: YAMLError): string {
  return (
    yamlFaults[fault.code] ??
    `is not YAML: ${fault.message.replace(/\s+/g, " ")}`
  );
}

function findTextFaults(
  document: Document,
): { offset: number; message: string }[] {
  const faults: { offset: number; message: string }[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) === undefined) {
        const message = `*${alias.source} names no anchor before it`;
        faults.push({ offset: alias.range?.[0] ?? 0, message });
      }
    },
    Pair(_, pair) {
      const key: unknown = pair.key;
      if (
        isScalar(key) &&
        (typeof key.value === "string" || key.source === "<<")
      )
        return;
      const offset = isNode(key) ? (key.range?.[0] ?? 0) : 0;
      const found = isScalar(key) ? (key.source ?? "nothing") : "here";
      faults.push({
        offset,
        message: `the key ${found} is not text: put it in quotes`,
      });
    },
    Scalar(_, scalar) {
      if (typeof scalar.value !== "string") return;
      const fault = /\p{Surrogate}/u.test(scalar.value)
        ? "half a surrogate pair"
        : /(?![\n\t])\p{Cc}/u.test(scalar.value)
          ? "a control character"
          : null;
      if (fault === null) return;
      faults.push({
        offset: scalar.range?.[0] ?? 0,
        message: `${quoteFound(scalar.value)} holds ${fault}: expected printable text`,
      });
    },
  });
  return faults;
}
