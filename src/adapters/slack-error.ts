import { AccessError, ServiceError, type SluiceError } from "../errors.js";

/** What mends an error of Slack's: https://docs.slack.dev/reference/methods/chat.postMessage#errors */
const cures: Readonly<Record<string, string>> = {
  invalid_auth: "set SLUICE_SLACK_TOKEN to the app's bot token (xoxb-...)",
  not_authed: "set SLUICE_SLACK_TOKEN to the app's bot token (xoxb-...)",
  account_inactive: "the token's app or user was removed; make a new token",
  token_revoked: "make a new token",
  token_expired: "make a new token",
  missing_scope: "give the app the scope chat:write, and install it again",
  not_allowed_token_type: "use the app's bot token (xoxb-...)",
  channel_not_found: "correct the channel, or invite the app to it",
  not_in_channel: "invite the app to the channel",
  is_archived: "unarchive the channel, or name another",
  channel_is_archived: "unarchive the channel, or name another",
  restricted_action: "let the app post to the channel",
  action_prohibited: "let the app post to the channel",
  posting_to_general_channel_denied: "name another channel",
  no_service: "the webhook was removed; make a new one",
  no_service_id: "the webhook is not whole; copy it again",
  no_team: "the webhook is not whole; copy it again",
  team_disabled: "the workspace was disabled",
  invalid_token: "the webhook is not valid; copy it again, or make a new one",
  user_not_found: "correct the channel",
};

export interface SlackAttempt {
  /** Such as `Slack channel #data`. */
  readonly name: string;
  /** Messages of this one that stand already. */
  readonly sent: number;
  readonly messages: number;
}

/** Slack said no, by a word of its own such as `channel_not_found`. */
export function refuseSlack(word: string, attempt: SlackAttempt): SluiceError {
  const known = /^[a-z0-9_]{1,80}$/.test(word) ? word : "an unknown error";
  const cure = cures[known];
  const said = cure === undefined ? known : `${known}; ${cure}`;
  return /^(?:internal_error|fatal_error|service_unavailable|request_timeout|ratelimited|rollup_error)$/.test(
    known,
  )
    ? new ServiceError(describe(attempt, `Slack failed: ${known}`))
    : new AccessError(describe(attempt, `Slack refuses it: ${said}`));
}

/** No answer, or one of no use, after all retries. The library's error is no cause of ours: it holds the address and the token. */
export function failSlack(why: string, attempt: SlackAttempt): SluiceError {
  return new ServiceError(describe(attempt, why));
}

/** What kept an HTTP request from its answer, without its address. */
export function describeRequestFailure(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at.name === "TimeoutError") return "no answer in time";
    if (
      "code" in at &&
      typeof at.code === "string" &&
      /^[A-Z_]+$/.test(at.code)
    )
      return `the connection failed (${at.code})`;
  }
  return "the connection failed";
}

function describe({ name, sent, messages }: SlackAttempt, why: string): string {
  const before =
    sent === 0 ? "" : `; ${sent} of its ${messages} messages had been sent`;
  return `${name}: ${why}${before}`;
}
