import { pino, destination } from "pino";

/** Structured logging, as pino has it: the fields first, then the words. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Logs to standard error: words on a terminal, JSON lines otherwise. */
export async function createLog(options: {
  readonly level: string;
  readonly terminal: boolean;
}): Promise<Log> {
  const base = { level: options.level, base: null };
  const log: Log = options.terminal
    ? pino(
        base,
        (await import("pino-pretty")).default({
          destination: 2,
          sync: true,
          translateTime: "HH:MM:ss",
          ignore: "pid,hostname",
        }),
      )
    : pino(
        { ...base, timestamp: () => `,"time":"${new Date().toISOString()}"` },
        destination({ dest: 2, sync: true }),
      );
  return log;
}
