import pRetry from "p-retry";
import type { Log } from "../log.js";

export interface HeartbeatLimits {
  readonly timeoutMs: number;
  readonly retries: number;
  readonly minRetryDelayMs: number;
}

const heartbeatLimits: HeartbeatLimits = {
  timeoutMs: 10_000,
  retries: 3,
  minRetryDelayMs: 1000,
};

/**
 * Tells a service elsewhere that `watch` has run, by a GET; where it hears nothing, that one alarms. Resolves to whether it was heard:
 * a failure is logged, without the URL, which is a secret.
 */
export async function callHeartbeat(
  url: string,
  log: Pick<Log, "warn">,
  limits: HeartbeatLimits = heartbeatLimits,
): Promise<boolean> {
  try {
    await pRetry(() => callOnce(url, limits.timeoutMs), {
      retries: limits.retries,
      minTimeout: limits.minRetryDelayMs,
      randomize: true,
    });
    return true;
  } catch (error) {
    log.warn(
      { reason: describe(error) },
      "the heartbeat of SLUICE_HEARTBEAT_URL was not heard",
    );
    return false;
  }
}

/** Its own words, because those of the fetch may hold the URL. */
class HeartbeatRefused extends Error {}

async function callOnce(url: string, timeoutMs: number): Promise<void> {
  if (!/^https?:/.test(url) || !URL.canParse(url))
    throw new HeartbeatRefused("it is no http: or https: URL");
  let response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === "TimeoutError";
    throw new HeartbeatRefused(
      isTimeout ? `no answer in ${timeoutMs} ms` : "no connection",
    );
  }
  await response.body?.cancel();
  if (!response.ok)
    throw new HeartbeatRefused(`it answered ${response.status}`);
}

function describe(error: unknown): string {
  return error instanceof HeartbeatRefused
    ? error.message
    : "the call went wrong";
}
