const date = String.raw`(\d{4})[-/](\d{1,2})[-/](\d{1,2})`;
const clock = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:[.](\d{1,9}))?)?`;
const offset = String.raw`(Z|UTC|[+-]\d{1,2}(?::?\d{2})?)`;
const timestampText = new RegExp(
  `^${date}(?:[ T]${clock})?(?: ?${offset})?$`,
  "i",
);
const iso8601Text =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;
const dateText = /^(\d{4})-(\d\d)-(\d\d)$/;
const timeText = new RegExp(`^${clock}$`);

const secondMicros = 1_000_000n;
const dayMs = 86_400_000;

/** BigQuery's TIMESTAMP and DATETIME end there: 0001-01-01 to 9999-12-31. */
const firstMicros = BigInt(Date.parse("0001-01-01T00:00:00Z")) * 1000n;
const lastMicros =
  BigInt(Date.parse("9999-12-31T23:59:59Z")) * 1000n + 999_999n;

export function isTimestampMicros(micros: bigint): boolean {
  return micros >= firstMicros && micros <= lastMicros;
}

/** Microseconds since 1970 of a text that BigQuery reads as TIMESTAMP; without an offset it is UTC. Null: it is none. */
export function readTimestampMicros(text: string): bigint | null {
  return readMicros(timestampText.exec(text));
}

/** Microseconds since 1970 of an ISO 8601 date or date and time; without an offset it is UTC, digits past the microsecond are cut. Null: it is none. */
export function readIso8601Micros(text: string): bigint | null {
  return readMicros(iso8601Text.exec(text));
}

/** Microseconds since 1970, read as if it were UTC, of a DATETIME text, which has no offset. */
export function readDatetimeMicros(text: string): bigint | null {
  const match = timestampText.exec(text);
  return match?.[8] === undefined ? readMicros(match) : null;
}

/** Days since 1970 of `YYYY-MM-DD`. */
export function readDateDays(text: string): number | null {
  const match = dateText.exec(text);
  const midnightMs = match === null ? null : readMidnightMs(match);
  return midnightMs === null ? null : midnightMs / dayMs;
}

/** Microseconds since midnight of `HH:MM[:SS[.ffffff]]`. */
export function readTimeMicros(text: string): bigint | null {
  const match = timeText.exec(text);
  return match === null
    ? null
    : readClockMicros(match[1], match[2], match[3], match[4]);
}

function readMicros(match: RegExpExecArray | null): bigint | null {
  if (match === null) return null;
  const midnightMs = readMidnightMs(match);
  const clockMicros = readClockMicros(
    match[4] ?? "0",
    match[5] ?? "0",
    match[6],
    match[7],
  );
  const offsetMinutes = readOffsetMinutes(match[8]);
  if (midnightMs === null || clockMicros === null || offsetMinutes === null)
    return null;
  const micros =
    BigInt(midnightMs) * 1000n +
    clockMicros -
    BigInt(offsetMinutes) * 60n * secondMicros;
  return isTimestampMicros(micros) ? micros : null;
}

function readMidnightMs(match: RegExpExecArray): number | null {
  const [year, month, day] = [
    Number(match[1]),
    Number(match[2]),
    Number(match[3]),
  ];
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  const exists =
    year >= 1 &&
    midnight.getUTCMonth() === month - 1 &&
    midnight.getUTCDate() === day;
  return exists ? midnight.getTime() : null;
}

function readClockMicros(
  hourText: string | undefined,
  minuteText: string | undefined,
  secondText = "0",
  fraction = "",
): bigint | null {
  const [hour, minute, second] = [
    Number(hourText),
    Number(minuteText),
    Number(secondText),
  ];
  if (hour > 23 || minute > 59 || second > 59) return null;
  const wholeSeconds = BigInt(hour * 3600 + minute * 60 + second);
  return (
    wholeSeconds * secondMicros + BigInt(fraction.slice(0, 6).padEnd(6, "0"))
  );
}

function readOffsetMinutes(text: string | undefined): number | null {
  if (text === undefined || /^(Z|UTC)$/i.test(text)) return 0;
  const digits = text.slice(1).replace(":", "");
  const hours = Number(digits.length > 2 ? digits.slice(0, -2) : digits);
  const minutes = digits.length > 2 ? Number(digits.slice(-2)) : 0;
  if (hours > 14 || minutes > 59) return null;
  return (text.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}
