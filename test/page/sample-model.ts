import {
  addHours,
  parseFolderHour,
  startOf,
  type FolderHour,
} from "../../src/folder-hour.js";
import type {
  PageBand,
  PageCell,
  PageFinding,
  PageModel,
  PageType,
} from "../../src/page/page-model.js";

/** Names that would do harm where a name were more than a text. */
export const hostileNames = [
  "</script><img src=x onerror=alert(1)>",
  "<!--<script>alert(1)</script>",
  "구매_완료",
  "🛒-장바구니",
  "سجل_الدخول",
  "a{b|c}\n`$&`",
  "__proto__",
] as const;

const last = parseFolderHour("2026-11-21T23");
const hourMs = 3_600_000;

/** A shop's weeks: a daily wave per type, some hours of which went wrong. The same for the same sizes. */
export function sampleModel(
  types: number,
  days: number,
  names: readonly string[] = [],
): PageModel {
  const hours = Array.from({ length: days * 24 }, (_, index) =>
    addHours(last, index + 1 - days * 24),
  );
  const end = hours.length - 1;
  const notDone = (index: number): boolean => index === end - 30;
  return {
    generatedAt: new Date(startOf(last).getTime() + 2 * hourMs),
    timezone: "Asia/Seoul",
    hours: hours.map((hour, index) => ({
      hour,
      counts: notDone(index)
        ? null
        : {
            lines: 100_000 + (index % 24) * 1000,
            blank: 3,
            setAside: 40 + (index % 7) + (index === end - 5 ? 900 : 0),
            reasons: {
              not_json: 30 + (index % 7) + (index === end - 5 ? 900 : 0),
              no_type: 10,
            },
            unknown: index > end - 10 ? { new_thing: 12 } : {},
          },
    })),
    types: Array.from({ length: types }, (_, at) =>
      sampleType(names[at] ?? sampleName(at), at, hours, notDone),
    ),
  };
}

function sampleName(at: number): string {
  const words = ["page", "cart", "search", "login", "refund", "coupon", "push"];
  const ends = ["view", "added", "done", "failed", "shown"];
  return `${words[at % words.length] ?? ""}_${ends[at % ends.length] ?? ""}_${String(at).padStart(3, "0")}`;
}

function sampleType(
  name: string,
  at: number,
  hours: readonly FolderHour[],
  notDone: (index: number) => boolean,
): PageType {
  const end = hours.length - 1;
  const size = 40 * 1.07 ** (at % 60);
  const bands: (PageBand | null)[] = [];
  const findings: PageFinding[] = [];
  const cells = hours.map((hour, index): PageCell => {
    const wave = 1.2 + Math.sin(((index % 24) - 9) / 3.8);
    const expected = Math.round(size * wave);
    const noise = ((index * 7919 + at * 104_729) % 101) / 1000 - 0.05;
    let rows = Math.round(expected * (1 + noise));
    bands.push(
      index < 120
        ? null
        : { low: expected * 0.85, expected, high: expected * 1.15 },
    );
    if (at === 2 && index > end - 9 && index <= end - 5) {
      rows = Math.round(expected * 0.3);
      findings.push({ hour, rule: "drop", message: "70% fewer than expected" });
    }
    if (at === 4 && index === end - 14) {
      rows = expected * 3;
      findings.push({ hour, rule: "jump", message: "three times as many" });
    }
    if (at === 9 && index % 3 === 0) rows = 0;
    const finishedAt = new Date(
      startOf(hour).getTime() + hourMs + (10 + (at % 30)) * 60_000,
    );
    const loaded = {
      state: rows === 0 ? "empty" : "loaded",
      staged: rows,
      loaded: rows,
      setAside: 0,
      finishedAt,
      durationMs: 2000 + (at % 20) * 300 + (index % 5) * 100,
    } as const;
    const none = {
      loaded: null,
      setAside: null,
      finishedAt: null,
      durationMs: null,
    };
    if (notDone(index)) return { ...none, state: "not_done", staged: null };
    if (at === 6 && index > end - 3)
      return { ...none, state: "staged", staged: rows };
    if (at === 7 && index === end - 4)
      return { ...loaded, state: "differing", staged: rows + 5 };
    return loaded;
  });
  return {
    name,
    table: name.replace(/[^A-Za-z0-9_]/g, "_"),
    owner: ["shop", "ads", "플랫폼"][at % 3] ?? null,
    cells,
    bands: at % 11 === 10 ? null : bands,
    findings,
  };
}
