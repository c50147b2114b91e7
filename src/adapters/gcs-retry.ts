import pRetry from "p-retry";
import { endInTime } from "./end-in-time.js";
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
  return pRetry(
    (number) => endInTime(limits.requestTimeoutMs, attempt(number)),
    {
      retries: limits.retries,
      minTimeout: limits.minRetryDelayMs,
      maxTimeout: limits.maxRetryDelayMs,
      factor: 2,
      randomize: true,
      maxRetryTime: limits.totalRetryMs,
      shouldRetry: ({ error }) => isRetryable(error),
    },
  );
}
