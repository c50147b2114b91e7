import { expect } from "chai";
import {
  defaultMaxLineBytes,
  keptHeadBytes,
  type SplitterOptions,
} from "../../src/classify/splitter.js";
import {
  expectedSplit,
  findDifference,
  recordSplit,
  type MakeSplitter,
  type RecordedSplit,
} from "./record-split.js";
import { byteLines, tokenLines } from "./scanner/exhaustive-lines.js";
import { fuzzBlocks, typeKeys } from "./scanner/find-scan-fault.js";
import { createRandom } from "./scanner/fuzz-lines.js";
import { hardLines, pathLines } from "./scanner/hard-lines.js";
import { packLines } from "./scanner/pack-lines.js";

const mib = 1024 ** 2;

const defaults: SplitterOptions = {
  typeKey: ["t"],
  maxLineBytes: defaultMaxLineBytes,
  bufferBytes: 2 * mib,
};

/** Many blocks a splitter: a new one for each would take most of the time. */
function* someAtOnce(blocks: Iterable<Buffer>): Generator<Buffer[]> {
  let some: Buffer[] = [];
  for (const block of blocks) {
    if (some.push(Buffer.from(block)) < 200) continue;
    yield some;
    some = [];
  }
  yield some;
}

function piecesOf(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let start = 0;
  for (const size of [...sizes, bytes.length]) {
    pieces.push(bytes.subarray(start, start + size));
    start += size;
  }
  return pieces;
}

/** What every splitter promises. */
export function describeSplitter(
  name: string,
  makeSplitter: MakeSplitter,
): void {
  const split = (
    objects: readonly (string | Buffer)[],
    options: Partial<SplitterOptions> = {},
    sizes: readonly number[] = [],
  ): RecordedSplit => {
    const all = { ...defaults, ...options };
    const bytes = objects.map((object) => Buffer.from(object));
    const found = recordSplit(
      makeSplitter,
      all,
      bytes.map((object) => piecesOf(object, sizes)),
    );
    const difference = findDifference(expectedSplit(all, bytes), found);
    if (difference !== null) expect.fail(difference);
    return found;
  };
  const textOf = (found: RecordedSplit, type: string) =>
    found.types.get(type)?.bytes.toString();

  describe(`${name} as a splitter`, () => {
    it("passes a line on as it came, less one CR, under its type", () => {
      const found = split([
        '{"t":"a","n":1.0}\r\n { "t" : "b" } \r\r\n{"t":"a","n":12345678901234567890}\n',
      ]);
      expect(textOf(found, "a")).to.equal(
        '{"t":"a","n":1.0}\n{"t":"a","n":12345678901234567890}\n',
      );
      expect(textOf(found, "b")).to.equal(' { "t" : "b" } \r\n');
    });

    it("says why a line is refused, where it is, and what it was", () => {
      const found = split(['\n[1]\r\n{"t":1}\n \r\n{"t":"../x"}\nx\n\xff\n']);
      expect(
        found.refused.map(({ reason, line, offset, lengthBytes }) => [
          reason,
          line,
          offset,
          lengthBytes,
        ]),
      ).to.deep.equal([
        ["not_object", 2, 1, 4],
        ["no_type", 3, 6, 7],
        ["bad_type_name", 5, 17, 12],
        ["not_json", 6, 30, 1],
        ["not_json", 7, 32, 2],
      ]);
      expect(found.objects).to.deep.equal([{ lines: 7, blank: 2, bytes: 35 }]);
    });

    it("names the first reason that holds", () => {
      const bytes = (...texts: string[]) =>
        Buffer.from(texts.join("\n"), "latin1");
      const found = split(
        [bytes("\xff{", '{"t":"\xff"}', "\xff", "{", "[", "1\xff234567890")],
        { maxLineBytes: 10 },
      );
      expect(found.refused.map(({ reason }) => reason)).to.deep.equal([
        "not_utf8",
        "not_utf8",
        "not_utf8",
        "not_json",
        "not_json",
        "too_long",
      ]);
    });

    it("begins each object anew, whether or not the one before had its last newline", () => {
      const found = split([
        '{"t":"a"}\nx',
        '{"t":"b"}',
        "",
        "\n",
        '{"t":"a"}\r',
        'y\n{"t":"b"}\n',
      ]);
      expect(found.objects.map(({ lines }) => lines)).to.deep.equal([
        2, 1, 0, 1, 1, 2,
      ]);
      expect(
        found.refused.map(({ line, offset }) => [line, offset]),
      ).to.deep.equal([
        [2, 10],
        [1, 0],
      ]);
    });

    it("does not mistake what Object has for a member", () => {
      const path = { typeKey: ["constructor", "name"] };
      expect(split(['{"a":1}\n'], path).refused[0]?.reason).to.equal("no_type");
      const found = split(['{"__proto__":{"t":"a"}}\n{"__proto__":"a"}\n'], {
        typeKey: ["__proto__", "t"],
      });
      expect(textOf(found, "a")).to.equal('{"__proto__":{"t":"a"}}\n');
    });

    for (const typeKey of typeKeys) {
      it(`finds the type at ${JSON.stringify(typeKey)}, among namesakes, duplicates and near misses`, () => {
        for (const blocks of someAtOnce(packLines(pathLines(typeKey))))
          split(blocks, { typeKey });
      });
    }

    it("finds the type at keys of 1 to 20 bytes", () => {
      for (let length = 1; length <= 20; length += 1) {
        const key = "log_type_of_an_event".slice(0, length);
        const lines = [key, `${key}x`, key.slice(1), `${key.slice(0, -1)}_`]
          .map((each) => `{${JSON.stringify(each)}:"a"}\n`)
          .join("");
        const found = split([lines], { typeKey: [key] });
        expect(found.types.get("a")?.rows).to.be.at.least(1);
      }
    });

    it("agrees with JSON.parse on the lines at the edges of its rules", function () {
      this.timeout(60_000);
      for (const blocks of someAtOnce(packLines(hardLines(["t"]))))
        split(blocks);
    });

    it("agrees with JSON.parse on every short string of tokens", function () {
      this.timeout(60_000);
      for (const blocks of someAtOnce(packLines(tokenLines(["t"], 4))))
        split(blocks);
    });

    it("tells UTF-8 from what is not, for every short sequence of bytes", function () {
      this.timeout(60_000);
      for (const blocks of someAtOnce(packLines(byteLines(["t"], 1))))
        split(blocks);
    });

    const seed = Date.now() % 2 ** 31;
    it(`gives the same whatever the pieces, for random lines (seed ${seed})`, function () {
      this.timeout(60_000);
      const random = createRandom(seed);
      const limits = [1, 10, 60, 300, 65_535, 65_536, defaultMaxLineBytes];
      for (const typeKey of [["t"], ["event", "dataset"]]) {
        const blocks = fuzzBlocks(typeKey, seed, 12_000);
        for (const block of blocks) {
          const cut = random(block.length + 1);
          const sizes = Array.from({ length: random(40) }, () => random(400));
          split(
            [block.subarray(0, cut), block.subarray(cut)],
            {
              typeKey,
              maxLineBytes: limits[random(limits.length)]!,
              bufferBytes: random(2) * 600_000,
            },
            sizes,
          );
        }
      }
    });

    it("gives the same from single bytes", () => {
      for (const block of fuzzBlocks(["t"], seed, 40))
        split(
          [block],
          {},
          Array.from(block, () => 1),
        );
    });

    it("keeps a type's order where some of its lines need JSON.parse", () => {
      const lines = Array.from({ length: 50_000 }, (_, index) =>
        index % 3 === 0
          ? `{"\\u0074":"a","n":${index}}`
          : `{"t":"${index % 2 === 0 ? "a" : "\\u0061"}","n":${index}}`,
      );
      const found = split([lines.join("\n")]);
      expect(found.types.get("a")?.rows).to.equal(50_000);
    });

    for (const lengthBytes of [10, 65_535, 65_536, 65_537, 300_000, 700_000])
      it(`refuses lines over ${lengthBytes} bytes, whatever they hold, and takes one of just that many`, () => {
        const pad = (line: string, bytes: number) =>
          line.replace("~", "~".repeat(bytes - line.length + 1));
        const texts = ['{"t":"~"}', "~", "x~", '{"t":"a"}~'].flatMap((line) =>
          [0, 1, 2, 70_000].map((more) => pad(line, lengthBytes + more)),
        );
        const blank = [0, 1].map((more) => " ".repeat(lengthBytes + more));
        const typed = [0, 1].map((more) =>
          pad('{"t":"a"}~', lengthBytes + more).replaceAll("~", " "),
        );
        const object = [...texts, ...blank, ...typed].join("\n");
        for (const sizes of [[], Array.from({ length: 40 }, () => 30_011)]) {
          const found = split(
            [object, object.replaceAll("\n", "\r\n")],
            { maxLineBytes: lengthBytes },
            sizes,
          );
          expect(textOf(found, "a")?.length).to.equal(lengthBytes + 1);
          const long = found.refused.find(
            ({ reason }) => reason === "too_long",
          );
          expect(long?.bytes.length).to.equal(
            Math.min(lengthBytes + 1, keptHeadBytes),
          );
        }
      });

    it("takes lines longer than any of its blocks and buffers, between short ones", () => {
      const long = (bytes: number, type: string) =>
        `{"s":"${"x".repeat(bytes)}","t":"${type}"}`;
      const lines = [
        3_000, 5_000, 250_000, 262_144, 300_000, 530_000, 1_500_000,
      ].flatMap((bytes) => [
        long(bytes, "a"),
        long(1, "a"),
        long(bytes, "\\u0061"),
        long(bytes, "b\r".trim()),
        `${long(bytes, "a")}\r`,
        `[${long(bytes, "a")}]`,
        long(9, "b"),
      ]);
      for (const bufferBytes of [0, 300_000, 2 * mib])
        split([lines.join("\n")], { bufferBytes }, [7, 400_000, 1]);
    });

    it("takes a line of 100 MB, refuses one of 100,000,001 bytes, and goes on", function () {
      this.timeout(60_000);
      const piece = Buffer.alloc(256 * 1024, "x");
      const head = Buffer.from('{"t":"a"}\n{"t":"long","s":"');
      const tail = '"}\r';
      const types: [string, number, number][] = [];
      const refused: unknown[] = [];
      const splitter = makeSplitter(
        {
          takeLines(type, rows, bytes) {
            if (type === "long")
              expect(bytes.subarray(-4)).to.deep.equal(Buffer.from('x"}\n'));
            types.push([type, rows, bytes.length]);
          },
          takeRefused({ bytes, ...line }) {
            refused.push({ ...line, head: bytes.length });
          },
        },
        defaults,
      );
      for (const more of [0, 1]) {
        splitter.push(head);
        let left = 100_000_000 + more - (head.length - 10) - tail.length;
        for (; left > 0; left -= piece.length)
          splitter.push(piece.subarray(0, Math.min(left, piece.length)));
        splitter.push(Buffer.from(`${tail}\n{"t":"b"}`));
        expect(splitter.end()).to.deep.equal({
          lines: 3,
          blank: 0,
          bytes: 100_000_021 + more,
        });
      }
      splitter.flush();
      const total = new Map<string, number>();
      for (const [type, , bytes] of types)
        total.set(type, (total.get(type) ?? 0) + bytes);
      expect(Object.fromEntries(total)).to.deep.equal({
        a: 20,
        b: 20,
        long: 100_000_000,
      });
      expect(refused).to.deep.equal([
        {
          reason: "too_long",
          line: 2,
          offset: 10,
          lengthBytes: 100_000_001,
          head: keptHeadBytes,
        },
      ]);
    });

    for (const types of [2_500, 6_000])
      it(`sorts by ${types} types`, () => {
        const lines = Array.from(
          { length: types * 3 },
          (_, index) =>
            `{"t":"type.${index % types}","n":${index}}${index % 5 === 0 ? "\r" : ""}\n`,
        );
        const found = split([lines.join(""), lines.reverse().join("")]);
        expect(found.types.size).to.equal(types);
      });

    it("takes more than 65,536 lines in a block", () => {
      const found = split([
        `${"1\n".repeat(70_000)}{"t":"a"}\n${"\n".repeat(140_000)}{"t":"a"}`,
      ]);
      expect(found.objects[0]).to.include({ lines: 210_002, blank: 140_000 });
      expect(found.refused.length).to.equal(70_000);
    });
  });
}
