import { createHash } from "node:crypto";
import { encodePage } from "./encode-page.js";
import type { PageAssets } from "./page-assets.js";
import type { PageModel } from "./page-model.js";
import { readPageAssets } from "./read-page-assets.js";

/**
 * The page as one HTML file that needs nothing else: it loads nothing, connects to nothing, and runs no script but its own.
 * @param assets Those of the build, unless others are given.
 */
export function renderPage(
  model: PageModel,
  assets: PageAssets = readPageAssets(),
): string {
  const { html, style, script } = assets;
  // Chromium runs no script whose hash the policy lacks; the data is no script, and text in it can't become one.
  const policy = [
    "default-src 'none'",
    `script-src '${hash(script)}'`,
    `style-src '${hash(style)}'`,
    "img-src data:",
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const parts: Readonly<Record<string, string>> = {
    policy: `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    style: `<style>${style}</style>`,
    data: `<script type="application/json" id="data">${escapeJson(encodePage(model))}</script>`,
    script: `<script>${script}</script>`,
  };
  return html.replace(
    /<!--(policy|style|data|script)-->/g,
    (_, part: string) => parts[part] ?? "",
  );
}

function hash(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** JSON in which no tag or comment can begin. */
function escapeJson(value: object): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
