import { expect } from "chai";
import { findLocalTime } from "../../src/dags/local-time.js";

/** Each as `CronDataIntervalTimetable` of Airflow 2.11 and 3 gives it. */
const moments: readonly (readonly [string, string, string, string])[] = [
  ["Asia/Seoul", "2026-10-24", "08:00", "2026-10-23T23:00"],
  ["Asia/Kolkata", "2026-10-24", "00:05", "2026-10-23T18:35"],
  ["America/New_York", "2026-03-08", "08:00", "2026-03-08T12:00"],
  ["America/New_York", "2026-11-01", "08:00", "2026-11-01T13:00"],
  ["America/New_York", "2026-03-07", "02:30", "2026-03-07T07:30"],
  ["America/New_York", "2026-03-08", "02:30", "2026-03-08T07:30"],
  ["America/New_York", "2026-03-09", "02:30", "2026-03-09T06:30"],
  ["America/New_York", "2026-10-31", "01:30", "2026-10-31T05:30"],
  ["America/New_York", "2026-11-01", "01:30", "2026-11-01T06:30"],
  ["Europe/Berlin", "2026-03-29", "02:15", "2026-03-29T01:15"],
  ["Europe/Berlin", "2026-10-25", "02:15", "2026-10-25T01:15"],
  ["America/Santiago", "2026-09-06", "00:30", "2026-09-06T04:30"],
  ["Australia/Lord_Howe", "2026-04-04", "01:45", "2026-04-03T14:45"],
  ["Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T15:15"],
  ["Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:45"],
  ["Australia/Lord_Howe", "2026-10-05", "02:15", "2026-10-04T15:15"],
];

describe("a time of day in a time zone", () => {
  for (const [timezone, day, time, expected] of moments)
    it(`is ${expected}Z for ${day} ${time} in ${timezone}`, () => {
      const [hour = 0, minute = 0] = time.split(":").map(Number);
      expect(findLocalTime(day, { hour, minute }, timezone)).to.deep.equal(
        new Date(`${expected}:00Z`),
      );
    });
});
