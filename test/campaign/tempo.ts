/** How long each command takes on this machine, now: what kills and freezes jobs is timed by it. */
export interface Tempo {
  learn(command: string, durationMs: number): void;
  /** A time within which such a job may be at anything that it does. */
  of(command: string): number;
}

const firstGuessMs = 900;

export function createTempo(): Tempo {
  const typical = new Map<string, number>();
  const of = (command: string) => typical.get(command) ?? firstGuessMs;
  return {
    of,
    learn: (command, durationMs) => {
      typical.set(command, 0.7 * of(command) + 0.3 * durationMs);
    },
  };
}
