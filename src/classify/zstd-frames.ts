import { DataRefusedError } from "../errors.js";
import type { ByteSource } from "./byte-source.js";
import { damagedObject } from "./damaged-object.js";

/** What `zstd -d` itself takes without a flag. */
const maxWindowMib = 128;

const zstdMagic = 0xfd2fb528;
const maxHeaderBytes = 18;

export function isZstd(start: Buffer): boolean {
  if (start.length < 4) return false;
  const magic = start.readUInt32LE();
  return magic === zstdMagic || isSkippable(magic);
}

function isSkippable(magic: number): boolean {
  return magic >>> 4 === 0x184d2a5;
}

/**
 * The object's data frames in pieces, none of which reaches over the end of its frame, skippable frames left out. A decoder
 * stops at the end of a frame, or of its input, as if all were well; so the frames are followed here, and what is not whole
 * is refused, by the format of RFC 8878.
 */
export async function* zstdFrames(
  key: string,
  source: ByteSource,
): AsyncGenerator<Uint8Array> {
  for (;;) {
    const start = await source.peek(maxHeaderBytes);
    if (start.length === 0) return;
    if (start.length < 4) {
      throw damagedObject(key, "zstd", "other bytes follow its last frame");
    }
    const magic = start.readUInt32LE();
    if (isSkippable(magic)) {
      await skipFrame(key, source, start);
    } else if (magic === zstdMagic) {
      yield* dataFrame(key, source, start);
    } else {
      throw damagedObject(key, "zstd", "other bytes follow its last frame");
    }
  }
}

async function skipFrame(
  key: string,
  source: ByteSource,
  start: Buffer,
): Promise<void> {
  const whole =
    start.length >= 8 && (await source.skip(8 + start.readUInt32LE(4)));
  if (!whole) throw cutShort(key);
}

async function* dataFrame(
  key: string,
  source: ByteSource,
  start: Buffer,
): AsyncGenerator<Uint8Array> {
  const header = readHeader(key, start);
  const findEnd = followBlocks(key, header);
  for (let block; (block = await source.next()) !== null;) {
    const end = findEnd(block);
    if (end === null) {
      yield block;
      continue;
    }
    source.unread(block.subarray(end));
    yield block.subarray(0, end);
    return;
  }
  throw cutShort(key);
}

interface FrameHeader {
  readonly headerBytes: number;
  readonly checksumBytes: number;
}

function readHeader(key: string, start: Buffer): FrameHeader {
  const descriptor = start[4] ?? 0;
  const singleSegment = (descriptor & 0x20) !== 0;
  const idAt = singleSegment ? 5 : 6;
  const idBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeAt = idAt + idBytes;
  const sizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6] ?? 0;
  const headerBytes = sizeAt + sizeBytes;
  if (start.length < headerBytes) throw cutShort(key);

  const windowBytes = singleSegment
    ? readSize(start, sizeAt, sizeBytes)
    : readWindow(start[5] ?? 0);
  if (windowBytes > maxWindowMib * 2 ** 20) {
    throw new DataRefusedError(
      `${key}: a zstd frame needs a window of ${Math.ceil(windowBytes / 2 ** 20)} MiB, and one object gets ${maxWindowMib} MiB at most; ` +
        "nothing of the hour was committed. Compress it again with a smaller window (zstd --long=27 or none) and classify again",
    );
  }
  const dictionary = idBytes === 0 ? 0 : start.readUIntLE(idAt, idBytes);
  if (dictionary !== 0) {
    throw new DataRefusedError(
      `${key}: a zstd frame needs the dictionary ${dictionary}, and there are no dictionaries here; ` +
        "nothing of the hour was committed. Compress it again without one and classify again",
    );
  }
  return { headerBytes, checksumBytes: (descriptor & 4) === 0 ? 0 : 4 };
}

function readSize(start: Buffer, at: number, bytes: number): number {
  return bytes === 8
    ? Number(start.readBigUInt64LE(at))
    : start.readUIntLE(at, bytes);
}

function readWindow(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >>> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** For the frame's bytes, block by block: how many of them are still the frame's, null while it goes on. */
function followBlocks(
  key: string,
  { headerBytes, checksumBytes }: FrameHeader,
): (bytes: Uint8Array) => number | null {
  let passBytes = headerBytes;
  let last = false;
  let blockHeader = 0;
  let blockHeaderBits = 0;
  return (bytes) => {
    let at = 0;
    for (;;) {
      const passed = Math.min(passBytes, bytes.length - at);
      at += passed;
      passBytes -= passed;
      if (passBytes > 0) return null;
      if (last) return at;
      for (; blockHeaderBits < 24; blockHeaderBits += 8) {
        const byte = bytes[at];
        if (byte === undefined) return null;
        blockHeader |= byte << blockHeaderBits;
        at += 1;
      }
      last = (blockHeader & 1) !== 0;
      const kind = (blockHeader >>> 1) & 3;
      if (kind === 3) {
        throw damagedObject(key, "zstd", "a block of the reserved type");
      }
      const runLength = kind === 1;
      passBytes =
        (runLength ? 1 : blockHeader >>> 3) + (last ? checksumBytes : 0);
      blockHeader = 0;
      blockHeaderBits = 0;
    }
  };
}

function cutShort(key: string): DataRefusedError {
  return damagedObject(key, "zstd", "its last frame is cut short");
}
