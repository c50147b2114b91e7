import { gzipSync } from "node:zlib";
import { expect } from "chai";
import fc from "fast-check";
import { decompress } from "../../src/classify/decompress.js";
import { libraryZstd, nodeZstd } from "../../src/classify/zstd.js";
import { collect } from "../contract/object-store.js";
import { readObject, readRefusal } from "./decompress-objects.js";

/** Written by `zstd`, with a checksum unless told otherwise. */
const frames = {
  one: "KLUv/QRYIQAAb25lCt8WaAk=",
  two: "KLUv/QRYIQAAdHdvCg8tBPk=",
  withoutChecksum: "KLUv/QBYIQAAb25lCg==",
  empty: "KLUv/SQAAQAAmenYUQ==",
  /** Three blocks of at most 128 KiB, compressed. */
  many: "KLUv/QRoNAQAkscTEcC3Abao/1+1yO7unctCz7kBYHd3d3dXVVVVVTUzMzMzExERERHx7u7u7s7MzMzMrKqqqqrq////t23btlcTz+omoQQEUjiBBBPEIKEEFGSoEeDv/wbAo8o1EngEgWH4+///b2P5nbYEIUhIvCUsriQVU4LiSUwsCUk95utS3DGRVgVUAAAAAQD9/1X8uQYCRQAAAAEATSg5AAJ3Stsw",
  /** The same, and its header says how many bytes it has. */
  manySized:
    "KLUv/aRQKAUANAQAkscTEcC3Abao/1+1yO7unctCz7kBYHd3d3dXVVVVVTUzMzMzExERERHx7u7u7s7MzMzMrKqqqqrq////t23btlcTz+omoQQEUjiBBBPEIKEEFGSoEeDv/wbAo8o1EngEgWH4+///b2P5nbYEIUhIvCUsriQVU4LiSUwsCUk95utS3DGRVgVUAAAAAQD9/1X8uQYCRQAAAAEATSg5AAJ3Stsw",
  ofADictionary: "KLUv/QdYgFBLGCEAAG9uZQrfFmgJ",
} as const;
const [one, two, withoutChecksum, empty, many, manySized, ofADictionary] = [
  frames.one,
  frames.two,
  frames.withoutChecksum,
  frames.empty,
  frames.many,
  frames.manySized,
  frames.ofADictionary,
].map((frame) => Buffer.from(frame, "base64")) as [
  Buffer,
  Buffer,
  Buffer,
  Buffer,
  Buffer,
  Buffer,
  Buffer,
];
const manyLines = Array.from(
  { length: 20_000 },
  (_, line) => `{"n":${line % 100},"t":"x"}\n`,
).join("");

/** 0 raw, 1 a byte and how often, 2 compressed, 3 reserved. */
function block(
  kind: 0 | 1 | 2 | 3,
  size: number,
  content: Uint8Array,
  last = true,
): Buffer {
  const head = Buffer.alloc(3);
  head.writeUIntLE((size << 3) | (kind << 1) | Number(last), 0, 3);
  return Buffer.concat([head, content]);
}

/** @param window The format's window descriptor: 0x38 are 128 KiB. */
function frame(blocks: Buffer, window = 0x38, descriptor = 0): Buffer {
  return Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, descriptor, window]),
    blocks,
  ]);
}

function rawFrame(text: string, window?: number): Buffer {
  const content = Buffer.from(text);
  return frame(block(0, content.length, content), window);
}

function skippable(content: Uint8Array, variant = 0): Buffer {
  const head = Buffer.from([0x50 + variant, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}

function withByte(bytes: Buffer, at: number, value: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = value;
  return changed;
}

const newline = Buffer.from("\n");
const blockSizes = [1, 7, 64 * 1024];

for (const [whose, zstd] of [
  ["Node's", nodeZstd],
  ["the library's", libraryZstd],
] as const) {
  describe(`decompress, by ${whose} zstd`, () => {
    if (zstd === null) {
      it("is skipped: this Node has no zstd, 22.15 and 23.8 brought it");
      return;
    }

    for (const [name, bytes, expected] of [
      ["a frame", one, "one\n"],
      ["a frame without a checksum", withoutChecksum, "one\n"],
      ["two frames", Buffer.concat([one, two]), "one\ntwo\n"],
      ["a compressed nothing", empty, ""],
      [
        "an empty frame between two",
        Buffer.concat([one, empty, two]),
        "one\ntwo\n",
      ],
      ["a frame of several blocks", many, manyLines],
      ["a frame that says its size", manySized, manyLines],
      [
        "long frames side by side",
        Buffer.concat([many, manySized, many]),
        manyLines.repeat(3),
      ],
      ["a raw block", rawFrame("one\n"), "one\n"],
      ["an empty last block", frame(block(0, 0, Buffer.alloc(0))), ""],
      [
        "a run of one byte",
        frame(
          Buffer.concat([
            block(1, 128 * 1024, newline, false),
            block(1, 3, newline),
          ]),
        ),
        "\n".repeat(128 * 1024 + 3),
      ],
      ["the largest window", rawFrame("one\n", 17 << 3), "one\n"],
      [
        "a skippable frame first",
        Buffer.concat([skippable(Buffer.from("index")), one]),
        "one\n",
      ],
      [
        "skippable frames everywhere",
        Buffer.concat([
          skippable(Buffer.alloc(0)),
          one,
          skippable(Buffer.alloc(300, 1), 15),
          skippable(one, 7),
          two,
          skippable(Buffer.alloc(1)),
        ]),
        "one\ntwo\n",
      ],
      ["a skippable frame alone", skippable(one), ""],
    ] as const) {
      for (const blockSize of blockSizes) {
        it(`reads ${name}, in blocks of ${blockSize}`, async () => {
          const read = await readObject(bytes, { blockSize, zstd });
          expect(read.equals(Buffer.from(expected))).to.equal(true);
        });
      }
    }

    for (const [name, bytes, words] of [
      ["the magic bytes alone", one.subarray(0, 4), "cut short"],
      ["a frame without its checksum", one.subarray(0, -4), "cut short"],
      [
        "a truncated later frame",
        Buffer.concat([one, two.subarray(0, -1)]),
        "cut short",
      ],
      [
        "a frame without its last block",
        frame(block(0, 1, newline, false)),
        "cut short",
      ],
      [
        "a truncated skippable frame",
        Buffer.concat([one, skippable(one).subarray(0, -1)]),
        "cut short",
      ],
      [
        "a truncated head of a skippable frame",
        Buffer.concat([one, skippable(one).subarray(0, 6)]),
        "cut short",
      ],
      [
        "garbage after a frame",
        Buffer.concat([one, Buffer.from("garbage")]),
        "other bytes follow",
      ],
      [
        "a single byte after a frame",
        Buffer.concat([one, Buffer.from([0x28])]),
        "other bytes follow",
      ],
      [
        "zero padding after a frame",
        Buffer.concat([one, Buffer.alloc(700)]),
        "other bytes follow",
      ],
      [
        "gzip after a frame",
        Buffer.concat([one, gzipSync("two\n")]),
        "other bytes follow",
      ],
      ["a wrong checksum", withByte(one, one.length - 1, 0), "damaged"],
      [
        "a wrong checksum after many blocks",
        withByte(many, many.length - 1, 0),
        "damaged",
      ],
      [
        "a wrong checksum before a frame",
        Buffer.concat([withByte(one, one.length - 1, 0), two]),
        "damaged",
      ],
      ["a changed byte of the content", withByte(one, 10, 0x4f), "damaged"],
      ["another size than it says", withByte(manySized, 6, 1), "damaged"],
      [
        "a block of the reserved type",
        frame(block(3, 1, newline)),
        "reserved type",
      ],
      [
        "a compressed block of nonsense",
        frame(block(2, 9, Buffer.alloc(9, 0xff))),
        "damaged",
      ],
      [
        "a run longer than a block may be",
        frame(block(1, 2 ** 21 - 1, newline)),
        "damaged",
      ],
      [
        "a header with the reserved bit",
        frame(block(0, 1, newline), 0x38, 8),
        "damaged",
      ],
      [
        "a window that is a little larger",
        rawFrame("one\n", (17 << 3) | 1),
        "needs a window of 144 MiB, and one object gets 128 MiB at most",
      ],
      [
        "the largest window there is",
        Buffer.concat([one, rawFrame("two\n", 0xff)]),
        "needs a window of 3932160 MiB",
      ],
      [
        "a size of 2^64 - 1 in one segment",
        Buffer.concat([
          Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xe0]),
          Buffer.alloc(8, 0xff),
          block(0, 1, newline),
        ]),
        "needs a window of 17592186044416 MiB",
      ],
      ["a dictionary", ofADictionary, "needs the dictionary"],
    ] as const) {
      for (const blockSize of blockSizes) {
        it(`refuses ${name}, in blocks of ${blockSize}`, async () => {
          const refusal = await readRefusal(bytes, { blockSize, zstd });
          expect(refusal).to.include("a.ndjson: ");
          expect(refusal).to.include(words);
          expect(refusal).to.include("nothing of the hour was committed");
        });
      }
    }

    it("refuses an object cut anywhere but at a frame's end", async () => {
      const parts = [one, empty, skippable(two), many, rawFrame("x\n"), two];
      const bytes = Buffer.concat(parts);
      const ends = new Set<number>();
      for (let end = 0, at = 0; at < parts.length; at += 1) {
        end += parts[at]?.length ?? 0;
        ends.add(end);
      }
      for (const blockSize of [1, 64 * 1024]) {
        for (let end = 4; end <= bytes.length; end += 1) {
          const cut = bytes.subarray(0, end);
          if (ends.has(end)) await readObject(cut, { blockSize, zstd });
          else await readRefusal(cut, { blockSize, zstd });
        }
      }
    });

    it("reads any frames in any order, cut anywhere", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(
            fc.oneof(
              fc.constantFrom<[Buffer, string]>(
                [one, "one\n"],
                [two, "two\n"],
                [empty, ""],
                [many, manyLines],
                [manySized, manyLines],
                [withoutChecksum, "one\n"],
              ),
              fc
                .string()
                .map((text): [Buffer, string] => [rawFrame(text), text]),
              fc
                .uint8Array()
                .map((content): [Buffer, string] => [skippable(content), ""]),
            ),
            { minLength: 1, maxLength: 6 },
          ),
          fc.integer({ min: 1, max: 200 }),
          async (parts, blockSize) => {
            const read = await readObject(
              Buffer.concat(parts.map(([bytes]) => bytes)),
              { blockSize, zstd },
            );
            const expected = parts.map(([, text]) => text).join("");
            expect(read.equals(Buffer.from(expected))).to.equal(true);
          },
        ),
      );
    });

    it("reads frames with empty blocks between their bytes", async () => {
      const blocks = async function* () {
        for (const byte of Buffer.concat([many, two])) {
          yield await Promise.resolve(Buffer.alloc(0));
          yield Buffer.from([byte]);
        }
      };
      const read = await collect(decompress("a", blocks(), zstd));
      expect(String(Buffer.concat(read))).to.equal(`${manyLines}two\n`);
    });

    it("reads several objects side by side", async () => {
      const read = await Promise.all(
        [many, one, manySized, two].map((bytes) =>
          readObject(bytes, { blockSize: 5, zstd }),
        ),
      );
      expect(read.map(String)).to.deep.equal([
        manyLines,
        "one\n",
        manyLines,
        "two\n",
      ]);
    });

    it("reads on after a damaged object, and after one left early", async () => {
      await readRefusal(withByte(many, 30, 0), { zstd });
      const blocks = zstd(
        "a",
        (async function* () {
          yield await Promise.resolve(many);
        })(),
      );
      expect((await blocks.next()).value).to.have.length.above(0);
      await blocks.return(undefined);
      expect(String(await readObject(many, { zstd }))).to.equal(manyLines);
    });
  });
}
