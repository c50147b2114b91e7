import { existsSync } from "node:fs";
import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "chai";
import type { CommandContext } from "../../src/commands/context.js";
import { readEnvironment } from "../../src/environment.js";
import type { Messenger } from "../../src/ports/messenger.js";
import { startFakeSlack, type FakeSlack } from "../messages/fake-slack.js";
import { startMailServer, type MailServer } from "../messages/mail-server.js";
import {
  makeReconcilePlace,
  removeReconcilePlaces,
  writeObject,
} from "../reconcile/reconcile-place.js";

/** Of the result: how it went. */
interface Outcome {
  readonly sent: readonly object[];
  readonly failures: readonly {
    readonly what: string;
    readonly exit_code: number;
    readonly message: string;
  }[];
}
const pick = ({ what, exit_code }: Outcome["failures"][number]) => [
  what,
  exit_code,
];

describe("sluice report", function () {
  this.timeout(300_000);
  let slack: FakeSlack;
  let mail: MailServer;
  let root: string;
  let onPost: () => void | Promise<void>;
  const day = "2024-01-15";

  /** Runs a command of this process, as src/main.ts does, and hands back what it would print. */
  async function sluice(
    words: readonly string[],
    variables: Readonly<Record<string, string>> = {},
    ports: Partial<CommandContext> = {},
  ) {
    // By import(), as src/main.ts does: mocha's own imports have a class of errors each.
    const { runCommandLine } = await import("../../src/commands.js");
    const { createCommandContext } =
      await import("../../src/commands/context.js");
    const environment = readEnvironment({
      SLUICE_LOG_LEVEL: "silent",
      ...variables,
    });
    const printed: { words: string; result: unknown }[] = [];
    const write = process.stderr.write.bind(process.stderr);
    let told = "";
    process.stderr.write = (text: string | Uint8Array) => {
      told += String(text);
      return true;
    };
    try {
      await runCommandLine(
        [...words, "--catalog", join(root, "catalog.yaml")],
        {
          ...createCommandContext(environment),
          ...ports,
          finish: (_args, result, said) =>
            printed.push({ words: said, result }),
        },
      );
    } finally {
      process.stderr.write = write;
    }
    const exitCode = process.exitCode ?? 0;
    process.exitCode = 0;
    return { exitCode, told, ...printed[0] };
  }
  const damaged = "_manifests/2023/12/30/05.json";
  /** Runs it with a manifest of which no page can be made. */
  async function withoutPage<T>(work: () => Promise<T>): Promise<T> {
    const manifest = join(root, "stage", damaged);
    await mkdir(dirname(manifest), { recursive: true });
    await writeFile(manifest, "{}");
    try {
      return await work();
    } finally {
      await rm(manifest);
    }
  }
  async function failureOf(work: Promise<unknown>): Promise<Error> {
    const error: unknown = await work.then(
      () => null,
      (reason: unknown) => reason,
    );
    if (!(error instanceof Error)) throw new Error("it did not fail");
    return error;
  }

  before(async () => {
    const place = await makeReconcilePlace();
    root = place.root;
    await appendFile(
      join(root, "catalog.yaml"),
      'timezone: UTC\nreport:\n  slack: { channel: "#data" }\n  mail: { from: sluice@acme.example, to: [data@acme.example] }\n',
    );
    await writeObject(
      place,
      "2024/01/15/03/a.ndjson",
      "view:1",
      "view:2",
      "pay:1",
    );
    await place.warehouse.close();
    const hour = `${day}T03`;
    await sluice(["run", "--from", hour, "--to", hour, "--workers", "1"]);
  });
  beforeEach(async () => {
    onPost = () => undefined;
    slack = await startFakeSlack(() => onPost());
    mail = await startMailServer();
  });
  afterEach(async () => {
    await slack.stop();
    await mail.stop();
  });
  after(removeReconcilePlaces);

  const bySlack = () => ({ SLUICE_SLACK_WEBHOOK_URL: slack.webhookUrl });
  const byMail = () => ({
    SLUICE_SMTP_URL: `smtp://${mail.host}?ignoreTLS=true`,
  });

  it("prints the day's counts, and sends nothing unless it is told to", async () => {
    const { words, exitCode } = await sluice(["report", "--day", day], {
      ...bySlack(),
      ...byMail(),
    });

    expect(exitCode).to.equal(0);
    expect(words)
      .to.match(/^view +2 +no data/m)
      .and.match(/^pay +1 +no data/m);
    expect(words).to.match(/^all loaded +3 /m);
    expect(words).to.include(
      "• 23 of 24 hours are not done: 2024-01-15T00 to 2024-01-15T02, 2024-01-15T04 to 2024-01-15T23",
    );
    expect([slack.posts.length, mail.mails.length]).to.deep.equal([0, 0]);
  });

  it("sends to all that the catalog names, the page attached to the mail", async () => {
    const { exitCode, result } = await sluice(
      ["report", "--day", day, "--send"],
      { ...bySlack(), ...byMail() },
    );

    expect(exitCode).to.equal(0);
    expect(result).to.deep.include({
      sent: [
        { to: "Slack webhook", messages: 1 },
        { to: "mail to data@acme.example", messages: 1 },
      ],
    });
    expect(slack.posts[0]?.text).to.equal(
      "Logs of 2024-01-15: 23 hours not done; 3 rows",
    );
    expect(
      slack.posts[0]?.blocks.some(({ text }) => /^view +2 /m.test(text.text)),
    ).to.equal(true);
    const [received] = mail.mails;
    expect(received?.parsed.subject).to.equal(slack.posts[0]?.text);
    expect(received?.parsed.text).to.match(/^view +2 /m);
    const [page, ...others] = received?.parsed.attachments ?? [];
    expect(others).to.deep.equal([]);
    expect(page?.filename).to.equal("report-2024-01-15.html");
    expect(new TextDecoder().decode(page?.content as ArrayBuffer)).to.match(
      /^<!doctype html>/i,
    );
  });

  it("takes the bot where there is a token, and posts to the catalog's channel", async () => {
    await sluice(["report", "--day", day, "--slack"], {
      SLUICE_SLACK_TOKEN: "xoxb-very-secret",
      SLUICE_SLACK_API_URL: slack.apiUrl,
      ...bySlack(),
    });

    expect(
      slack.posts.map(({ path, fields }) => [path, fields["channel"]]),
    ).to.deep.equal([["/api/chat.postMessage", "#data"]]);
    expect(mail.mails.length).to.equal(0);
  });

  it("sends to the others where one refuses, and exits 5", async () => {
    slack.answer({ status: 404, body: "no_service" });
    const { exitCode, result } = await sluice(
      ["report", "--day", day, "--send"],
      { ...bySlack(), ...byMail() },
    );

    expect(exitCode).to.equal(5);
    expect(result).to.deep.include({
      sent: [{ to: "mail to data@acme.example", messages: 1 }],
    });
    expect(mail.mails.length).to.equal(1);
  });

  for (const [what, failing] of [
    ["is sent to all", null],
    ["can't be read", "read"],
    ["meets a bug where it is sent", "send"],
    ["lacks the secret of one", "open"],
  ] as const)
    it(`ends each connection where a report ${what}`, async () => {
      const open = new Set<string>();
      const openMessengers: CommandContext["openMessengers"] = (targets) => {
        const name = targets.slack === null ? "mail" : "slack";
        if (failing === "open" && name === "mail")
          return Promise.reject(new Error("no secret"));
        open.add(name);
        const messenger: Messenger = {
          name,
          send: () =>
            failing === "send"
              ? Promise.reject(new TypeError("a bug"))
              : Promise.resolve({ messages: 1, thread: null }),
          close: () => {
            open.delete(name);
            return Promise.resolve();
          },
        };
        return Promise.resolve([messenger]);
      };
      const done = sluice(
        ["report", "--day", day, "--send"],
        {},
        {
          openMessengers,
          ...(failing === "read" && {
            openStage: () => Promise.reject(new Error("no stage")),
          }),
        },
      );
      if (failing === null) expect((await done).exitCode).to.equal(0);
      else await failureOf(done);
      expect([...open]).to.deep.equal([]);
    });

  it("tells all where the page can't be made, and fails as the page did", async () => {
    const { exitCode, result, told } = await withoutPage(() =>
      sluice(["report", "--day", day, "--send"], {
        ...bySlack(),
        ...byMail(),
      }),
    );

    expect(exitCode).to.equal(3);
    expect(told).to.match(new RegExp(`^sluice: .*${damaged}`, "m"));
    const { sent, failures } = result as Outcome;
    expect(sent.length).to.equal(2);
    expect(failures.map(pick)).to.deep.equal([["page", 3]]);
    expect(failures[0]?.message).to.include(damaged);
    expect(slack.posts.length).to.equal(1);
    const [received] = mail.mails;
    expect(received?.parsed.attachments).to.deep.equal([]);
    expect(received?.parsed.text).to.match(
      /^view +2 [^]*The page could not be made and is not attached/m,
    );
  });

  it("exits 5 where somebody was not told, whatever the page did, and tells of both", async () => {
    slack.answer({ status: 404, body: "no_service" });
    const { exitCode, result, told } = await withoutPage(() =>
      sluice(["report", "--day", day, "--send"], {
        ...bySlack(),
        ...byMail(),
      }),
    );

    expect(exitCode).to.equal(5);
    expect(told).to.include("no_service").and.include(damaged);
    expect((result as Outcome).failures.map(pick)).to.deep.equal([
      ["Slack webhook", 5],
      ["page", 3],
    ]);
  });

  it("prints one result on a dry run without a page too", async () => {
    const { exitCode, result } = await withoutPage(() =>
      sluice(["report", "--day", day, "--send", "--dry-run"]),
    );

    expect(exitCode).to.equal(3);
    expect(result).to.have.property("preview");
    expect((result as Outcome).failures.map(pick)).to.deep.equal([["page", 3]]);
  });

  it("has told Slack before it makes the page", async () => {
    const file = join(root, "after-slack.html");
    const stood: boolean[] = [];
    onPost = () => {
      stood.push(existsSync(file));
    };
    await sluice(
      ["report", "--day", day, "--slack", "--html", file],
      bySlack(),
    );
    expect(stood).to.deep.equal([false]);
    expect(existsSync(file)).to.equal(true);
  });

  it("sends nothing where the page's file can't be written", async () => {
    const inFile = join(root, "catalog.yaml/report.html");
    for (const file of [join(root, "no/such/report.html"), inFile, root]) {
      const error = await failureOf(
        sluice(["report", "--day", day, "--send", "--html", file], {
          ...bySlack(),
          ...byMail(),
        }),
      );
      expect(error).to.include({ code: "USAGE", exitCode: 2 });
      expect(error.message).to.include(`--html ${file} can't be written: `);
    }
    expect([slack.posts.length, mail.mails.length]).to.deep.equal([0, 0]);
  });

  it("attaches a page that was made, though its file can't be written any more", async () => {
    const file = join(root, "taken.html");
    onPost = async () => {
      await mkdir(file);
    };
    const { exitCode, result } = await sluice(
      ["report", "--day", day, "--send", "--html", file],
      { ...bySlack(), ...byMail() },
    );

    expect(exitCode).to.equal(2);
    const { failures } = result as Outcome;
    expect(failures.map(pick)).to.deep.equal([["page", 2]]);
    expect(failures[0]?.message).to.include(`--html ${file} can't be written`);
    const [received] = mail.mails;
    expect(
      received?.parsed.attachments.map(({ filename }) => filename),
    ).to.deep.equal(["report-2024-01-15.html"]);
    expect(received?.parsed.text).not.to.include("could not be made");
  });

  it("prints what it would send on a dry run, without any secret", async () => {
    const { result, words } = await sluice([
      "report",
      "--day",
      day,
      "--send",
      "--dry-run",
    ]);

    const { preview } = result as {
      preview: {
        slack: { blocks: unknown[] }[];
        mail: { to: string[]; attachments: string[] };
      };
    };
    expect(preview.slack[0]?.blocks.length).to.be.above(2);
    expect(preview.mail).to.deep.include({
      to: ["data@acme.example"],
      attachments: ["report-2024-01-15.html"],
    });
    expect(words).to.include('"type": "header"');
  });

  it("writes the page beside", async () => {
    const file = join(root, "report.html");
    await sluice(["report", "--day", day, "--html", file]);
    expect(await readFile(file, "utf8")).to.match(/^<!doctype html>/i);
  });

  it("says in one line which secret is missing", async () => {
    const without = await failureOf(
      sluice(["report", "--day", day, "--slack"]),
    );
    expect(without).to.include({ code: "USAGE", exitCode: 2 });
    expect(without.message).to.equal(
      "Slack: SLUICE_SLACK_WEBHOOK_URL and SLUICE_SLACK_TOKEN are not set; set one of them",
    );
    const unmailed = await failureOf(
      sluice(["report", "--day", day, "--send"], bySlack()),
    );
    expect(unmailed).to.include({ code: "USAGE", exitCode: 2 });
    expect(unmailed.message).to.include("SLUICE_SMTP_URL is not set");
    expect(slack.posts.length).to.equal(0);
  });

  it("refuses a day that is none, and one that is not over", async () => {
    const none = await failureOf(sluice(["report", "--day", "2024-02-30"]));
    expect(none).to.include({ code: "USAGE", exitCode: 2 });
    const ahead = await failureOf(sluice(["report", "--day", "2999-01-01"]));
    expect(ahead).to.include({ code: "NOT_READY", exitCode: 4 });
  });
});
