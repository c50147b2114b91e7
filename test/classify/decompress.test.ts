import { gzipSync } from "node:zlib";
import { expect } from "chai";
import fc from "fast-check";
import { decompress } from "../../src/classify/decompress.js";
import { collect } from "../contract/object-store.js";
import { readObject, readRefusal } from "./decompress-objects.js";

const zeros = Buffer.alloc(700);
const one = gzipSync("one\n");
const two = gzipSync("two\n");

describe("decompress", () => {
  for (const [name, bytes, expected] of [
    ["plain bytes", Buffer.from("one\n"), "one\n"],
    ["no bytes", Buffer.alloc(0), ""],
    ["a single byte", Buffer.from([0x1f]), "\x1f"],
    ["one member", one, "one\n"],
    ["two members", Buffer.concat([one, two]), "one\ntwo\n"],
    [
      "an empty member between two",
      Buffer.concat([one, gzipSync(""), two]),
      "one\ntwo\n",
    ],
    ["a compressed nothing", gzipSync(""), ""],
    ["zero padding at the end", Buffer.concat([one, zeros]), "one\n"],
    [
      "zero padding, and a member behind it",
      Buffer.concat([one, zeros, two]),
      "one\ntwo\n",
    ],
    [
      "a zero byte, and two members behind it",
      Buffer.concat([one, Buffer.alloc(1), two, one]),
      "one\ntwo\none\n",
    ],
    [
      "zero padding twice",
      Buffer.concat([one, zeros, two, zeros, one, zeros]),
      "one\ntwo\none\n",
    ],
  ] as const) {
    for (const size of [1, 7, 64 * 1024]) {
      it(`reads ${name}, in blocks of ${size}`, async () => {
        expect(String(await readObject(bytes, { blockSize: size }))).to.equal(
          expected,
        );
      });
    }
  }

  for (const [name, bytes] of [
    ["a truncated member", one.subarray(0, -3)],
    ["a member without its body", one.subarray(0, 5)],
    ["the magic bytes alone", one.subarray(0, 2)],
    ["a truncated later member", Buffer.concat([one, two.subarray(0, -1)])],
    ["garbage after a member", Buffer.concat([one, Buffer.from("garbage")])],
    [
      "plain lines after a member",
      Buffer.concat([one, Buffer.from('{"a":1}\n')]),
    ],
    [
      "garbage after zero padding",
      Buffer.concat([one, zeros, Buffer.from("garbage")]),
    ],
    [
      "a single byte after zero padding",
      Buffer.concat([one, zeros, Buffer.from([0x1f])]),
    ],
    [
      "a wrong checksum",
      Buffer.concat([
        one.subarray(0, -8),
        Buffer.alloc(4, 1),
        one.subarray(-4),
      ]),
    ],
  ] as const) {
    for (const size of [1, 7, 64 * 1024]) {
      it(`refuses ${name} by the object's name, in blocks of ${size}`, async () => {
        expect(await readRefusal(bytes, { blockSize: size })).to.include(
          "a.ndjson: the gzip data is damaged",
        );
      });
    }
  }

  it("reads any members with any padding between, cut anywhere", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string(), fc.nat({ max: 9 })), {
          minLength: 1,
          maxLength: 5,
        }),
        fc.integer({ min: 1, max: 50 }),
        async (members, size) => {
          const bytes = Buffer.concat(
            members.flatMap(([text, padding]) => [
              gzipSync(text),
              Buffer.alloc(padding),
            ]),
          );
          expect(await readObject(bytes, { blockSize: size })).to.deep.equal(
            Buffer.from(members.map(([text]) => text).join("")),
          );
        },
      ),
    );
  });

  it("refuses an object cut anywhere but at a member's end", async () => {
    const members = [one, gzipSync(""), two, gzipSync("three\n")];
    const bytes = Buffer.concat(members);
    const ends = new Set<number>();
    for (let end = 0, at = 0; at < members.length; at += 1) {
      end += members[at]?.length ?? 0;
      ends.add(end);
    }
    for (const size of [1, 64 * 1024]) {
      for (let end = 2; end <= bytes.length; end += 1) {
        const cut = bytes.subarray(0, end);
        if (ends.has(end)) await readObject(cut, { blockSize: size });
        else await readRefusal(cut, { blockSize: size });
      }
    }
  });

  for (const [name, key, bytes, expected] of [
    ["gzip by another name", "a.ndjson", one, "one\n"],
    ["gzip by zstd's name", "a.zst", one, "one\n"],
    ["plain lines by gzip's name", "a.gz", Buffer.from("one\n"), "one\n"],
    ["plain lines by zstd's name", "a.zst", Buffer.from("one\n"), "one\n"],
    ["no bytes by gzip's name", "a.gz", Buffer.alloc(0), ""],
  ] as const) {
    it(`reads ${name}`, async () => {
      expect(String(await readObject(bytes, { key }))).to.equal(expected);
    });
  }

  for (const [name, bytes] of [
    ["gzip", gzipSync("one\n".repeat(300_000), { level: 0 })],
    ["plain", Buffer.from("one\n".repeat(300_000))],
  ] as const) {
    it(`reads a ${name} object whose first byte arrives alone, an empty block behind it, the rest at once`, async () => {
      const body = async function* () {
        yield await Promise.resolve(bytes.subarray(0, 1));
        yield bytes.subarray(0, 0);
        yield bytes.subarray(1);
      };
      const blocks = await collect(decompress("a", body()));
      expect(Buffer.concat(blocks).equals(Buffer.from("one\n".repeat(300_000))))
        .to.be.true;
      expect(Math.max(...blocks.map((block) => block.length))).to.equal(
        256 * 1024,
      );
    });
  }

  it("passes an error of the source on as it is", async () => {
    const mishap = new Error("connection lost");
    const body = async function* () {
      yield await Promise.resolve(one);
      throw mishap;
    };
    const error: unknown = await collect(decompress("a", body())).catch(
      (reason: unknown) => reason,
    );
    expect(error).to.equal(mishap);
  });

  it("closes the source where the reader leaves early", async () => {
    let closed = false;
    const body = async function* () {
      try {
        for (;;) yield await Promise.resolve(one);
      } finally {
        closed = true;
      }
    };
    for await (const block of decompress("a", body())) {
      expect(String(block)).to.include("one");
      break;
    }
    expect(closed).to.equal(true);
  });
});
