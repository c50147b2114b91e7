import { expect } from "chai";
import type { Manifest } from "../../src/classify/manifest.js";
import { parseFolderHour, type FolderHour } from "../../src/folder-hour.js";
import { judgeHour } from "../../src/status/hour-states.js";
import type { HourStatus } from "../../src/status/read-states.js";
import { formatDiffering, formatStates } from "../../src/terminal/tables.js";

const hour = parseFolderHour("2026-01-15T03");

function statusOf(
  staged: { readonly rows: number; readonly seq: number } | null,
  loaded: {
    readonly rows: number;
    readonly seq: number;
    readonly run?: string;
    readonly setAside?: number;
  } | null,
  at: FolderHour = hour,
): HourStatus {
  const manifest: Manifest | null =
    staged === null
      ? null
      : {
          version: 1,
          hour: at,
          seq: staged.seq,
          run: "r",
          catalog: "sha256:0",
          finished_at: "2026-01-15T04:06:00Z",
          inputs: [],
          lines: staged.rows,
          blank: 0,
          set_aside: { rows: 0, reasons: {}, files: [] },
          types: {
            cart: {
              rows: staged.rows,
              catalogued: true,
              wrapped: [],
              files: [],
            },
          },
        };
  const ledger =
    loaded === null
      ? []
      : [
          {
            logType: "cart",
            folderHour: at,
            seq: loaded.seq,
            run: loaded.run ?? "r",
            rowsLoaded: loaded.rows,
            rowsSetAside: loaded.setAside ?? 0,
          },
        ];
  return {
    hour: at,
    manifest,
    types: judgeHour(at, ["cart"], manifest, ledger),
  };
}

describe("the table of states", () => {
  const cells: [HourStatus, string][] = [
    [statusOf({ rows: 3, seq: 2 }, { rows: 3, seq: 2 }), "3 loaded"],
    [
      statusOf({ rows: 3, seq: 3 }, { rows: 3, seq: 2 }),
      "3 loaded of seq 2, seq 3 staged: differing",
    ],
    [
      statusOf({ rows: 4, seq: 3 }, { rows: 3, seq: 2, setAside: 1 }),
      "3 loaded, 1 set aside of seq 2, seq 3 staged: differing",
    ],
    [
      statusOf({ rows: 3, seq: 1 }, { rows: 3, seq: 1, run: "before" }),
      "3 loaded of a seq 1 of before, seq 1 staged: differing",
    ],
    [
      statusOf({ rows: 4, seq: 3 }, { rows: 3, seq: 2 }),
      "3 loaded, 4 staged: differing",
    ],
    [statusOf(null, { rows: 3, seq: 2 }), "3 loaded, none staged: differing"],
  ];
  for (const [status, cell] of cells)
    it(`says "${cell}"`, () => {
      const line = formatStates([status])
        .split("\n")
        .find((each) => each.startsWith("cart"));
      expect(line?.replace(/^cart +/, "")).to.equal(cell);
    });

  it("is closed by the command that loads what differs again, of these hours alone", () => {
    const differing = statusOf({ rows: 3, seq: 3 }, { rows: 3, seq: 2 });
    const loaded = statusOf({ rows: 3, seq: 2 }, { rows: 3, seq: 2 });
    const first = parseFolderHour("2026-01-15T01");
    const last = parseFolderHour("2026-01-15T05");
    const options = ["--catalog", "my catalog.yaml"];
    expect(formatDiffering([loaded], options)).to.equal("");
    expect(
      formatDiffering(
        [
          statusOf({ rows: 3, seq: 2 }, { rows: 3, seq: 2 }, first),
          differing,
          statusOf({ rows: 3, seq: 2 }, { rows: 1, seq: 2 }, last),
        ],
        options,
      ),
    ).to.equal(
      "What is differing is loaded again by: sluice reconcile --from 2026-01-15T03 --to 2026-01-15T05 --run --catalog 'my catalog.yaml'",
    );
  });

  it("is closed by nothing for a type that the catalog lacks: reconcile leaves it", () => {
    const status = statusOf({ rows: 3, seq: 3 }, { rows: 3, seq: 2 });
    const types = status.types.map((cell) => ({ ...cell, catalogued: false }));
    expect(formatDiffering([{ ...status, types }], [])).to.equal("");
  });
});
