import { AccessError, ServiceError, SluiceError } from "../errors.js";
import { cutText } from "../messages/cut-text.js";
import { oneLine } from "../messages/one-line.js";

const longestAnswer = 200;

/** What nodemailer's errors have. */
interface SmtpFailure {
  readonly code?: unknown;
  readonly response?: unknown;
  readonly responseCode?: unknown;
  readonly message?: unknown;
}

/**
 * One line that says what to do. The library's error is no cause of ours: it may hold the dialogue with the server.
 * @param server Its host and port.
 * @param secrets Texts that are taken out of what the server said.
 */
export function translateSmtpError(
  error: unknown,
  server: string,
  secrets: readonly string[],
): SluiceError {
  if (error instanceof SluiceError) return error;
  const { code, response, responseCode, message }: SmtpFailure =
    typeof error === "object" && error !== null ? error : {};
  // Hidden before it is cut: the half of a secret would be found no more.
  const said = cutText(
    oneLine(hideSecrets(textOf(response) || textOf(message), secrets)),
    longestAnswer,
  );
  const status = typeof responseCode === "number" ? responseCode : 0;
  const where = `mail server ${server}`;
  if (status >= 400 && status < 500)
    return new ServiceError(`${where}: it put the mail off: ${said}`);
  switch (code) {
    case "EAUTH":
    case "ENOAUTH":
      return new AccessError(
        `${where}: it refuses the user or the password: ${said}; check SLUICE_SMTP_URL`,
      );
    case "EENVELOPE":
      return new AccessError(
        `${where}: it refuses the sender or a receiver: ${said}; check from and to in the catalog`,
      );
    case "ETLS":
      return new AccessError(
        `${where}: no encrypted connection: ${said}; a password is never sent without one. Use smtps://, or mend the server's certificate`,
      );
    case "EDNS":
      return new AccessError(
        `${where}: there is no such host; check SLUICE_SMTP_URL`,
      );
    default:
      return status >= 500
        ? new AccessError(`${where}: it refuses the mail: ${said}`)
        : new ServiceError(
            `${where}: ${said === "" ? "no answer" : said}${typeof code === "string" ? ` (${code})` : ""}`,
          );
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function hideSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== "")
    .sort((one, other) => other.length - one.length)
    .reduce((hidden, secret) => hidden.replaceAll(secret, "***"), text);
}
