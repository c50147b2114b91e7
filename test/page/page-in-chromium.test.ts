import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { compilePage } from "../../scripts/compile-page.js";
import { renderPage } from "../../src/page/render-page.js";
import { describeWithChromium } from "./chromium.js";
import { hostileNames, sampleModel } from "./sample-model.js";

const viewports = [
  ["wide", 1400, 900],
  ["narrow", 390, 844],
] as const;
const schemes = ["light", "dark"] as const;
const types = 40;
const days = 21;

describeWithChromium("the page in Chromium", function (chromium) {
  let directory: string;
  let url: string;

  before("render a page", async () => {
    directory = mkdtempSync(join(tmpdir(), "sluice-page-"));
    const { assets } = await compilePage();
    const file = join(directory, "page.html");
    const model = sampleModel(types, days, ["purchase", ...hostileNames]);
    writeFileSync(file, renderPage(model, assets));
    url = pathToFileURL(file).href;
  });
  after(() => {
    rmSync(directory, { recursive: true });
  });

  /** The page opened and drawn; `troubles` are what its console, its network or its policy had to say. */
  async function open(
    width = 1400,
    height = 900,
    colorScheme: "light" | "dark" = "light",
  ): Promise<{ page: Page; troubles: string[] }> {
    const page = await chromium.open({ width, height, colorScheme });
    const troubles: string[] = [];
    page.on("console", (message) => troubles.push(message.text()));
    page.on("pageerror", (error) => troubles.push(error.message));
    page.on("dialog", (dialog) => {
      troubles.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("request", (request) => {
      if (request.url() !== url) troubles.push(`asked for ${request.url()}`);
    });
    await page.goto(url);
    await draw(page);
    return { page, troubles };
  }

  function draw(page: Page): Promise<unknown> {
    return page.evaluate(
      "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
    );
  }

  function words(page: Page, selector: string): Promise<string> {
    return page.locator(selector).innerText();
  }

  /** Names in the order of the map. */
  function names(page: Page): Promise<string[]> {
    return page.locator(".map-names button").allTextContents();
  }

  /** Colours that the canvas has, each once. */
  function countColours(page: Page, selector: string): Promise<number> {
    return page.evaluate<number>(`(() => {
      const canvas = document.querySelector(${JSON.stringify(selector)});
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const found = new Set();
      for (let at = 0; at < data.length; at += 4 * 97) found.add(data.slice(at, at + 4).join());
      return found.size;
    })()`);
  }

  it("draws everything, without a word on the console and without a request", async () => {
    const { page, troubles } = await open();
    expect(await words(page, "#matches")).to.equal("40 of 40 types");
    expect(await words(page, "#window")).to.equal("Sun 15 Nov – Sat 21 Nov");
    for (const canvas of [
      ".map-cells canvas",
      "#trend canvas",
      "#aside canvas",
      "#took canvas",
      "#ready canvas",
    ])
      expect(await countColours(page, canvas), canvas).to.be.greaterThan(3);
    expect(await page.locator("#types tbody tr").count()).to.equal(types);
    expect(await page.locator("#tiles li").allInnerTexts()).to.have.length(5);
    expect(troubles).to.deep.equal([]);
  });

  it("shows hostile names as the texts that they are", async () => {
    const { page, troubles } = await open();
    expect(await names(page)).to.include.members([...hostileNames]);
    for (const name of hostileNames) {
      await page.locator("#text").fill(name.split("\n")[0] ?? "");
      expect(await names(page)).to.deep.equal([name]);
      expect(await page.locator("#trend-title bdi").textContent()).to.equal(
        name,
      );
      expect(await page.locator("#cell-words").textContent()).to.include(name);
    }
    await page.locator("#trend-table summary").click();
    expect(await page.locator("img").count()).to.equal(0);
    expect(await page.locator("script").count()).to.equal(2);
    expect(troubles).to.deep.equal([]);
  });

  it("runs no script that is put into it", async () => {
    const { page, troubles } = await open();
    await page.evaluate(
      `document.body.insertAdjacentHTML("beforeend", '<img src="https://example.com/x.png" onerror="document.title = 1">')`,
    );
    await draw(page);
    expect(await page.title()).to.equal("sluice: log types by hour");
    expect(troubles.join()).to.include("Content Security Policy");
  });

  it("puts what needs a look first, and by name where asked", async () => {
    const { page } = await open();
    const worst = await names(page);
    expect(worst.slice(0, 4)).to.have.members([
      "<!--<script>alert(1)</script>",
      "🛒-장바구니",
      "a{b|c}\n`$&`",
      "__proto__",
    ]);
    await page.locator("#order").selectOption("name");
    const byName = await names(page);
    expect(byName).to.have.members(worst);
    expect(byName).not.to.deep.equal(worst);
    await page.locator("#order").selectOption("rows");
    expect((await names(page))[0]).to.match(/_039$/);
  });

  it("filters by name, owner and state, together", async () => {
    const { page, troubles } = await open();
    await page.locator("#owner").selectOption({ label: "플랫폼" });
    expect(await words(page, "#matches")).to.equal("13 of 40 types");
    await page.locator("#text").fill("CART");
    const carts = await names(page);
    expect(carts).to.have.length.greaterThan(1);
    expect(carts.every((name) => name.includes("cart"))).to.equal(true);
    await page.locator("#text").fill("");
    await page.getByLabel("Marked", { exact: true }).check();
    expect(await names(page)).to.deep.equal(["<!--<script>alert(1)</script>"]);
    await page.locator("#owner").selectOption({ label: "Any" });
    await page.getByLabel("Staged", { exact: true }).check();
    expect(await names(page)).to.have.length(3);
    await page.locator("#text").fill("no such type");
    expect(await words(page, "#matches")).to.equal("0 of 40 types");
    expect(await words(page, "#cell-words")).to.equal(
      "No type matches the filter.",
    );
    expect(troubles).to.deep.equal([]);
  });

  it("is moved through by keys, and says where one is", async () => {
    const { page, troubles } = await open();
    await page.locator("#order").selectOption("name");
    await page.locator("#text").fill("cart_");
    await page.locator(".map-cells").focus();
    await page.keyboard.press("End");
    expect(await words(page, "#cell-words")).to.match(
      /^cart_added_036, 2026-11-21T23 UTC: loaded, [\d,]+ rows loaded, expected [\d,]+ to [\d,]+\.$/,
    );
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowDown");
    expect(await words(page, "#cell-words")).to.match(
      /^cart_done_022, 2026-11-21T22 UTC/,
    );
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("PageDown");
    expect(await words(page, "#cell-words")).to.match(/^cart_view_015/);
    await page.keyboard.press("Home");
    expect(await words(page, "#cell-words")).to.include("2026-11-15T00 UTC");
    await page.keyboard.press("ArrowLeft");
    expect(await words(page, "#cell-words")).to.include("2026-11-14T23 UTC");
    expect(await words(page, "#window")).to.equal("Sun 8 Nov – Sat 14 Nov");
    expect(await words(page, "#trend-title")).to.equal(
      "Trend of cart_view_015",
    );
    const outline = await page.evaluate<string>(
      `getComputedStyle(document.querySelector(".map-cells")).outlineStyle`,
    );
    expect(outline).to.equal("solid");
    expect(troubles).to.deep.equal([]);
  });

  it("keeps the chosen row in sight", async () => {
    const { page } = await open();
    await page.locator(".map-cells").focus();
    for (let press = 0; press < 3; press += 1)
      await page.keyboard.press("PageDown");
    const inSight = await page.evaluate<boolean>(`(() => {
      const frame = document.querySelector(".map-frame").getBoundingClientRect();
      const map = document.querySelector(".map-scroll").getBoundingClientRect();
      return frame.top >= map.top && frame.bottom <= map.bottom + 1;
    })()`);
    expect(inSight).to.equal(true);
    expect(
      await page.evaluate<number>(
        `document.querySelector(".map-scroll").scrollTop`,
      ),
    ).to.be.greaterThan(100);
  });

  it("tells of the hour that is clicked: not done, staged, differing, found", async () => {
    const { page } = await open();
    const click = async (name: string, hoursBack: number): Promise<string> => {
      await page.locator("#text").fill(name);
      const box = await page.locator(".map-cells").boundingBox();
      if (box === null) throw new Error("the map has no cells");
      const x = box.width - ((hoursBack + 0.5) * box.width) / 168;
      await page.locator(".map-cells").click({ position: { x, y: 10 } });
      return words(page, "#cell-words");
    };
    expect(await click("purchase", 30)).to.match(
      /^purchase, 2026-11-20T17 UTC: not done, expected \d+ to \d+\.$/,
    );
    expect(await words(page, "#cell-commands pre")).to.include(
      "sluice classify --hour 2026-11-20T17",
    );
    expect(await click("__proto__", 4)).to.match(
      /T19 UTC: differing, [\d,]+ rows loaded, [\d,]+ staged/,
    );
    expect(await click("{b|c}", 1)).to.match(
      /T22 UTC: staged, not loaded, [\d,]+ staged, expected/,
    );
    expect(await page.locator("#cell-commands pre").count()).to.equal(0);
    expect(await click("<!--", 6)).to.match(/found: drop\.$/);
    expect(await words(page, "#cell-facts")).to.include(
      "drop: 70% fewer than expected",
    );
  });

  it("shows more or fewer days, older ones, and all of them", async () => {
    const { page, troubles } = await open();
    await page.getByLabel("1 day", { exact: true }).check();
    expect(await words(page, "#window")).to.equal("Sat 21 Nov");
    await page.getByLabel("Older hours", { exact: true }).click();
    expect(await words(page, "#window")).to.equal("Fri 20 Nov");
    await page.getByLabel("All", { exact: true }).check();
    expect(await words(page, "#window")).to.equal("Sun 1 Nov – Sat 21 Nov");
    expect(
      await page.getByLabel("Older hours", { exact: true }).isDisabled(),
    ).to.equal(true);
    expect(troubles).to.deep.equal([]);
  });

  it("has every chart as a table as well", async () => {
    const { page } = await open();
    const rows = [
      ["#trend-table", 168],
      ["#aside-table", 168],
      ["#took-table", 168],
      ["#ready-table", 168],
    ] as const;
    for (const [table, expected] of rows) {
      await page.locator(`${table} summary`).click();
      const row = page.locator(`${table} tbody tr`);
      // It is filled when the browser tells that it was opened, which is later than the click.
      await row.first().waitFor();
      expect(await row.count()).to.equal(expected);
    }
    expect(
      await page.locator("#aside-table tbody tr").nth(5).innerText(),
    ).to.match(/^2026-11-21T18\s+\S+\s+9\d\d|^2026-11-21T18\s+9\d\d\s+\S+/);
  });

  it("changes its colours by the system and by hand", async () => {
    const { page } = await open(1400, 900, "dark");
    const ground = (): Promise<string> =>
      page.evaluate<string>(`getComputedStyle(document.body).backgroundColor`);
    expect(await ground()).to.equal("rgb(13, 17, 23)");
    await page.getByLabel("Light", { exact: true }).check();
    expect(await ground()).to.equal("rgb(243, 245, 248)");
    await page.reload();
    expect(await ground()).to.equal("rgb(243, 245, 248)");
    await page.getByLabel("Auto", { exact: true }).check();
    await page.emulateMedia({ colorScheme: "light" });
    await draw(page);
    expect(await ground()).to.equal("rgb(243, 245, 248)");
    await page.emulateMedia({ colorScheme: "dark" });
    await draw(page);
    expect(await ground()).to.equal("rgb(13, 17, 23)");
  });

  it("prints on light paper, without what only a screen has", async () => {
    const { page, troubles } = await open(1400, 900, "dark");
    const pdf = await page.pdf({ format: "A4", landscape: true });
    expect(pdf.length).to.be.greaterThan(20_000);
    await page.emulateMedia({ media: "print" });
    expect(await page.locator("#filters").isVisible()).to.equal(false);
    expect(troubles).to.deep.equal([]);
  });

  for (const [size, width, height] of viewports)
    for (const scheme of schemes)
      it(`has no fault that axe finds, ${size} and ${scheme}`, async () => {
        const { page, troubles } = await open(width, height, scheme);
        await page.locator("#trend-table summary").click();
        await page.locator("#aside-table summary").click();
        // As the developer's console does: the page's policy lets no other script tag run.
        await page.evaluate(axe.source);
        const faults = await page.evaluate<string[]>(
          `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" ")))`,
        );
        expect(faults).to.deep.equal([]);
        const overflow = await page.evaluate<number>(
          `document.documentElement.scrollWidth - document.documentElement.clientWidth`,
        );
        expect(overflow).to.equal(0);
        const folder = process.env["SLUICE_SCREENSHOTS"];
        if (folder !== undefined) {
          mkdirSync(folder, { recursive: true });
          const path = join(folder, `page-${size}-${scheme}.png`);
          await page.screenshot({ path, fullPage: true });
        }
        expect(troubles).to.deep.equal([]);
      });
});
