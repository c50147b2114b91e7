export interface Progress {
  readonly step: (label: string) => void;
  readonly stop: () => void;
}

/** A bar on standard error where that is a terminal; nothing otherwise. */
export async function startProgress(
  total: number,
  terminal: boolean,
): Promise<Progress> {
  if (!terminal) return { step: () => undefined, stop: () => undefined };
  const { default: progress } = await import("cli-progress");
  const bar = new progress.SingleBar({
    format: "{bar} {value}/{total} {label}",
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
  });
  bar.start(total, 0, { label: "" });
  return {
    step: (label) => {
      bar.increment(1, { label });
    },
    stop: () => {
      bar.stop();
    },
  };
}
