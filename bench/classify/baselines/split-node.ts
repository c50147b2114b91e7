/**
 * split-node INPUT... OUTDIR KEY: Node's JSON.parse of every line; OUTDIR/TYPE for each type, OUTDIR/_bad for lines without one.
 * Stands alone: it is run as plain JavaScript, so that no loader's start is measured with it.
 */
import { isUtf8 } from "node:buffer";
import { closeSync, createReadStream, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createGunzip } from "node:zlib";

const readBytes = 1 << 20;
const gunzipBytes = 1 << 18;
const writeBytes = 1 << 18;
const bad = "_bad";

class Output {
  readonly #file: number;
  readonly #pending = Buffer.allocUnsafeSlow(writeBytes);
  #used = 0;

  constructor(path: string) {
    this.#file = openSync(path, "w");
  }

  add(block: Buffer, start: number, end: number): void {
    if (this.#used + end - start > writeBytes) this.#flush();
    if (end - start > writeBytes) {
      writeAll(this.#file, block.subarray(start, end));
      return;
    }
    this.#used += block.copy(this.#pending, this.#used, start, end);
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    writeAll(this.#file, this.#pending.subarray(0, this.#used));
    this.#used = 0;
  }
}

function writeAll(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
}

const [folder = "", key = ""] = process.argv.slice(-2);
const inputs = process.argv.slice(2, -2);
const path = key.split(".");
const outputs = new Map<string, Output>();

function findType(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return bad;
  }
  for (const step of path) {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return bad;
    if (!Object.hasOwn(value, step)) return bad;
    value = (value as Record<string, unknown>)[step];
  }
  return typeof value === "string" ? value : bad;
}

function isBlank(block: Buffer, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    const byte = block[index];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}

/** Whole lines, the last one perhaps without its newline. */
function splitLines(block: Buffer): void {
  const allUtf8 = isUtf8(block);
  for (let start = 0, end: number; start < block.length; start = end + 1) {
    end = block.indexOf(0x0a, start);
    if (end < 0) end = block.length;
    if (isBlank(block, start, end)) continue;
    const type =
      allUtf8 || isUtf8(block.subarray(start, end))
        ? findType(block.toString("utf8", start, end))
        : bad;
    let output = outputs.get(type);
    if (output === undefined)
      outputs.set(type, (output = new Output(join(folder, type))));
    output.add(block, start, Math.min(end + 1, block.length));
  }
}

async function splitInput(input: string): Promise<void> {
  const file = createReadStream(input, { highWaterMark: readBytes });
  const body = input.endsWith(".gz")
    ? file.pipe(createGunzip({ chunkSize: gunzipBytes }))
    : file;
  let rest: Buffer[] = [];
  for await (const chunk of body as AsyncIterable<Buffer>) {
    const end = chunk.lastIndexOf(0x0a) + 1;
    rest.push(chunk.subarray(0, end === 0 ? chunk.length : end));
    if (end === 0) continue;
    splitLines(Buffer.concat(rest));
    rest = [chunk.subarray(end)];
  }
  splitLines(Buffer.concat(rest));
}

for (const input of inputs) await splitInput(input);
for (const output of outputs.values()) output.close();
