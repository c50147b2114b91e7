import { FIRST_TYPE, SLOW } from "./verdicts";

/** Ids below this; a type past it is left to the host. */
export const MAX_TYPES: u32 = 4096;
/** Longest name that a type may have. */
export const NAME_BYTES: u32 = 128;
/** A power of two, four times the types, so that a search takes about one step. */
const slots: u32 = 16384;

/** Type id by slot; 0 is free. */
const idBySlot = memory.data(16384 * 4, 16);
/** The name of type `id` begins at `id * 128`. */
export const NAMES = memory.data(4096 * 128, 16);
export const NAME_LENGTHS = memory.data(4096 * 4, 16);

let nextId: u32 = FIRST_TYPE;

export function typeIdLimit(): u32 {
  return nextId;
}

/** The id of the type whose name lies at `at`; SLOW where the table is full or the name is not one that a type may have. */
export function internType(at: usize, length: u32): u32 {
  if (length > NAME_BYTES) return SLOW;
  let slot = hashName(at, length) & (slots - 1);
  while (true) {
    const id = load<u32>(idBySlot + (slot << 2));
    if (id == 0) break;
    if (
      load<u32>(NAME_LENGTHS + (id << 2)) == length &&
      isSameName(NAMES + (id << 7), at, length)
    ) {
      return id;
    }
    slot = (slot + 1) & (slots - 1);
  }
  if (nextId == MAX_TYPES || !isSafeName(at, length)) return SLOW;
  const id = nextId;
  nextId += 1;
  memory.copy(NAMES + (id << 7), at, length);
  store<u32>(NAME_LENGTHS + (id << 2), length);
  store<u32>(idBySlot + (slot << 2), id);
  return id;
}

/** Eight bytes a step; those past the name's end are masked off. */
function hashName(at: usize, length: u32): u32 {
  let hash: u64 = length;
  let done: u32 = 0;
  for (; done + 8 <= length; done += 8) hash = mix(hash ^ load<u64>(at + done));
  if (done < length) hash = mix(hash ^ loadPartly(at + done, length - done));
  return <u32>hash;
}

function mix(hash: u64): u64 {
  hash *= 0xff51afd7ed558ccd;
  return hash ^ (hash >> 32);
}

/** The first `count` bytes at `at`, 1 to 7, the rest 0. */
function loadPartly(at: usize, count: u32): u64 {
  return load<u64>(at) & (((<u64>1) << (count << 3)) - 1);
}

function isSameName(one: usize, other: usize, length: u32): bool {
  let done: u32 = 0;
  for (; done + 8 <= length; done += 8) {
    if (load<u64>(one + done) != load<u64>(other + done)) return false;
  }
  return (
    done == length ||
    loadPartly(one + done, length - done) ==
      loadPartly(other + done, length - done)
  );
}

/** `[A-Za-z0-9][A-Za-z0-9._-]*` without `..`, as the host's rule has it. */
function isSafeName(at: usize, length: u32): bool {
  if (length == 0 || !isAlphanumeric(load<u8>(at))) return false;
  for (let index: u32 = 1; index < length; index += 1) {
    const byte = load<u8>(at + index);
    if (byte == 0x2e && load<u8>(at + index - 1) == 0x2e) return false;
    if (!isAlphanumeric(byte) && byte != 0x2e && byte != 0x5f && byte != 0x2d) {
      return false;
    }
  }
  return true;
}

function isAlphanumeric(byte: u8): bool {
  return <u8>(byte - 0x30) < 10 || <u8>((byte | 0x20) - 0x61) < 26;
}
