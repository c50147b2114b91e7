import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { crc32c } from "@node-rs/crc32";
import { spoolError } from "./spool-error.js";
import { encodeCrc32c } from "../encode-crc32c.js";

/** Sizes of one name's buffer, as its lines come. At the last, it is written out when it is full. */
const bufferSizes = [4, 16, 64, 256].map((kib) => kib * 1024);

/** A part that is complete: in a file of the spool folder, or, where it never left its buffer, in memory. */
export interface SpooledPart {
  readonly name: string;
  readonly rows: number;
  readonly sizeBytes: number;
  /** Of the bytes, as PutOptions has it. */
  readonly crc32c: string;
  readonly content: { readonly path: string } | { readonly bytes: Uint8Array };
}

interface OpenPart {
  readonly name: string;
  readonly path: string;
  isOnDisk: boolean;
  /** Null while the file is closed. */
  file: number | null;
  rows: number;
  sizeBytes: number;
  crc: number;
  buffer: Buffer;
  bufferedBytes: number;
}

/** So much at once is written as it comes: to gather more of it would save nothing. */
const directBytes = 64 * 1024;

/** Collects lines under names into parts. */
export interface Spool {
  /** `bytes` are copied: the caller may reuse them. With no rows they are more of the last one, and stay in its part. */
  append(name: string, rows: number, bytes: Uint8Array): void;
  /** Ends every part that is still open. */
  close(): void;
  /** Forgets them instead, and lets go of their files. */
  discard(): void;
}

export interface SpoolOptions {
  /** Must exist. */
  readonly folder: string;
  /** A part that would outgrow it is ended, between two appends. */
  readonly partSizeBytes: number;
  /** All buffers together; where one more would pass it, all are written out. */
  readonly bufferBytes: number;
  /** Files that stay open between writes; those of further parts are opened for each. */
  readonly filesOpen: number;
}

/**
 * Writes without yielding: while one block's lines are written, no other is read.
 * @param takePart Called as each part ends.
 */
export function createSpool(
  { folder, partSizeBytes, bufferBytes, filesOpen }: SpoolOptions,
  takePart: (part: SpooledPart) => void,
): Spool {
  const parts = new Map<string, OpenPart>();
  let files = 0;
  let allBufferBytes = 0;
  let openFiles = 0;
  const sizes = bufferSizes.filter((bytes) => bytes <= bufferBytes);
  const largest = sizes.at(-1) ?? 0;

  const closeFile = (part: OpenPart): void => {
    const { file } = part;
    if (file === null) return;
    part.file = null;
    openFiles -= 1;
    closeSync(file);
  };
  const write = (part: OpenPart, bytes: Uint8Array): void => {
    part.crc = crc32c(bytes, part.crc);
    part.isOnDisk = true;
    try {
      if (part.file === null) {
        part.file = openSync(part.path, "a");
        openFiles += 1;
      }
      for (let at = 0; at < bytes.length;)
        at += writeSync(part.file, bytes, at);
      if (openFiles > filesOpen) closeFile(part);
    } catch (error) {
      throw spoolError(folder, error);
    }
  };
  const flush = (part: OpenPart): void => {
    if (part.bufferedBytes === 0) return;
    write(part, part.buffer.subarray(0, part.bufferedBytes));
    part.bufferedBytes = 0;
  };
  const dropBuffer = (part: OpenPart): void => {
    allBufferBytes -= part.buffer.length;
    part.buffer = noBuffer;
  };
  /** Makes the buffer as large as `neededBytes`, or as large as it may be; so it may be too small still. */
  const grow = (part: OpenPart, neededBytes: number): void => {
    const size = sizes.find((bytes) => bytes >= neededBytes) ?? largest;
    if (size === part.buffer.length) return;
    if (allBufferBytes - part.buffer.length + size > bufferBytes) {
      for (const each of parts.values()) {
        flush(each);
        dropBuffer(each);
      }
    }
    const larger = Buffer.allocUnsafeSlow(size);
    part.buffer.copy(larger, 0, 0, part.bufferedBytes);
    allBufferBytes += size - part.buffer.length;
    part.buffer = larger;
  };
  const end = (part: OpenPart): void => {
    const rest = part.buffer.subarray(0, part.bufferedBytes);
    if (part.isOnDisk) flush(part);
    else part.crc = crc32c(rest, part.crc);
    dropBuffer(part);
    closeFile(part);
    parts.delete(part.name);
    takePart({
      name: part.name,
      rows: part.rows,
      sizeBytes: part.sizeBytes,
      crc32c: encodeCrc32c(part.crc),
      content: part.isOnDisk ? { path: part.path } : { bytes: rest },
    });
  };
  const open = (name: string): OpenPart => {
    const part: OpenPart = {
      name,
      path: join(folder, `${files}`),
      isOnDisk: false,
      file: null,
      rows: 0,
      sizeBytes: 0,
      crc: 0,
      buffer: noBuffer,
      bufferedBytes: 0,
    };
    files += 1;
    parts.set(name, part);
    return part;
  };

  return {
    append(name, rows, bytes) {
      let part = parts.get(name);
      if (
        part !== undefined &&
        rows > 0 &&
        part.sizeBytes + bytes.length > partSizeBytes
      ) {
        end(part);
        part = undefined;
      }
      part ??= open(name);
      part.rows += rows;
      part.sizeBytes += bytes.length;
      if (bytes.length >= directBytes) {
        flush(part);
        write(part, bytes);
        return;
      }
      if (part.bufferedBytes + bytes.length > part.buffer.length)
        grow(part, part.bufferedBytes + bytes.length);
      if (part.bufferedBytes + bytes.length > part.buffer.length) flush(part);
      if (bytes.length > part.buffer.length) {
        write(part, bytes);
      } else {
        part.buffer.set(bytes, part.bufferedBytes);
        part.bufferedBytes += bytes.length;
      }
    },
    close() {
      for (const part of [...parts.values()]) end(part);
    },
    discard() {
      for (const part of parts.values()) closeFile(part);
      parts.clear();
    },
  };
}

const noBuffer = Buffer.alloc(0);
