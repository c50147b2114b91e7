import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext, type Page } from "playwright-core";

/** Debian's; `test/page/install` installs it. */
export const chromiumProgram =
  process.env["SLUICE_CHROMIUM"] ?? "/usr/bin/chromium";

const timeoutMs = 180_000;

export interface Chromium {
  /** A page of an empty profile that the suite's pages share. */
  open(options?: {
    readonly width?: number;
    readonly height?: number;
    readonly colorScheme?: "light" | "dark";
  }): Promise<Page>;
}

/**
 * A suite that needs a Chromium. Where there is none: one pending test that says so, and with SLUICE_REQUIRE_CHROMIUM=1 one
 * that fails.
 */
export function describeWithChromium(
  title: string,
  body: (this: Mocha.Suite, chromium: Chromium) => void,
): void {
  const reason = `no ${chromiumProgram}; \`test/page/install\` installs Debian's`;
  describe(title, function () {
    this.timeout(timeoutMs);
    if (!existsSync(chromiumProgram)) {
      if (process.env["SLUICE_REQUIRE_CHROMIUM"] === "1")
        it("has its Chromium (SLUICE_REQUIRE_CHROMIUM=1)", () => {
          throw new Error(reason);
        });
      else it(`SKIPPED WHOLE: ${reason}`);
      return;
    }
    let profile: string;
    let context: BrowserContext;
    let page: Page | undefined;
    before("start Chromium", async () => {
      profile = mkdtempSync(join(tmpdir(), "sluice-chromium-"));
      context = await openChromium(profile);
      // Where other suites keep the machine busy, a page takes long to open; the suite's own timeout ends what hangs.
      context.setDefaultTimeout(timeoutMs);
    });
    after("stop Chromium", async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    });
    body.call(this, {
      open: async ({
        width = 1400,
        height = 900,
        colorScheme = "light",
      } = {}) => {
        await page?.close();
        page = await context.newPage();
        await page.setViewportSize({ width, height });
        await page.emulateMedia({ colorScheme });
        return page;
      },
    });
  });
}

export function openChromium(profile: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, {
    executablePath: chromiumProgram,
    headless: true,
    timeout: timeoutMs,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
