/** When a request, or a series of them, has taken long enough. */
export interface GcsLimits {
  /** For one answer of the service whole, the upload of a chunk included. */
  readonly requestTimeoutMs: number;
  /** For the next bytes, sent or received. */
  readonly stallTimeoutMs: number;
  /** After a request's first attempt; of a download: with less than `progressBytes` between two of them. */
  readonly retries: number;
  readonly progressBytes: number;
  /** Doubled for each further retry; each is up to twice as long at random. */
  readonly minRetryDelayMs: number;
  readonly maxRetryDelayMs: number;
  /** No further retry is begun after that. */
  readonly totalRetryMs: number;
  /** Uploads of more bytes go in chunks of so many, of which each upload holds one; a multiple of 256 KiB. */
  readonly chunkBytes: number;
  /** A page of a listing. */
  readonly pageObjects: number;
}

/** Six retries take about 50 seconds. */
export const gcsLimits: GcsLimits = {
  requestTimeoutMs: 120_000,
  stallTimeoutMs: 30_000,
  retries: 6,
  progressBytes: 1024 * 1024,
  minRetryDelayMs: 500,
  maxRetryDelayMs: 30_000,
  totalRetryMs: 300_000,
  chunkBytes: 8 * 1024 * 1024,
  pageObjects: 1_000,
};

/** Connections to the service, of the whole process. */
export const maxSockets = 16;
