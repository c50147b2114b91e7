import { readFile } from "node:fs/promises";
import { build } from "esbuild";
import type { PageAssets } from "../src/page/page-assets.js";
import type { BuiltFile } from "./compile-scanner.js";

const folder = "src/page/browser";

/** Kept by whoever passes a page on: the licence asks for it. */
const notice =
  "/*! Charts by Apache ECharts, Copyright 2017-2026 The Apache Software Foundation, and zrender. Apache License 2.0 and BSD 3-Clause. */";

export interface CompiledPage {
  readonly assets: PageAssets;
  /** The same, where the program looks for them. */
  readonly files: readonly BuiltFile[];
  /** Paths of the files that were bundled. */
  readonly inputs: readonly string[];
}

/** Bundles the script and the style of the page. */
export async function compilePage(): Promise<CompiledPage> {
  const { outputFiles, metafile } = await build({
    entryPoints: [`${folder}/page.ts`, `${folder}/page.css`],
    outdir: "dist/page",
    bundle: true,
    minify: true,
    format: "iife",
    platform: "browser",
    target: ["es2022", "chrome105", "firefox110", "safari16"],
    charset: "utf8",
    define: { "process.env.NODE_ENV": '"production"' },
    banner: { js: notice },
    legalComments: "none",
    logLevel: "warning",
    tsconfig: `${folder}/tsconfig.json`,
    metafile: true,
    write: false,
  });
  const find = (ending: string): string => {
    const file = outputFiles.find(({ path }) => path.endsWith(ending));
    if (file === undefined) throw new Error(`the build made no ${ending}`);
    // In a page, such a text would end the script or style, or begin a comment in it.
    return file.text.replace(/<(?=\/script|\/style|!--)/gi, "\\x3c").trim();
  };
  const assets = {
    html: await readFile(`${folder}/page.html`, "utf8"),
    style: find(".css"),
    script: find(".js"),
  };
  const file = (name: string, text: string): BuiltFile => ({
    path: `dist/page/${name}`,
    contents: Buffer.from(text),
  });
  return {
    assets,
    files: [
      file("page.html", assets.html),
      file("page.css", assets.style),
      file("page.js", assets.script),
    ],
    inputs: Object.keys(metafile.inputs),
  };
}
