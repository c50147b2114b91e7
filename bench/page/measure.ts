/**
 * How long the page of many types and days takes to open in a real Chromium. `npx tsx bench/page/measure.ts [--types N] [--days N] [--times N]`;
 * writes RESULTS.md where the sizes are the usual ones. Ends with 1 where the median is over two seconds.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { format as formatMarkdown } from "prettier";
import { compilePage } from "../../scripts/compile-page.js";
import { findMedian } from "../../src/alerts/usual.js";
import { renderPage } from "../../src/page/render-page.js";
import { chromiumProgram, openChromium } from "../../test/page/chromium.js";
import { sampleModel } from "../../test/page/sample-model.js";
import { describeMachine } from "../machine.js";

const usual = { types: "100", days: "90", times: "9" };
const limitMs = 2000;
const resultsFile = join(import.meta.dirname, "RESULTS.md");

const { values } = parseArgs({
  options: {
    types: { type: "string", default: usual.types },
    days: { type: "string", default: usual.days },
    times: { type: "string", default: usual.times },
  },
});

if (!existsSync(chromiumProgram)) {
  process.stdout.write(
    `SKIPPED: the page in Chromium: no ${chromiumProgram}; test/page/install installs Debian's\n`,
  );
  process.exit(0);
}

const directory = mkdtempSync(join(tmpdir(), "sluice-page-"));
try {
  const { html, renderMs } = await writePage(directory);
  const opened = await openTimes(
    pathToFileURL(join(directory, "page.html")).href,
    Number(values.times),
  );
  const ms = (times: readonly number[]) =>
    `${Math.round(Math.min(...times))} | ${Math.round(findMedian(times))} | ${Math.round(Math.max(...times))}`;
  const text = await formatMarkdown(
    [
      "# The page in Chromium",
      "",
      `Written by \`make bench\` on ${new Date().toISOString().slice(0, 10)}: ${describeMachine()}, ${opened.version}.`,
      "",
      `A page of ${values.types} types by ${values.days} days, ${values.times} times in a new tab of a headless Chromium that draws without a graphics card. Times begin with the navigation, in milliseconds. Fully drawn is the second frame after the page has loaded: every chart has its pixels then. The thread's CPU time says what of it is work, and what is waiting for a busy machine.`,
      "",
      "| | min | median | max |",
      "| --- | --- | --- | --- |",
      `| fully drawn | ${ms(opened.drawn)} |`,
      `| loaded | ${ms(opened.loaded)} |`,
      `| CPU time of its thread | ${ms(opened.worked)} |`,
      "",
      `The file has ${(html.length / 1e6).toFixed(2)} MB, ${(gzipSync(html).length / 1e6).toFixed(2)} MB as gzip; rendering it took ${Math.round(renderMs)} ms.`,
      "",
    ].join("\n"),
    { parser: "markdown" },
  );
  process.stdout.write(text);
  if (
    Object.entries(usual).every(
      ([name, value]) => values[name as keyof typeof usual] === value,
    )
  )
    writeFileSync(resultsFile, text);
  if (findMedian(opened.drawn) > limitMs) {
    process.stderr.write(`the page takes over ${limitMs} ms\n`);
    process.exitCode = 1;
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function writePage(folder: string) {
  const { assets } = await compilePage();
  const model = sampleModel(Number(values.types), Number(values.days));
  const started = performance.now();
  const html = Buffer.from(renderPage(model, assets));
  const renderMs = performance.now() - started;
  writeFileSync(join(folder, "page.html"), html);
  return { html, renderMs };
}

async function openTimes(url: string, times: number) {
  const context = await openChromium(join(directory, "profile"));
  const drawn: number[] = [];
  const loaded: number[] = [];
  const worked: number[] = [];
  try {
    for (let time = 0; time < times; time += 1) {
      const page = await context.newPage();
      await page.setViewportSize({ width: 1400, height: 900 });
      const session = await context.newCDPSession(page);
      await session.send("Performance.enable", { timeDomain: "threadTicks" });
      await page.goto(url);
      const found = await page.evaluate<{ drawn: number; loaded: number }>(
        `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done({
          drawn: performance.now(),
          loaded: performance.getEntriesByType("navigation")[0].loadEventEnd,
        }))))`,
      );
      drawn.push(found.drawn);
      loaded.push(found.loaded);
      const { metrics } = await session.send("Performance.getMetrics");
      const seconds = metrics.find(
        ({ name }) => name === "TaskDuration",
      )?.value;
      worked.push((seconds ?? NaN) * 1000);
      await page.close();
    }
    return {
      drawn,
      loaded,
      worked,
      version: `Chromium ${context.browser()?.version() ?? "of an unknown version"}`,
    };
  } finally {
    await context.close();
  }
}
