import { expect } from "chai";
import { formatSetAside } from "../../src/classify/set-aside-record.js";

const format = (bytes: Buffer) => {
  const pieces = [
    ...formatSetAside("a.ndjson", {
      reason: "not_json",
      line: 7,
      offset: 70,
      lengthBytes: bytes.length,
      bytes,
    }),
  ];
  const text = Buffer.concat(pieces).toString();
  const record = JSON.parse(text) as Record<string, unknown>;
  return { pieces, text, record };
};

describe("formatSetAside", () => {
  for (const [title, bytes, key] of [
    ["a text", Buffer.from("한글 \u0001"), "text"],
    ["a text of 1 MiB", Buffer.alloc(1024 ** 2, "a"), "text"],
    ["a longer text", Buffer.alloc(1024 ** 2 + 1, "a"), "base64"],
    ["no text", Buffer.from([0xff]), "base64"],
    ["nothing", Buffer.alloc(0), "text"],
    ...[0, 1, 2, 3, 4].map(
      (more) =>
        [
          `no text of ${3 * 65_536 + more} bytes`,
          Buffer.alloc(3 * 65_536 + more, 0xfe),
          "base64",
        ] as const,
    ),
  ] as const) {
    it(`keeps ${title} as ${key}`, () => {
      const { text, record } = format(bytes);
      expect(text.indexOf("\n")).to.equal(text.length - 1);
      const kept = Buffer.from(
        String(record[key]),
        key === "text" ? "utf8" : "base64",
      );
      expect(kept.equals(bytes)).to.equal(true);
      expect(Object.keys(record)).to.deep.equal([
        "reason",
        "source",
        "line",
        "offset",
        "length",
        key,
      ]);
    });
  }

  it("makes no piece that is much longer than a large line's share", () => {
    const { pieces } = format(Buffer.alloc(5_000_000, 0xff));
    expect(Math.max(...pieces.map((piece) => piece.length))).to.be.below(
      300_000,
    );
  });
});
