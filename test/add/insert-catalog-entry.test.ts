import { expect } from "chai";
import fc from "fast-check";
import { parseDocument } from "yaml";
import { insertCatalogEntry } from "../../src/add/insert-catalog-entry.js";

const entry = { start_date: "2026-11-21T03:00:00Z" };

function insert(
  text: string,
  name = "new",
  more: Record<string, string> = entry,
) {
  return insertCatalogEntry(text, "catalog.yaml", name, more);
}

describe("an entry put into the catalog", () => {
  const cases: readonly (readonly [
    title: string,
    before: string,
    after: string,
  ])[] = [
    [
      "after the last one, with comments, order, quotes and anchors as they were",
      '# top\ntype_key: t   # key\ntypes:\n    # first\n    "b": &b {load: fast} # why\n\n    a: *b\n\n# end\nairflow: {image: x}\n',
      '# top\ntype_key: t   # key\ntypes:\n    # first\n    "b": &b {load: fast} # why\n\n    a: *b\n    new:\n      start_date: 2026-11-21T03:00:00Z\n\n# end\nairflow: {image: x}\n',
    ],
    [
      "after what is deep in the last one, and its own comments",
      "types:\n  a:\n    columns:\n      x: {drop: true}\n    # of a\n  # of nobody\nsource: s\n",
      "types:\n  a:\n    columns:\n      x: {drop: true}\n    # of a\n  new:\n    start_date: 2026-11-21T03:00:00Z\n  # of nobody\nsource: s\n",
    ],
    [
      "after an entry without a value",
      "types:\n  a:\n  b:\n",
      "types:\n  a:\n  b:\n  new:\n    start_date: 2026-11-21T03:00:00Z\n",
    ],
    [
      "after a block of text",
      "types:\n  a:\n    description: |\n      one\n      # two\n\nsource: s\n",
      "types:\n  a:\n    description: |\n      one\n      # two\n  new:\n    start_date: 2026-11-21T03:00:00Z\n\nsource: s\n",
    ],
    [
      "at the end of a file without a newline",
      "types:\n  a: {}",
      "types:\n  a: {}\n  new:\n    start_date: 2026-11-21T03:00:00Z",
    ],
    [
      "in a file of CRLF",
      "types:\r\n  a: {}\r\nsource: s\r\n",
      "types:\r\n  a: {}\r\n  new:\r\n    start_date: 2026-11-21T03:00:00Z\r\nsource: s\r\n",
    ],
    [
      "in place of an empty map, beside its comment",
      "types: {} # none yet\nsource: s\n",
      "types:  # none yet\n  new:\n    start_date: 2026-11-21T03:00:00Z\nsource: s\n",
    ],
    [
      "where nothing is yet",
      "source: s\ntypes:\n",
      "source: s\ntypes:\n  new:\n    start_date: 2026-11-21T03:00:00Z\n",
    ],
    [
      "in a map on one line",
      "types: {a: {}, b: {load: fast}}\n",
      'types: {a: {}, b: {load: fast}, "new": { start_date: "2026-11-21T03:00:00Z" }}\n',
    ],
  ];
  for (const [title, before, after] of cases) {
    it(`stands ${title}`, () => {
      expect(insert(before)).to.equal(after);
    });
  }

  it("is one line where it says nothing", () => {
    expect(insert("types:\n  a: {}\n", "new", {})).to.equal(
      "types:\n  a: {}\n  new: {}\n",
    );
  });

  for (const name of [
    "true",
    "null",
    "1.0",
    "007",
    "2026-11-21",
    "0x1f",
    "a.b-c",
  ]) {
    it(`keeps the name ${name} a text`, () => {
      const after = insert("types:\n  a: {}\n", name);
      const { types } = parseDocument(after).toJS() as {
        types: Record<string, unknown>;
      };
      expect(Object.keys(types)).to.have.members(["a", name]);
      expect(parseDocument(after).errors).to.deep.equal([]);
    });
  }

  for (const [title, text] of [
    ["an alias", "x: &x {a: {}}\ntypes: *x\n"],
    ["a list", "types: [a]\n"],
    ["keys with question marks", "types:\n  ? a\n  : {}\n"],
  ] as const) {
    it(`is left to a person where types is ${title}`, () => {
      expect(() => insert(text)).to.throw(
        "Put these lines in by hand, then run the same command again:\n  new:\n    start_date: 2026-11-21T03:00:00Z",
      );
    });
  }

  it("changes nothing else, whatever the layout", () => {
    const comment = fc.constantFrom(
      "",
      "# c\n",
      "\n",
      "\n  # deeper\n",
      "      # deepest\n",
    );
    const value = fc.constantFrom(
      "{}",
      "",
      "{load: fast} # x",
      "\n    load: fast",
      "\n    columns:\n      a: {drop: true}",
      "\n    description: >\n      folded\n\n      text",
    );
    const layout = fc
      .tuple(
        comment,
        fc.array(fc.tuple(value, comment), { minLength: 1, maxLength: 4 }),
        fc.constantFrom("", "source: s\n", "# end", "...\n"),
        fc.boolean(),
      )
      .map(([top, entries, rest, crlf]) => {
        const lines = entries.map(
          ([each, after], index) => `  t${index}: ${each}\n${after}`,
        );
        const text = `${top.replace(/^ +/gm, "")}types:\n${lines.join("")}${rest}`;
        return crlf ? text.replaceAll("\n", "\r\n") : text;
      });
    fc.assert(
      fc.property(layout, (before) => {
        fc.pre(parseDocument(before).errors.length === 0);
        const after = insert(before);
        let at = 0;
        while (at < after.length && after[at] === before[at]) at += 1;
        const tail = before.length - at;
        const isOneInsertion =
          after.startsWith(before.slice(0, at)) &&
          (tail === 0 || after.endsWith(before.slice(at)));
        expect(isOneInsertion, JSON.stringify({ before, after })).to.equal(
          true,
        );
        const read = (text: string) =>
          (parseDocument(text).toJS() as { types: object }).types;
        expect(read(after)).to.deep.equal({ ...read(before), new: entry });
      }),
      { numRuns: 1000 },
    );
  });
});
