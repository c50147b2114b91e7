import pRetry from "p-retry";
import { isRetryable } from "./gcs-error.js";
import type { GcsLimits } from "./gcs-limits.js";

/**
 * The SDK's own retries are switched off: they never call back once their total time is over (retry-request 7,
 * `retryAfterDelay`), and are a setting of the client that requests switch on and off for each other.
 */
export function retrying<T>(
  limits: GcsLimits,
  attempt: (attemptNumber: number) => Promise<T>,
): Promise<T> {
  return pRetry((number) => endInTime(limits, attempt(number)), {
    retries: limits.retries,
    minTimeout: limits.minRetryDelayMs,
    maxTimeout: limits.maxRetryDelayMs,
    factor: 2,
    randomize: true,
    maxRetryTime: limits.totalRetryMs,
    shouldRetry: ({ error }) => isRetryable(error),
  });
}

/** Looking for credentials has no end of its own, nor has an answer that trickles. */
async function endInTime<T>(
  { requestTimeoutMs }: GcsLimits,
  work: Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const message = `no answer within ${requestTimeoutMs / 1000} s`;
      reject(Object.assign(new Error(message), { code: "ETIMEDOUT" }));
    }, requestTimeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
