import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32c } from "@node-rs/crc32";

/** Size at which one spool file's buffer is written out. */
const bufferBytes = 256 * 1024;

/** All buffers together; over it, every one is written out. It bounds memory at any number of types. */
const maxBufferedBytes = 64 * 1024 * 1024;

/** A spooled part, complete on disk. */
export interface SpooledPart {
  readonly name: string;
  /** Counts the parts of this name from 0. */
  readonly index: number;
  readonly path: string;
  readonly rows: number;
  readonly sizeBytes: number;
  /** Of the spooled bytes, as PutOptions has it. */
  readonly crc32c: string;
}

interface OpenPart {
  readonly name: string;
  readonly index: number;
  readonly path: string;
  rows: number;
  sizeBytes: number;
  crc: number;
  buffered: Uint8Array[];
  bufferedBytes: number;
}

/** Collects lines under names into files of a folder. No file stays open between writes, so names may be many. */
export interface Spool {
  /** `bytes` are copied: the caller may reuse them. */
  append(name: string, rows: number, bytes: Uint8Array): Promise<void>;
  /** Ends every part that is still open. */
  close(): Promise<void>;
}

/**
 * @param partSizeBytes A part that would outgrow it is ended, between two appends.
 * @param onPart Called, and awaited, as each part ends.
 */
export function createSpool(
  folder: string,
  partSizeBytes: number,
  onPart: (part: SpooledPart) => Promise<void>,
): Spool {
  const parts = new Map<string, OpenPart>();
  const ended = new Map<string, number>();
  let files = 0;
  let allBufferedBytes = 0;

  const flush = async (part: OpenPart): Promise<void> => {
    const { buffered, bufferedBytes } = part;
    part.buffered = [];
    part.bufferedBytes = 0;
    allBufferedBytes -= bufferedBytes;
    await appendFile(part.path, Buffer.concat(buffered));
  };
  const end = async (part: OpenPart): Promise<void> => {
    await flush(part);
    parts.delete(part.name);
    ended.set(part.name, part.index + 1);
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(part.crc >>> 0);
    const { name, index, path, rows, sizeBytes } = part;
    await onPart({
      name,
      index,
      path,
      rows,
      sizeBytes,
      crc32c: crc.toString("base64"),
    });
  };
  const open = (name: string): OpenPart => {
    const part: OpenPart = {
      name,
      index: ended.get(name) ?? 0,
      path: join(folder, `${files}`),
      rows: 0,
      sizeBytes: 0,
      crc: 0,
      buffered: [],
      bufferedBytes: 0,
    };
    files += 1;
    parts.set(name, part);
    return part;
  };

  return {
    async append(name, rows, bytes) {
      let part = parts.get(name);
      if (part !== undefined && part.sizeBytes + bytes.length > partSizeBytes) {
        await end(part);
        part = undefined;
      }
      part ??= open(name);
      part.rows += rows;
      part.sizeBytes += bytes.length;
      part.crc = crc32c(bytes, part.crc);
      part.buffered.push(Buffer.from(bytes));
      part.bufferedBytes += bytes.length;
      allBufferedBytes += bytes.length;
      if (part.bufferedBytes >= bufferBytes) await flush(part);
      if (allBufferedBytes > maxBufferedBytes) {
        for (const each of parts.values())
          if (each.bufferedBytes > 0) await flush(each);
      }
    },
    async close() {
      for (const part of [...parts.values()]) await end(part);
    },
  };
}
