import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { SlackBotMessenger } from "../../src/adapters/slack-bot-messenger.js";
import { SlackWebhookMessenger } from "../../src/adapters/slack-webhook-messenger.js";
import { AccessError, ServiceError, UsageError } from "../../src/errors.js";
import type { Messenger } from "../../src/ports/messenger.js";
import {
  startFakeSlack,
  type FakeAnswer,
  type FakeSlack,
} from "../messages/fake-slack.js";
import { makeMessage, makeTable } from "../messages/messages.js";

const token = "xoxb-very-secret-token";
const limits = { requestTimeoutMs: 5000, retries: 2, minRetryDelayMs: 1 };
const names = Array.from({ length: 900 }, (_, index) => `type_${index}`);
const longMessage = makeMessage({ parts: [makeTable(names)] });
const failing: FakeAnswer = { status: 500, body: "oops" };
const slowDown: FakeAnswer = { status: 429, headers: { "retry-after": "1" } };

async function failureOf(work: Promise<unknown>): Promise<Error> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error("it did not fail");
  return error;
}

describe("Slack", () => {
  let slack: FakeSlack;
  beforeEach(async () => {
    slack = await startFakeSlack();
  });
  afterEach(() => slack.stop());

  const openBot = (apiUrl = slack.apiUrl) =>
    new SlackBotMessenger({ token, channel: "#data", apiUrl, limits });
  const openWebhook = (url = slack.webhookUrl) =>
    new SlackWebhookMessenger({ url, limits });

  const kinds: readonly (readonly [string, () => Messenger])[] = [
    ["by a bot's token", () => openBot()],
    ["by a webhook", () => openWebhook()],
  ];
  for (const [kind, open] of kinds) {
    describe(kind, () => {
      it("posts a text for notifications, and blocks", async () => {
        const { messages } = await open().send(makeMessage());

        expect(messages).to.equal(1);
        expect(slack.posts.length).to.equal(1);
        const [post] = slack.posts;
        expect(post?.text).to.equal("Logs of 2026-11-20");
        expect(post?.blocks.map(({ type }) => type)).to.deep.equal([
          "header",
          ...["section", "section", "section", "section"],
        ]);
        expect(post?.blocks[2]?.text.text).to.include("구매_로그");
      });

      it("tries again after 500s", async () => {
        slack.answer(failing, failing);
        await open().send(makeMessage());
        expect(slack.posts.length).to.equal(3);
      });

      it("waits as long as a 429 asks for", async () => {
        slack.answer(slowDown);
        await open().send(makeMessage());

        const [first, second, ...others] = slack.posts;
        expect(others).to.deep.equal([]);
        expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).to.be.at.least(990);
      });

      it("gives up on 500s with one line that may be tried again, and says how far it came", async () => {
        slack.answer({}, failing, failing, failing);
        const error = await failureOf(open().send(longMessage));

        expect(error)
          .to.be.instanceOf(ServiceError)
          .and.not.instanceOf(AccessError);
        expect(error.message).to.match(
          /^Slack (?:channel #data|webhook): Slack answered 500; 1 of its \d messages had been sent$/,
        );
      });

      it("gives up where nobody answers", async () => {
        await slack.stop();
        const error = await failureOf(open().send(makeMessage()));

        expect(error).to.be.instanceOf(ServiceError);
        expect(error.message).to.match(
          /: the connection failed \(ECONNREFUSED\)$/,
        );
      });

      it("says that nothing came in time", async () => {
        const silent = createServer(() => undefined);
        await new Promise<void>((resolve) => {
          silent.listen(0, "127.0.0.1", resolve);
        });
        const { port } = silent.address() as AddressInfo;
        const url = `http://127.0.0.1:${port}/very-secret-path/`;
        const hasty = { ...limits, requestTimeoutMs: 20, retries: 0 };
        const messenger = kind.includes("bot")
          ? new SlackBotMessenger({
              token,
              channel: "#data",
              apiUrl: url,
              limits: hasty,
            })
          : new SlackWebhookMessenger({ url, limits: hasty });
        const error = await failureOf(messenger.send(makeMessage()));
        silent.closeAllConnections();
        silent.close();

        expect(error.message).to.match(/: no answer in time$/);
      });
    });
  }

  describe("by a bot's token", () => {
    it("sends the token in the header, to the channel, without previews of links", async () => {
      await openBot().send(makeMessage());

      const [post] = slack.posts;
      expect(post?.path).to.equal("/api/chat.postMessage");
      expect(post?.authorization).to.equal(`Bearer ${token}`);
      expect(post?.fields).to.include({
        channel: "#data",
        unfurl_links: "false",
        unfurl_media: "false",
      });
      expect(post?.fields).not.to.have.any.keys("thread_ts", "token");
    });

    it("puts what does not fit into the first message into its thread", async () => {
      const { messages, thread } = await openBot().send(longMessage);

      expect(messages).to.be.above(2);
      expect(slack.posts.length).to.equal(messages);
      expect(
        slack.posts.map(({ fields }) => [
          fields["channel"],
          fields["thread_ts"],
        ]),
      ).to.deep.equal([
        ["#data", undefined],
        ...slack.posts.slice(1).map(() => ["C0DATA", "1700000000.000001"]),
      ]);
      expect(thread).to.equal("C0DATA/1700000000.000001");
    });

    it("follows a thread, and starts one where the thread is not its own", async () => {
      const bot = openBot();
      const { thread } = await bot.send(makeMessage());
      const again = await bot.send(makeMessage(), thread ?? "");
      await bot.send(makeMessage(), "<id@mail.example>");

      expect(again.thread).to.equal(thread);
      expect(
        slack.posts.map(({ fields }) => fields["thread_ts"]),
      ).to.deep.equal([undefined, "1700000000.000001", undefined]);
    });

    const refusals: readonly (readonly [string, string])[] = [
      ["invalid_auth", "set SLUICE_SLACK_TOKEN to the app's bot token"],
      ["channel_not_found", "correct the channel, or invite the app to it"],
      ["not_in_channel", "invite the app to the channel"],
      ["missing_scope", "give the app the scope chat:write"],
      ["something_new", "Slack refuses it: something_new"],
    ];
    for (const [word, cure] of refusals) {
      it(`says what to do about ${word}, once`, async () => {
        slack.answer({ body: JSON.stringify({ ok: false, error: word }) });
        const error = await failureOf(openBot().send(makeMessage()));

        expect(error).to.be.instanceOf(AccessError);
        expect(error.message).to.include(word).and.include(cure);
        expect(error.message).not.to.match(/\n|secret/);
        expect(error.cause).to.equal(undefined);
        expect(slack.posts.length).to.equal(1);
      });
    }

    it("takes Slack's own failures for what they are", async () => {
      slack.answer({ body: '{"ok":false,"error":"internal_error"}' });
      const error = await failureOf(openBot().send(makeMessage()));
      expect(error)
        .to.be.instanceOf(ServiceError)
        .and.not.instanceOf(AccessError);
    });

    it("does not print what an answer of no use holds", async () => {
      slack.answer({ body: `<html>${token}</html>` });
      const error = await failureOf(openBot().send(makeMessage()));
      expect(error.message).to.equal(
        "Slack channel #data: Slack refuses it: an unknown error",
      );
    });
  });

  describe("by a webhook", () => {
    it("posts the pages one after the other, without a thread", async () => {
      const { messages, thread } = await openWebhook().send(longMessage);

      expect(thread).to.equal(null);
      expect(slack.posts.length).to.equal(messages);
      const texts = slack.posts.map(({ text }) => text);
      expect(texts[0]).to.equal(`Logs of 2026-11-20 (1/${messages})`);
      expect(texts.at(-1)).to.equal(
        `Logs of 2026-11-20 (${messages}/${messages})`,
      );
    });

    for (const [status, word, cure] of [
      [404, "no_service", "the webhook was removed; make a new one"],
      [403, "invalid_token", "the webhook is not valid"],
      [410, "channel_is_archived", "unarchive the channel"],
    ] as const) {
      it(`says what to do about ${word}, once, without the webhook's URL`, async () => {
        slack.answer({ status, body: word });
        const error = await failureOf(openWebhook().send(makeMessage()));

        expect(error).to.be.instanceOf(AccessError);
        expect(error.message).to.include(word).and.include(cure);
        expect(error.message).not.to.match(/\n|secret|services/);
        expect(error.cause).to.equal(undefined);
        expect(slack.posts.length).to.equal(1);
      });
    }

    it("refuses a URL that is none, without telling it", () => {
      for (const url of ["very-secret", "ftp://very-secret.example/"]) {
        expect(() => openWebhook(url))
          .to.throw(UsageError, "SLUICE_SLACK_WEBHOOK_URL is no URL")
          .with.property("message")
          .not.include("very-secret");
      }
    });
  });
});
