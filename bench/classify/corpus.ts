import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { createAppLines } from "./corpus/app-lines.js";
import { createGhaLines } from "./corpus/gha-lines.js";
import type { LineSource } from "./corpus/line-source.js";
import { spoilLines } from "./corpus/spoiled-lines.js";
import { createTypeKey } from "./corpus/type-key.js";
import { createWebhookLines } from "./corpus/webhook-lines.js";

const lineSources = {
  app: createAppLines,
  gha: createGhaLines,
  webhooks: createWebhookLines,
};
const blockBytes = 1 << 20;
const notUtf8 = 0xff;

export type CorpusKind = keyof typeof lineSources;
export const corpusKinds = Object.keys(lineSources) as readonly CorpusKind[];

/** The key that a kind's lines have their type at, unless another is asked for. */
export const defaultTypeKeys: Readonly<Record<CorpusKind, string>> = {
  app: "log_type",
  gha: "type",
  webhooks: "log_type",
};

export interface CorpusOptions {
  readonly kind: CorpusKind;
  /** Plain bytes, reached by the last line. */
  readonly sizeBytes: number;
  readonly objects?: number;
  /** Level; plain without it. */
  readonly gzip?: number;
  /** Share of lines that are broken, blank, or end with CR. */
  readonly spoiledShare?: number;
  /** Dots reach into nested objects. */
  readonly typeKey?: string;
  readonly seed?: number;
}

export interface Corpus {
  readonly files: readonly string[];
  readonly typeKey: string;
  /** Every type that such a corpus may hold. */
  readonly types: readonly string[];
  /** Plain, newlines included. */
  readonly bytes: number;
  readonly lines: number;
  readonly blank: number;
  readonly spoiled: number;
  /** Good lines by type. */
  readonly counts: ReadonlyMap<string, number>;
}

/**
 * Writes made-up logs as NDJSON objects of about equal size into a folder. Which lines come, and in which order, depends on the
 * kind, the type key, the share of spoiled lines and the seed alone: the objects put together are the same however many they are.
 */
export async function writeCorpus(
  folder: string,
  options: CorpusOptions,
): Promise<Corpus> {
  const { kind, sizeBytes, objects = 1, gzip } = options;
  const typeKey = options.typeKey ?? defaultTypeKeys[kind];
  const source = createLines(options, typeKey);
  const tally = { bytes: 0, lines: 0, blank: 0, spoiled: 0 };
  const counts = new Map<string, number>();
  const files: string[] = [];

  function* makeBlocks(endBytes: number): Generator<Buffer> {
    let block = Buffer.allocUnsafe(blockBytes);
    let used = 0;
    while (tally.bytes < endBytes) {
      const { text, type, brokenAt } = source.next();
      const mostBytes = text.length * 3 + 1;
      if (used + mostBytes > block.length) {
        if (used > 0) yield block.subarray(0, used);
        block = Buffer.allocUnsafe(Math.max(blockBytes, mostBytes));
        used = 0;
      }
      const start = used;
      used += block.write(text, used);
      if (brokenAt !== undefined) block[start + brokenAt] = notUtf8;
      block[used] = 0x0a;
      used += 1;
      tally.bytes += used - start;
      tally.lines += 1;
      if (type !== null) counts.set(type, (counts.get(type) ?? 0) + 1);
      else if (text.trim() === "") tally.blank += 1;
      else tally.spoiled += 1;
    }
    yield block.subarray(0, used);
  }

  await mkdir(folder, { recursive: true });
  for (let index = 0; index < objects; index += 1) {
    const number = String(index).padStart(4, "0");
    const name = `${kind}-${number}.ndjson${gzip === undefined ? "" : ".gz"}`;
    const file = join(folder, name);
    const blocks = Readable.from(
      makeBlocks((sizeBytes * (index + 1)) / objects),
    );
    const output = createWriteStream(file);
    await (gzip === undefined
      ? pipeline(blocks, output)
      : pipeline(
          blocks,
          createGzip({ level: gzip, chunkSize: blockBytes }),
          output,
        ));
    files.push(file);
  }
  return { files, typeKey, types: source.types, ...tally, counts };
}

function createLines(options: CorpusOptions, typeKey: string): LineSource {
  const { kind, spoiledShare = 0, seed = 7 } = options;
  const path = typeKey.split(".") as [string, ...string[]];
  const lines = lineSources[kind](createTypeKey(path), seed);
  return spoilLines(lines, spoiledShare, seed + 1);
}
