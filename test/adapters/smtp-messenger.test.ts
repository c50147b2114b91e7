import { expect } from "chai";
import type { SMTPServerOptions } from "smtp-server";
import { SmtpMessenger } from "../../src/adapters/smtp-messenger.js";
import { AccessError, ServiceError, UsageError } from "../../src/errors.js";
import {
  mailPassword,
  mailUser,
  startMailServer,
  type MailServer,
} from "../messages/mail-server.js";
import { hostileNames, makeMessage, makeTable } from "../messages/messages.js";

const limits = { timeoutMs: 5000, retries: 2, minRetryDelayMs: 1 };
const from = "sluice <sluice@acme.example>";
const trusting = "tls.rejectUnauthorized=false";

async function failureOf(work: Promise<unknown>): Promise<Error> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error("it did not fail");
  return error;
}

describe("mail", () => {
  let server: MailServer;
  afterEach(() => server.stop());

  async function start(options?: SMTPServerOptions): Promise<void> {
    server = await startMailServer(options);
  }

  function open({
    scheme = "smtp",
    user = "",
    query = trusting,
    host = server.host,
    to = ["data@acme.example"],
  } = {}) {
    const url = `${scheme}://${user}${host}?${query}`;
    return new SmtpMessenger({ url, from, to, limits });
  }
  const login = (password = mailPassword) => `${mailUser}:${password}@`;

  it("has the message as text and as HTML, and what is attached", async () => {
    await start();
    const page = "<!doctype html><title>표</title>";
    const { messages } = await open({
      to: ["data@acme.example", "ops@acme.example"],
    }).send(
      makeMessage({
        title: "Logs: 구매 ✓",
        attachments: [
          {
            name: "report-2026-11-20.html",
            mediaType: "text/html; charset=utf-8",
            content: page,
          },
        ],
      }),
    );

    expect(messages).to.equal(1);
    const [mail, ...others] = server.mails;
    expect(others).to.deep.equal([]);
    expect(mail?.from).to.equal("sluice@acme.example");
    expect(mail?.to).to.deep.equal(["data@acme.example", "ops@acme.example"]);
    const { parsed } = mail ?? { parsed: undefined };
    expect(parsed?.subject).to.equal("Logs: 구매 ✓");
    expect(parsed?.from).to.deep.include({
      name: "sluice",
      address: "sluice@acme.example",
    });
    expect(parsed?.text).to.include(
      "log type      n0       n1\npurchase   1,234  no data\n구매_로그  1,234  no data\n",
    );
    expect(parsed?.html).to.include("구매_로그</td>");
    const [attachment] = parsed?.attachments ?? [];
    expect(attachment).to.include({
      filename: "report-2026-11-20.html",
      mimeType: "text/html",
      disposition: "attachment",
    });
    expect(
      new TextDecoder().decode(attachment?.content as ArrayBuffer),
    ).to.equal(page);
    const headers = Object.fromEntries(
      parsed?.headers.map(({ key, value }) => [key, value]) ?? [],
    );
    expect(headers["auto-submitted"]).to.equal("auto-generated");
    expect(headers["message-id"]).to.match(/^<[\w-]+@acme\.example>$/);
  });

  it("lets no name become a header, a receiver or markup", async () => {
    await start();
    await open().send({
      title: `Logs ${hostileNames.join(" ")}`,
      parts: [makeTable(hostileNames)],
      attachments: [
        {
          name: "a\r\nBcc: everybody@evil.example.html",
          mediaType: "text/html",
          content: "",
        },
      ],
    });

    const [mail] = server.mails;
    expect(mail?.to).to.deep.equal(["data@acme.example"]);
    const keys = mail?.parsed.headers.map(({ key }) => key) ?? [];
    expect([...keys].sort()).to.deep.equal(
      ["auto-submitted", "content-type", "date", "from", "message-id"].concat([
        "mime-version",
        "subject",
        "to",
      ]),
    );
    expect(mail?.raw).not.to.match(/^bcc:/im);
    expect(mail?.parsed.bcc).to.equal(undefined);
    expect(mail?.parsed.subject).to.include("Bcc: everybody@evil.example");
    expect(mail?.parsed.html).not.to.match(/<script|<img/);
  });

  it("follows a thread, and starts one where the thread is not its own", async () => {
    await start();
    const mail = open();
    const { thread } = await mail.send(makeMessage());
    const again = await mail.send(makeMessage(), thread ?? "");
    await mail.send(makeMessage(), "C0DATA/1700000000.000001");

    expect(thread).to.match(/^<.+@acme\.example>$/);
    expect(again.thread).to.equal(thread);
    expect(server.mails.map(({ parsed }) => parsed.inReplyTo)).to.deep.equal([
      undefined,
      thread,
      undefined,
    ]);
    expect(server.mails[0]?.parsed.messageId).to.equal(thread);
    expect(server.mails[1]?.parsed.messageId).not.to.equal(thread);
  });

  it("logs in over STARTTLS, and over TLS from the start", async () => {
    await start({ authOptional: false });
    await open({ user: login() }).send(makeMessage());
    expect(server.mails.map(({ secure }) => secure)).to.deep.equal([true]);
    await server.stop();

    await start({ authOptional: false, secure: true });
    await open({ scheme: "smtps", user: login() }).send(makeMessage());
    expect(server.mails.map(({ secure }) => secure)).to.deep.equal([true]);
  });

  it("sends no password over a plain connection to another machine, unless it is told to", async () => {
    const logins: unknown[] = [];
    await start({
      hideSTARTTLS: true,
      disabledCommands: ["STARTTLS"],
      allowInsecureAuth: true,
      onAuth: ({ password }, _session, done) => {
        logins.push(password);
        done(null, { user: mailUser });
      },
    });
    // It leads to this machine, and is no name of it.
    const host = server.host.replace("127.0.0.1", "0.0.0.0");
    const error = await failureOf(
      open({ user: login(), host }).send(makeMessage()),
    );
    expect(error).to.be.instanceOf(AccessError);
    expect(error.message).to.include("a password is never sent without one");
    expect(logins).to.deep.equal([]);

    await failureOf(
      open({ user: login(), host, query: "ignoreTLS=false" }).send(
        makeMessage(),
      ),
    );
    expect(logins).to.deep.equal([]);

    const query = "ignoreTLS=true";
    await open({ user: login(), host, query }).send(makeMessage());
    await open({ user: login() }).send(makeMessage());
    expect(logins).to.deep.equal([mailPassword, mailPassword]);
  });

  it("says that the password is refused, and not what it is", async () => {
    await start();
    const error = await failureOf(
      open({ user: login("wrong-secret") }).send(makeMessage()),
    );

    expect(error).to.be.instanceOf(AccessError);
    expect(error.message).to.match(
      /^mail server 127\.0\.0\.1:\d+: it refuses the user or the password: .*535.*; check SLUICE_SMTP_URL$/,
    );
    expect(error.message).to.include("Invalid login sluice ***");
    expect(error.message).not.to.match(/secret|\n/);
    expect(error.cause).to.equal(undefined);
    expect(server.connections()).to.equal(1);
  });

  it("tells no part of a password that the server repeats, in whatever form", async () => {
    const plain = Buffer.from(`\0${mailUser}\0${mailPassword}`);
    const repeated = [
      `${"x".repeat(170)} ${mailPassword}`,
      plain.toString("base64"),
      Buffer.from(mailPassword).toString("base64"),
    ];
    for (const words of repeated) {
      await start({
        onAuth: (_auth, _session, done) => {
          done(new Error(words));
        },
      });
      const { message } = await failureOf(
        open({ user: login() }).send(makeMessage()),
      );
      expect(message).to.include("***").and.not.include("very");
      expect(message).not.to.include(words.slice(0, 20).replace(/^x+/, "very"));
      await server.stop();
    }
    await start();
  });

  it("says which receiver is refused, where the others have the mail and where none has", async () => {
    await start();
    const some = await open({
      to: ["data@acme.example", "nobody@acme.example"],
    }).send(makeMessage());
    expect(some.refused).to.deep.equal(["nobody@acme.example"]);
    expect(server.mails.map(({ to }) => to)).to.deep.equal([
      ["data@acme.example"],
    ]);

    const none = await failureOf(
      open({ to: ["nobody@acme.example"] }).send(makeMessage()),
    );
    expect(none).to.be.instanceOf(AccessError);
    expect(none.message)
      .to.include("it refuses the sender or a receiver")
      .and.include("there is no such mailbox");
    expect(server.mails.length).to.equal(1);
  });

  it("asks again where the server puts the mail off, with the same Message-ID", async () => {
    let refusals = 2;
    const senders: string[] = [];
    await start({
      onMailFrom: ({ address }, _session, done) => {
        senders.push(address);
        refusals -= 1;
        done(
          refusals < 0
            ? null
            : Object.assign(new Error("come back later"), {
                responseCode: 451,
              }),
        );
      },
    });
    const { thread } = await open().send(makeMessage());

    expect(senders.length).to.equal(3);
    expect(server.mails.map(({ parsed }) => parsed.messageId)).to.deep.equal([
      thread,
    ]);
  });

  it("gives up with an error that may be tried again", async () => {
    await start({
      onMailFrom: (_address, _session, done) => {
        done(
          Object.assign(new Error("come back later"), { responseCode: 451 }),
        );
      },
    });
    const error = await failureOf(open().send(makeMessage()));

    expect(error)
      .to.be.instanceOf(ServiceError)
      .and.not.instanceOf(AccessError);
    expect(error.message).to.include("it put the mail off").and.include("451");
    expect(server.connections()).to.equal(3);
  });

  it("says that nobody answers", async () => {
    await start();
    const mail = open();
    await server.stop();
    const error = await failureOf(mail.send(makeMessage()));

    expect(error)
      .to.be.instanceOf(ServiceError)
      .and.not.instanceOf(AccessError);
    expect(error.message).to.include("ECONNREFUSED");
    await start();
  });

  it("turns away from a certificate that nobody signed", async () => {
    await start({ secure: true });
    const error = await failureOf(
      open({ scheme: "smtps", query: "" }).send(makeMessage()),
    );
    expect(error.message).to.match(/certificate/);
    expect(error.message).not.to.match(/\n/);
    expect(server.mails).to.deep.equal([]);
  });

  it("refuses a URL that is none, without telling it", async () => {
    await start();
    for (const url of [
      "very-secret",
      "https://u:very-secret@mail.example",
      "smtp://u:very-secret100%@mail.example",
    ]) {
      expect(() => new SmtpMessenger({ url, from, to: ["a@b.example"] }))
        .to.throw(UsageError, "SLUICE_SMTP_URL is no mail server's URL")
        .with.property("message")
        .not.include("very-secret");
    }
  });
});
