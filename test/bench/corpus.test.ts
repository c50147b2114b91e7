import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import {
  corpusKinds,
  writeCorpus,
  type Corpus,
  type CorpusOptions,
} from "../../bench/classify/corpus.js";

const sizeBytes = 400_000;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

describe("the benchmark's corpora", () => {
  let folder: string;
  let made = 0;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sluice-corpus-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const make = (options: Omit<CorpusOptions, "sizeBytes">): Promise<Corpus> =>
    writeCorpus(join(folder, String((made += 1))), { sizeBytes, ...options });

  for (const kind of corpusKinds) {
    it(`${kind}: the lines are the same for any number of objects, plain or gzip`, async () => {
      const options = { kind, spoiledShare: 0.1 };
      const one = joinObjects(await make(options));
      expect(one.length).to.be.at.least(sizeBytes);
      for (const objects of [2, 7]) {
        const corpus = await make({ ...options, objects });
        expect(corpus.files).to.have.length(objects);
        expect(joinObjects(corpus).equals(one), `${objects} objects`).to.be
          .true;
      }
      const zipped = await make({ ...options, objects: 3, gzip: 1 });
      expect(joinObjects(zipped).equals(one), "gzip").to.be.true;
    });

    it(`${kind}: another seed makes other lines`, async () => {
      const first = joinObjects(await make({ kind }));
      const other = joinObjects(await make({ kind, seed: 8 }));
      expect(first.equals(other)).to.be.false;
    });

    for (const typeKey of ["log_type", "type", "event.dataset"]) {
      it(`${kind}: with ${typeKey}, JSON.parse finds the types that were counted`, async () => {
        const corpus = await make({ kind, typeKey });
        const counted = countByParsing(corpus);
        expect(counted.types).to.deep.equal(new Map(corpus.counts));
        expect(counted).to.include({ bad: 0, blank: 0 });
        expect(corpus.types).to.include.members([...corpus.counts.keys()]);
      });
    }

    it(`${kind}: what is spoiled is counted, and JSON.parse refuses it`, async () => {
      const corpus = await make({ kind, spoiledShare: 0.5 });
      const { types, bad, blank, lines, endsWithCr } = countByParsing(corpus);
      expect(types).to.deep.equal(new Map(corpus.counts));
      expect({ bad, blank, lines }).to.deep.equal({
        bad: corpus.spoiled,
        blank: corpus.blank,
        lines: corpus.lines,
      });
      expect(Math.min(bad, blank, endsWithCr)).to.be.above(0);
    });
  }

  it("app: lines have about 300 to 1500 bytes, Korean, escapes and namesakes of the key", async () => {
    const lines = splitLines(await make({ kind: "app" }));
    const lengths = lines.map(({ length }) => length);
    const inRange = lengths.filter((length) => length >= 300 && length <= 1500);
    expect(inRange.length / lines.length).to.be.above(0.95);
    const share = (pattern: RegExp) =>
      lines.filter((line) => pattern.test(line.toString())).length /
      lines.length;
    expect(share(/[가-힣]/)).to.be.above(0.5);
    expect(share(/\\"|\\u[0-9a-f]{4}/)).to.be.above(0.3);
    expect(share(/"parent":\{"log_type":/)).to.be.within(0.02, 0.5);
    expect(share(/\{\\"log_type\\":/)).to.be.within(0.02, 0.08);
    expect(share(/^\{"log_type":/)).to.be.within(0.001, 0.5);
  });

  it("gha: the key comes second, and lines have namesakes of it", async () => {
    const lines = splitLines(await make({ kind: "gha" }));
    for (const line of lines)
      expect(line.toString()).to.match(/^\{"id":"\d+","type":"\w+Event",/);
    const namesakes = lines.filter((line) =>
      line.toString().includes('"type":"User"'),
    );
    expect(namesakes.length / lines.length).to.be.above(0.3);
  });
});

function joinObjects({ files }: Corpus): Buffer {
  return Buffer.concat(
    files.map((file) => {
      const bytes = readFileSync(file);
      return file.endsWith(".gz") ? gunzipSync(bytes) : bytes;
    }),
  );
}

function splitLines(corpus: Corpus): Buffer[] {
  const bytes = joinObjects(corpus);
  const lines: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(0x0a, start);
    expect(end, "every line ends with a newline").to.be.at.least(0);
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return lines;
}

function countByParsing(corpus: Corpus) {
  const types = new Map<string, number>();
  const counts = { lines: 0, bad: 0, blank: 0, endsWithCr: 0 };
  for (const line of splitLines(corpus)) {
    counts.lines += 1;
    if (line.at(-1) === 0x0d) counts.endsWithCr += 1;
    if (line.toString().trim() === "") counts.blank += 1;
    else {
      const type = typeOf(line, corpus.typeKey);
      if (type === null) counts.bad += 1;
      else types.set(type, (types.get(type) ?? 0) + 1);
    }
  }
  return { types, ...counts };
}

function typeOf(line: Buffer, typeKey: string): string | null {
  try {
    let value: unknown = JSON.parse(decoder.decode(line));
    for (const key of typeKey.split("."))
      value = (value as Record<string, unknown>)[key];
    return typeof value === "string" ? value : null;
  } catch {
    return null;
  }
}
