/** The work's outcome, or an error with the code ETIMEDOUT. Looking for credentials has no end of its own, nor has an answer that trickles. */
export async function endInTime<T>(
  timeoutMs: number,
  work: Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const message = `no answer within ${timeoutMs / 1000} s`;
      reject(Object.assign(new Error(message), { code: "ETIMEDOUT" }));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
