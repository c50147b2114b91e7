import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { format } from "prettier";
import { report } from "../../jobs/report.js";
import { watchHour } from "../../jobs/watch-hour.js";
import { SlackWebhookMessenger } from "../../src/adapters/slack-webhook-messenger.js";
import { SmtpMessenger } from "../../src/adapters/smtp-messenger.js";
import { parseFolderHour } from "../../src/folder-hour.js";
import { sendToAll } from "../../src/messages/send-to-all.js";
import { findPackageRoot } from "../../src/package-root.js";
import { describeReport } from "../../src/report/describe-report.js";
import type { ShopPlace } from "../alerts/shop-place.js";
import { startFakeSlack, type FakeSlack } from "../messages/fake-slack.js";
import { startMailServer, type MailServer } from "../messages/mail-server.js";
import { demoDay, makeDemoDay } from "./demo-day.js";

const file = join(findPackageRoot(), "docs/reports.md");
const clock = () => new Date("2026-01-16T01:00:00Z");

/** What is recorded stands in docs/reports.md; rewritten with UPDATE_GOLDEN=1, as CONTRIBUTING.md says. */
describe("the demo's messages in docs/reports.md", function () {
  this.timeout(300_000);
  let place: ShopPlace;
  let slack: FakeSlack;
  let mail: MailServer;

  before(async () => {
    place = await makeDemoDay();
    slack = await startFakeSlack();
    mail = await startMailServer();
  });
  after(async () => {
    await place.close();
    await slack.stop();
    await mail.stop();
  });

  const openMessengers = () => [
    new SlackWebhookMessenger({ url: slack.webhookUrl }),
    new SmtpMessenger({
      url: `smtp://${mail.host}?ignoreTLS=true`,
      from: "sluice@acme.example",
      to: ["data@acme.example"],
    }),
  ];

  /** In the page between the comments that name the part. */
  async function compare(name: string, language: string, text: string) {
    const page = await readFile(file, "utf8");
    const part = new RegExp(
      `(<!-- recorded: ${name} -->\n)[^]*?(\n<!-- end -->)`,
    );
    expect(page, `docs/reports.md has a part ${name}`).to.match(part);
    const fresh = await format(
      page.replace(
        part,
        (_, begin: string, end: string) =>
          `${begin}\n\`\`\`${language}\n${text}\n\`\`\`\n${end}`,
      ),
      { parser: "markdown" },
    );
    if (process.env["UPDATE_GOLDEN"] === "1") await writeFile(file, fresh);
    else expect(page).to.equal(fresh);
  }

  it("are those of a report", async () => {
    const { catalog, stage, warehouse } = place;
    const model = await report(
      { catalog, day: demoDay },
      { stage, warehouse, clock },
    );
    const messengers = openMessengers();
    const { sent, failures } = await sendToAll(
      messengers,
      describeReport(model),
    );
    for (const messenger of messengers) await messenger.close();
    expect([sent.length, failures]).to.deep.equal([2, []]);
    const { fields } = slack.posts.at(-1) ?? {};
    await compare("report-slack", "json", JSON.stringify(fields, null, 2));
    const { subject, text = "" } = mail.mails.at(-1)?.parsed ?? {};
    await compare(
      "report-mail",
      "",
      `Subject: ${subject ?? ""}\n\n${text.trimEnd()}`,
    );
  });

  it("are those of an alert", async () => {
    const { catalog, source, stage, warehouse } = place;
    const hour = parseFolderHour("2026-01-15T12");
    const messengers = openMessengers().slice(0, 1);
    await watchHour(
      { catalog, hour, send: true, heartbeatUrl: undefined },
      {
        ...{ source, stage, warehouse, messengers, clock },
        wait: () => Promise.resolve(),
        log: { info: () => undefined, warn: () => undefined },
      },
    );
    const alert = slack.posts.find(({ text }) => text.startsWith("search"));
    await compare(
      "alert-slack",
      "json",
      JSON.stringify(alert?.fields, null, 2),
    );
  });
});
