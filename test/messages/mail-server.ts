import type { AddressInfo } from "node:net";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Whether it came over an encrypted connection. */
  readonly secure: boolean;
  readonly raw: string;
  readonly parsed: Email;
}

/** A real SMTP server on this machine, with a certificate that nobody signed. */
export interface MailServer {
  /** Without its scheme and user. */
  readonly host: string;
  readonly mails: readonly ReceivedMail[];
  /** Connections so far. */
  readonly connections: () => number;
  stop(): Promise<void>;
}

export const mailUser = "sluice";
export const mailPassword = "very-secret-pass";

/** Takes all mail but to `nobody@`; users may log in, and must where `authOptional` is false. */
export async function startMailServer(
  options: SMTPServerOptions = {},
): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  let connections = 0;
  const server = new SMTPServer({
    // Not even a warning that its certificate is everybody's.
    logger: false,
    authOptional: true,
    onConnect: (_session, done) => {
      connections += 1;
      done();
    },
    onAuth: ({ username, password }, _session, done) => {
      if (username === mailUser && password === mailPassword)
        done(null, { user: username });
      else
        done(
          new Error(`Invalid login ${String(username)} ${String(password)}`),
          undefined,
        );
    },
    onRcptTo: ({ address }, _session, done) => {
      done(
        address.startsWith("nobody@")
          ? new Error("there is no such mailbox")
          : null,
      );
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const raw = Buffer.concat(chunks);
        void PostalMime.parse(raw).then((parsed) => {
          const { mailFrom, rcptTo } = session.envelope;
          mails.push({
            from: mailFrom === false ? "" : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            secure: session.secure,
            raw: raw.toString("utf8"),
            parsed,
          });
          done();
        });
      });
    },
    ...options,
  });
  // A client that turns away from the certificate is no failure of the server's.
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    mails,
    connections: () => connections,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}
