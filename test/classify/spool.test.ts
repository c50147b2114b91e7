import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32c } from "@node-rs/crc32";
import { expect } from "chai";
import fc from "fast-check";
import { createSpool, type SpooledPart } from "../../src/classify/spool.js";
import { ServiceError } from "../../src/errors.js";

const kib = 1024;
const roomy = { partSizeBytes: 1024 ** 3, bufferBytes: 1024 ** 3 };

function bytesOf(part: SpooledPart): Buffer {
  return "path" in part.content
    ? readFileSync(part.content.path)
    : Buffer.from(part.content.bytes);
}

function encodeCrc(bytes: Buffer): string {
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(crc32c(bytes));
  return crc.toString("base64");
}

describe("createSpool", () => {
  let folder: string;
  let parts: SpooledPart[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "sluice-spool-"));
    parts = [];
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (options: { partSizeBytes: number; bufferBytes: number }) =>
    createSpool({ folder, filesOpen: 2, ...options }, (part) => {
      const bytes = bytesOf(part);
      expect(part.sizeBytes).to.equal(bytes.length);
      expect(part.crc32c).to.equal(encodeCrc(bytes));
      parts.push(part);
    });
  const append = (
    spool: ReturnType<typeof createSpool>,
    name: string,
    text: string | Buffer,
    rows = 1,
  ): void => {
    const bytes = Buffer.from(text);
    spool.append(name, rows, bytes);
    bytes.fill("!");
  };
  const placesOf = () =>
    parts.map(({ name, content }) => [
      name,
      "path" in content ? "disk" : "memory",
    ]);

  it("ends a part before it would outgrow its size, and never within an append", () => {
    const spool = open({ ...roomy, partSizeBytes: 10 });
    for (const text of [
      "123456",
      "7890",
      "a",
      "b".repeat(25),
      "c",
      "d".repeat(9),
    ])
      append(spool, "a", text, text.length);
    spool.close();
    expect(
      parts.map((part) => [part.rows, String(bytesOf(part))]),
    ).to.deep.equal([
      [10, "1234567890"],
      [1, "a"],
      [25, "b".repeat(25)],
      [10, `c${"d".repeat(9)}`],
    ]);
  });

  it("hands a small part over from memory, without a file", () => {
    const spool = open(roomy);
    append(spool, "a", "x".repeat(3 * kib));
    append(spool, "a", "y".repeat(60 * kib));
    append(spool, "b", "z");
    expect(parts).to.deep.equal([]);
    spool.close();
    expect(placesOf()).to.deep.equal([
      ["a", "memory"],
      ["b", "memory"],
    ]);
  });

  it("writes a part to disk once it outgrows its buffer, or comes in a large piece", () => {
    const spool = open(roomy);
    for (let index = 0; index < 5; index += 1)
      append(spool, "grown", `${index}`.repeat(60 * kib));
    append(spool, "large", "x");
    append(spool, "large", "y".repeat(64 * kib));
    append(spool, "large", "z");
    spool.close();
    expect(placesOf()).to.deep.equal([
      ["grown", "disk"],
      ["large", "disk"],
    ]);
    expect(String(bytesOf(parts[1]!))).to.equal(`x${"y".repeat(64 * kib)}z`);
  });

  for (const [bufferBytes, places] of [
    [12 * kib, ["memory", "memory", "memory"]],
    [12 * kib - 1, ["disk", "disk", "memory"]],
  ] as const)
    it(`keeps three buffers of 4 KiB under a cap of ${bufferBytes} bytes in ${places.join(", ")}`, () => {
      const spool = open({ ...roomy, bufferBytes });
      for (const name of ["a", "b", "c"]) append(spool, name, `${name}\n`);
      spool.close();
      expect(placesOf().map(([, place]) => place)).to.deep.equal(places);
    });

  it("keeps all bytes of more parts than it holds files open", () => {
    const spool = open({ ...roomy, bufferBytes: 0 });
    for (const round of ["a", "b", "c"])
      for (let index = 0; index < 400; index += 1)
        append(spool, `${index}`, `${round}${index}\n`);
    spool.close();
    expect(parts.length).to.equal(400);
    for (const part of parts)
      expect(String(bytesOf(part))).to.equal(
        `a${part.name}\nb${part.name}\nc${part.name}\n`,
      );
  });

  it("keeps more of a row in that row's part", () => {
    const spool = open({ ...roomy, partSizeBytes: 10 });
    append(spool, "a", "12345678");
    append(spool, "a", "9abcdef", 0);
    append(spool, "a", "next");
    spool.close();
    expect(
      parts.map((part) => [part.rows, bytesOf(part).toString()]),
    ).to.deep.equal([
      [1, "123456789abcdef"],
      [1, "next"],
    ]);
  });

  it("forgets its open parts when it is discarded", () => {
    const spool = open(roomy);
    append(spool, "a", "x");
    append(spool, "b", "y".repeat(64 * kib));
    spool.discard();
    spool.close();
    expect(parts).to.deep.equal([]);
  });

  it("says what to do where its folder can't be written", () => {
    const spool = createSpool(
      { folder: join(folder, "none"), filesOpen: 2, ...roomy },
      () => undefined,
    );
    expect(() => {
      append(spool, "a", "x".repeat(64 * kib));
    })
      .to.throw(ServiceError, "name another folder by SLUICE_SPOOL")
      .with.property("cause");
  });

  it("gives every name's bytes back in their order, whatever the sizes and caps", () => {
    const size = fc.oneof(
      fc.nat({ max: 200 }),
      fc.nat({ max: 10_000 }),
      fc.constantFrom(4095, 4096, 4097, 65_535, 65_536, 262_144, 300_000),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "d"), size), {
          maxLength: 60,
        }),
        fc.constantFrom(1, 5_000, 70_000, 1024 ** 3),
        fc.constantFrom(0, 10_000, 100_000, 1024 ** 3),
        (appends, partSizeBytes, bufferBytes) => {
          parts = [];
          rmSync(folder, { recursive: true });
          folder = mkdtempSync(join(tmpdir(), "sluice-spool-"));
          const spool = open({ partSizeBytes, bufferBytes });
          const expected = new Map<string, string>();
          for (const [index, [name, bytes]] of appends.entries()) {
            const text = `${index % 10}`.repeat(bytes + 1);
            expected.set(name, (expected.get(name) ?? "") + text);
            append(spool, name, text);
          }
          spool.close();
          for (const [name, text] of expected) {
            const own = parts.filter((part) => part.name === name);
            expect(own.map((part) => String(bytesOf(part))).join("")).to.equal(
              text,
            );
            expect(own.reduce((sum, part) => sum + part.rows, 0)).to.equal(
              appends.filter(([each]) => each === name).length,
            );
            for (const part of own)
              expect(
                part.rows === 1 || part.sizeBytes <= partSizeBytes,
              ).to.equal(true);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
