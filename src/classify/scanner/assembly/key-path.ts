/** Deepest path that is walked; the catalog's are shorter. */
export const MAX_KEYS: u32 = 32;
/** Longest key, in bytes of UTF-8. */
export const MAX_KEY_BYTES: u32 = 1024;

/** Key `n` of the path, from 0, begins at `n * 1024`. Keys are as JSON.parse gives them, without escapes. */
export const KEYS = memory.data(32 * 1024, 16);
export const KEY_LENGTHS = memory.data(32 * 4, 16);

let count: u32 = 0;
/** The first eight bytes of a key, masked to its length, tell most others apart. */
const heads = memory.data(32 * 8, 16);
const headMasks = memory.data(32 * 8, 16);

export function keyCount(): u32 {
  return count;
}

/** To be called when the host has written `keys` keys and their lengths. */
export function setKeyPath(keys: u32): void {
  count = keys;
  for (let key: u32 = 0; key < keys; key += 1) {
    const length = load<u32>(KEY_LENGTHS + (key << 2));
    const mask: u64 = length >= 8 ? ~(<u64>0) : ((<u64>1) << (length << 3)) - 1;
    store<u64>(headMasks + (key << 3), mask);
    store<u64>(heads + (key << 3), load<u64>(KEYS + (key << 10)) & mask);
  }
}

export function isKey(key: u32, at: usize, length: u32): bool {
  return (
    load<u32>(KEY_LENGTHS + (key << 2)) == length &&
    (load<u64>(at) & load<u64>(headMasks + (key << 3))) ==
      load<u64>(heads + (key << 3)) &&
    (length <= 8 || memory.compare(KEYS + (key << 10), at, length) == 0)
  );
}
