/**
 * Pictures of the demo's page for docs/page.md, in both themes, wide and on a phone: `npx tsx test/page/write-pictures.ts`. Needs the
 * Chromium of the tests.
 */
import {
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { page as makePage } from "../../jobs/page.js";
import { compilePage } from "../../scripts/compile-page.js";
import { renderPage } from "../../src/page/render-page.js";
import { lastHour, makeDemoDay } from "../report/demo-day.js";
import { openChromium } from "./chromium.js";

const folder = "docs/images";
const days = 14;
const longestBytes = 200_000;
const pictures = [
  ["wide", 1280, 1330],
  ["phone", 390, 1200],
] as const;

const directory = mkdtempSync(join(tmpdir(), "sluice-pictures-"));
const place = await makeDemoDay();
try {
  const { catalog, stage, warehouse } = place;
  const model = await makePage(
    { catalog, to: lastHour, days, manifestDays: 1 },
    { stage, warehouse, clock: () => new Date("2026-01-15T16:00:00Z") },
  );
  const { assets } = await compilePage();
  const file = join(directory, "page.html");
  writeFileSync(file, renderPage(model, assets));
  mkdirSync(folder, { recursive: true });
  const context = await openChromium(join(directory, "profile"));
  for (const [size, width, height] of pictures)
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await context.newPage();
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      await page.goto(pathToFileURL(file).href);
      await page.evaluate(
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
      );
      const path = join(folder, `page-${size}-${colorScheme}.png`);
      await page.screenshot({ path });
      await page.close();
      const { size: bytes } = statSync(path);
      process.stdout.write(`${path}: ${bytes} bytes\n`);
      if (bytes > longestBytes)
        throw new Error(`${path}: ${bytes} bytes; expected ${longestBytes}`);
    }
  await context.close();
} finally {
  await place.close();
  rmSync(directory, { recursive: true, force: true });
}
