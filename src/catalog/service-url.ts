import path from "node:path";
import { quoteFound } from "../schema/quote-found.js";
import { suggestName } from "../schema/suggest-name.js";

const storeForms = "s3://bucket/prefix, gs://bucket/prefix or file:DIR";
const warehouseForms =
  "bigquery://project/dataset?location=REGION or duckdb:FILE";

/** What is wrong with the URL of a source or stage, in words; null where nothing is. */
export function findStoreUrlFault(url: string): string | null {
  const [scheme, rest] = splitUrl(url);
  const found = quoteFound(url);
  if (scheme === "file")
    return findPathFault(found, rest, "folder", "file:DIR");
  if (scheme !== "s3" && scheme !== "gs") {
    return describeScheme(url, scheme, ["s3", "gs", "file"], storeForms);
  }
  if (!rest.startsWith("//"))
    return `${found} has no //: expected ${scheme}://bucket/prefix`;
  const [bucket = "", ...prefix] = rest.slice(2).replace(/\/+$/, "").split("/");
  if (bucket === "")
    return `${found} names no bucket: expected ${scheme}://bucket/prefix`;
  if (/[?#]/.test(rest))
    return `${found} has a ? or #: expected only ${scheme}://bucket/prefix`;
  if (!/^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(bucket)) {
    return `${quoteFound(bucket)} is not the name of a bucket: expected 3 or more lower case letters, digits, ., _ and -`;
  }
  if (
    prefix.some(
      (segment) => segment === "" || segment === "." || segment === "..",
    )
  ) {
    return `${found} has an empty, . or .. segment in its prefix: expected ${scheme}://bucket/prefix`;
  }
  return null;
}

/** What is wrong with a warehouse's URL, in words; null where nothing is. */
export function findWarehouseUrlFault(url: string): string | null {
  const [scheme, rest] = splitUrl(url);
  const found = quoteFound(url);
  if (scheme === "duckdb") return findDuckdbFault(found, rest);
  if (scheme !== "bigquery") {
    return describeScheme(url, scheme, ["bigquery", "duckdb"], warehouseForms);
  }
  const expected = "expected bigquery://project/dataset?location=REGION";
  const [place = "", query = "", ...more] = rest.split("?");
  if (!place.startsWith("//") || more.length > 0 || rest.includes("#")) {
    return `${found} can't be read: ${expected}`;
  }
  const [project = "", dataset = "", ...deeper] = place.slice(2).split("/");
  if (project === "") return `${found} names no project: ${expected}`;
  if (!/^[a-z][a-z0-9.:-]{1,80}[a-z0-9]$/.test(project)) {
    return `${quoteFound(project)} is not the name of a project: ${expected}`;
  }
  if (dataset === "") return `${found} names no dataset: ${expected}`;
  if (!/^[A-Za-z0-9_]{1,1024}$/.test(dataset)) {
    return `${quoteFound(dataset)} is not the name of a dataset: expected letters, digits and _`;
  }
  if (deeper.length > 0)
    return `${found} goes on after its dataset: ${expected}`;
  return query === "" ? null : findQueryFault(query, expected);
}

/** The same URL without slashes at its end and with one at the start of an absolute path. */
export function normaliseStoreUrl(url: string): string {
  const [scheme, rest] = splitUrl(url);
  const trimmed = rest.replace(/\/+$/, "");
  if (scheme !== "file") return scheme === "" ? url : `${scheme}:${trimmed}`;
  return `file:${trimmed === "" && rest !== "" ? "/" : trimmed.replace(/^\/+/, "/")}`;
}

/** The same URL with one slash at the start of an absolute path. */
export function normaliseWarehouseUrl(url: string): string {
  const [scheme, rest] = splitUrl(url);
  return scheme === "duckdb" ? `duckdb:${rest.replace(/^\/+/, "/")}` : url;
}

/** Whether one URL's folder is the other's, or lies within it. Both as normaliseStoreUrl leaves them. */
export function urlsOverlap(one: string, other: string): boolean {
  const [first, second] = [toComparable(one), toComparable(other)];
  return first.startsWith(second) || second.startsWith(first);
}

function toComparable(url: string): string {
  const [scheme, rest] = splitUrl(url);
  const place = scheme === "file" ? path.resolve(rest) : rest;
  return `${scheme}:${place.replace(/\/+$/, "")}/`;
}

function splitUrl(url: string): [scheme: string, rest: string] {
  const colon = url.indexOf(":");
  return colon === -1 ? ["", url] : [url.slice(0, colon), url.slice(colon + 1)];
}

function describeScheme(
  url: string,
  scheme: string,
  schemes: readonly string[],
  forms: string,
): string {
  const suggestion = scheme === "" ? "" : suggestName(scheme, schemes);
  return `${quoteFound(url)} is not one of ${forms}${suggestion}`;
}

function findPathFault(
  found: string,
  rest: string,
  what: string,
  form: string,
): string | null {
  if (rest === "") return `${found} names no ${what}: expected ${form}`;
  if (/^\/\/[^/]/.test(rest)) {
    return `${found} names a host: expected ${form}, with one / or none after the colon`;
  }
  return null;
}

function findDuckdbFault(found: string, rest: string): string | null {
  if (rest === ":memory:") {
    return `${found} is gone when the process ends: expected a file, as in duckdb:FILE`;
  }
  if (rest.endsWith("/"))
    return `${found} names a folder: expected duckdb:FILE`;
  return findPathFault(found, rest, "file", "duckdb:FILE");
}

function findQueryFault(query: string, expected: string): string | null {
  for (const part of query.split("&")) {
    const [name = "", value = ""] = part.split("=");
    if (name !== "location") {
      return `${quoteFound(name)} is no setting of a warehouse${suggestName(name, ["location"])}: ${expected}`;
    }
    if (!/^[A-Za-z0-9-]+$/.test(value)) {
      return `${quoteFound(value)} is not a location: expected one like US or asia-northeast3`;
    }
  }
  return null;
}
