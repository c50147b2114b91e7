import { expect } from "chai";
import { UsageError } from "../../src/errors.js";
import { readCounts } from "../../src/watch/read-counts.js";

function read(text: string) {
  return Object.fromEntries(
    [...readCounts("counts.csv", text)].map(([type, points]) => [
      type,
      points.map(({ hour, rows }) => `${hour} ${rows ?? "none"}`),
    ]),
  );
}

describe("reading a CSV of counts", () => {
  const readable: readonly (readonly [string, string, object])[] = [
    [
      "with a heading",
      "type,hour,rows\nview,2026-11-21T03,12\n",
      { view: ["2026-11-21T03 12"] },
    ],
    [
      "without one, without a line break at its end",
      "view,2026-11-21T03,12",
      { view: ["2026-11-21T03 12"] },
    ],
    [
      "with CRLF, a byte order mark and blank lines",
      "\uFEFFtype,hour,rows\r\n\r\nview,2026-11-21T03,0\r\n",
      { view: ["2026-11-21T03 0"] },
    ],
    [
      "with names in Korean, and quoted ones with commas and quotes",
      '조회,2026-11-21T03,1\n"a, ""b""",2026-11-21T03,2\n',
      { 조회: ["2026-11-21T03 1"], 'a, "b"': ["2026-11-21T03 2"] },
    ],
    [
      "with hours out of order, and with minutes of 0",
      "view,2026-11-21T04:00:00Z,1\nview,2026-11-21 03:00,2.5\n",
      { view: ["2026-11-21T04 1", "2026-11-21T03 2.5"] },
    ],
    [
      "with offsets to UTC",
      "view,2026-11-21T03:00:00+09:00,1\nview,2026-11-21 03:30-0530,2\n",
      { view: ["2026-11-20T18 1", "2026-11-21T09 2"] },
    ],
    [
      "with a heading of its own order, and columns besides",
      "hour,label,Rows,type\n2026-11-21T03,0,12,view\n",
      { view: ["2026-11-21T03 12"] },
    ],
    [
      "with powers of ten, and rows that are empty",
      "view,2026-11-21T03,1.2e+06\nview,2026-11-21T04,\n",
      { view: ["2026-11-21T03 1200000", "2026-11-21T04 none"] },
    ],
  ];
  for (const [title, text, counts] of readable)
    it(`takes one ${title}`, () => {
      expect(read(text)).to.deep.equal(counts);
    });

  const refused: readonly (readonly [string, string])[] = [
    [
      "",
      "counts.csv: no counts; expected lines of type,hour,rows like page_view,2026-11-21T03,1250",
    ],
    [
      "view,2026-11-21T03",
      "counts.csv:1: found 2 fields: expected 3, type,hour,rows",
    ],
    [
      "\nview,2026-11-21T24,1",
      'counts.csv:2: "2026-11-21T24" is not a folder hour: expected a UTC hour like 2026-11-21T03',
    ],
    [
      "view,2026-11-21T03,-1\nview,2026-11-21T04,1e16",
      'counts.csv:1: "-1" is not a number of rows: expected digits, up to 9007199254740991\n' +
        'counts.csv:2: "1e16" is not a number of rows: expected digits, up to 9007199254740991',
    ],
    [
      "view,2026-11-21T03,1\nview,2026-11-21T03,1",
      'counts.csv:2: "view" has a count of 2026-11-21T03 already (1): expected one line a type and hour',
    ],
    [
      "view,2026-11-21T03:30,1",
      'counts.csv:1: "2026-11-21T03:30" is within an hour: expected the rows of whole hours in UTC, one line each; sum finer counts first',
    ],
    [
      "view,2026-11-21T03:00+05:30,1",
      'counts.csv:1: "2026-11-21T03:00+05:30" is within an hour: expected the rows of whole hours in UTC, one line each; sum finer counts first',
    ],
    [
      "view,2026-02-30 03:00:00,1",
      'counts.csv:1: "2026-02-30 03:00:00" is not a folder hour: expected a UTC hour like 2026-11-21T03',
    ],
    [
      "hour,rows,type,label\n2026-11-21T03,1,view",
      "counts.csv:2: found 3 fields: expected 4, as in the heading",
    ],
    [
      '"view,2026-11-21T03,1',
      'counts.csv:1: "\\"view,2026-11-21T03,1" has a quote out of place: expected "..." around a whole field, and "" for a quote in it',
    ],
    [",2026-11-21T03,1", "counts.csv:1: the type is empty: expected its name"],
  ];
  for (const [text, message] of refused)
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => readCounts("counts.csv", text)).to.throw(
        UsageError,
        message,
      );
    });

  it("tells of twenty lines, and how many more there are", () => {
    expect(() => readCounts("c.csv", "x\n".repeat(23))).to.throw(
      "c.csv:20: found 1 fields: expected 3, type,hour,rows\nand 3 more such lines",
    );
  });
});
