import type { Catalog } from "../catalog/catalog.js";
import type { FolderHour } from "../folder-hour.js";
import type { TypeHour } from "../status/hour-states.js";
import type {
  PageBand,
  PageCell,
  PageFinding,
  PageModel,
} from "./page-model.js";
import type { PageHourReading } from "./read-page-hours.js";
import type { PageLoad } from "./read-page-ledger.js";

/** What `watch` says of one type's hours. */
export interface PageVerdicts {
  readonly bands: ReadonlyMap<FolderHour, PageBand>;
  readonly findings: readonly PageFinding[];
}

/** A type that an hour says nothing of: the hour did not hold it. */
const absent: PageCell = {
  state: "empty",
  staged: 0,
  loaded: null,
  setAside: null,
  finishedAt: null,
  durationMs: null,
};

/** @param verdicts By type; types that are not in it have no band. */
export function buildPageModel(
  catalog: Pick<Catalog, "timezone" | "types">,
  generatedAt: Date,
  readings: readonly PageHourReading[],
  verdicts: ReadonlyMap<string, PageVerdicts> = new Map(),
): PageModel {
  const cells = readings.map(readCells);
  const names = new Set(catalog.types.keys());
  for (const ofHour of cells) for (const name of ofHour.keys()) names.add(name);
  return {
    generatedAt,
    timezone: catalog.timezone,
    hours: readings.map(({ hour, counts }) => ({ hour, counts })),
    types: [...names].map((name) => {
      const type = catalog.types.get(name);
      const verdict = verdicts.get(name);
      const ofType = readings.map(
        ({ counts }, index) =>
          cells[index]?.get(name) ?? fillCell(counts !== null),
      );
      const states = new Map(
        readings.map(({ hour }, index) => [hour, ofType[index]?.state]),
      );
      return {
        name,
        table: type?.table ?? null,
        owner: type?.owner ?? null,
        cells: ofType,
        bands:
          verdict === undefined
            ? null
            : readings.map(({ hour }) => verdict.bands.get(hour) ?? null),
        findings: (verdict?.findings ?? []).filter(({ hour, rule }) => {
          const state = states.get(hour);
          // Nothing is known of its rows, least of all that there are none.
          if (state === "not_done") return false;
          // Its rows are there and wait for their load: another state, and the cell tells it.
          return !(state === "staged" && rule === "missing");
        }),
      };
    }),
  };
}

function fillCell(classified: boolean): PageCell {
  return classified ? absent : { ...absent, state: "not_done", staged: null };
}

function readCells({
  types,
  loads,
}: PageHourReading): ReadonlyMap<string, PageCell> {
  const byType = new Map(loads.map((row) => [row.logType, row]));
  return new Map(
    types.map((cell) => [cell.type, toCell(cell, byType.get(cell.type))]),
  );
}

function toCell(cell: TypeHour, load: PageLoad | undefined): PageCell {
  return {
    state: cell.state,
    staged: cell.staged,
    loaded: cell.loaded,
    setAside: cell.setAsideByLoad,
    finishedAt: load?.finishedAt ?? null,
    durationMs:
      load === undefined
        ? null
        : load.finishedAt.getTime() - load.startedAt.getTime(),
  };
}
