const hourMs = 3_600_000;
const dayHours = 24;
const sunday = 0;

export interface LocalHour {
  /** 0..23. */
  readonly hourOfDay: number;
  /** 0 is Sunday; a day of the calendar counts as one. */
  readonly dayOfWeek: number;
}

/** Hours since 1970 in UTC to the time zone's hour of day and day of week. Costs a look at the zone twice a day. */
export function createLocalHours(
  timezone: string,
  calendar: ReadonlySet<string>,
): (utcHour: number) => LocalHour {
  const offsetAt = createOffsets(timezone);
  return (utcHour) => {
    const localHour = utcHour + offsetAt(utcHour);
    const day = Math.floor(localHour / dayHours);
    const date = new Date(localHour * hourMs);
    const special =
      calendar.size > 0 && calendar.has(date.toISOString().slice(0, 10));
    return {
      hourOfDay: localHour - day * dayHours,
      dayOfWeek: special ? sunday : date.getUTCDay(),
    };
  };
}

/** Whole hours; half hours of a zone are cut off, for counts come by the hour. */
function createOffsets(timezone: string): (utcHour: number) => number {
  if (timezone === "UTC") return () => 0;
  const format = new Intl.DateTimeFormat("en", {
    timeZone: timezone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
  });
  const known = new Map<number, number>();
  function readOffset(utcHour: number): number {
    const found = known.get(utcHour);
    if (found !== undefined) return found;
    const parts = new Map(
      format
        .formatToParts(utcHour * hourMs)
        .map(({ type, value }) => [type, Number(value)]),
    );
    const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
    const local = Date.UTC(
      part("year"),
      part("month") - 1,
      part("day"),
      part("hour"),
    );
    const offset = local / hourMs - utcHour;
    known.set(utcHour, offset);
    return offset;
  }
  return (utcHour) => {
    const midnight = Math.floor(utcHour / dayHours) * dayHours;
    const offset = readOffset(midnight);
    return offset === readOffset(midnight + dayHours)
      ? offset
      : readOffset(utcHour);
  };
}
