/** When a request, or a series of them, has taken long enough. */
export interface S3Limits {
  readonly connectTimeoutMs: number;
  /** From a request to the head of its answer, a part's upload included. */
  readonly requestTimeoutMs: number;
  /** Without a byte sent or received. Also where nobody reads the answer. */
  readonly stallTimeoutMs: number;
  /** Of one request, the first included. */
  readonly maxAttempts: number;
  /** How often a body that breaks is resumed with less than `progressBytes` between two breaks. */
  readonly resumes: number;
  readonly progressBytes: number;
  /** Doubled with each resume; each is between none and all of it, at random. */
  readonly resumeDelayMs: number;
  readonly maxResumeDelayMs: number;
  /** What is larger is uploaded in parts of so many bytes, of which one upload holds up to three. */
  readonly partBytes: number;
  readonly pageObjects: number;
}

/** The SDK's back-off makes of eight attempts about three seconds, and of eight that were throttled about half a minute. */
export const s3Limits: S3Limits = {
  connectTimeoutMs: 10_000,
  // A part of 8 MiB, and the seven beside it, at 5 Mbit/s.
  requestTimeoutMs: 120_000,
  stallTimeoutMs: 30_000,
  maxAttempts: 8,
  resumes: 8,
  progressBytes: 1024 * 1024,
  resumeDelayMs: 100,
  maxResumeDelayMs: 20_000,
  partBytes: 8 * 1024 * 1024,
  pageObjects: 1_000,
};
