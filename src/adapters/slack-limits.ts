/** How long Slack is waited for. */
export interface SlackLimits {
  readonly requestTimeoutMs: number;
  readonly retries: number;
  readonly minRetryDelayMs: number;
}

export const slackLimits: SlackLimits = {
  requestTimeoutMs: 30_000,
  retries: 4,
  minRetryDelayMs: 1000,
};

/** As Slack's libraries take it: delays of 1, 3, 9 and 27 s. */
export function retryConfigOf({ retries, minRetryDelayMs }: SlackLimits) {
  return { retries, minTimeout: minRetryDelayMs, factor: 3, randomize: true };
}
