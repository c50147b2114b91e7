import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findPackageRoot } from "../package-root.js";
import type { PageAssets } from "./page-assets.js";

/** From the build's folder. */
export function readPageAssets(): PageAssets {
  const read = (name: string): string =>
    readFileSync(join(findPackageRoot(), "dist/page", name), "utf8");
  return {
    html: read("page.html"),
    style: read("page.css"),
    script: read("page.js"),
  };
}
