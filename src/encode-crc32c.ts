/** A CRC32C as S3, Cloud Storage and the manifest spell it: base64 of its four bytes, the highest first. */
export function encodeCrc32c(crc: number): string {
  return crc32cBytes(crc).toString("base64");
}

export function crc32cBytes(crc: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc >>> 0);
  return bytes;
}
