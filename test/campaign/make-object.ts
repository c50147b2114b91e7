import { gzipSync } from "node:zlib";
import type { Dice } from "./dice.js";
import { unknownTypes } from "./campaign-catalog.js";

/** Everything that is not a row: each is set aside for its reason, or blank. */
const odd: readonly [Buffer, ...Buffer[]] = [
  Buffer.from('{"log_type":"view","id":'),
  Buffer.from("not json at all"),
  Buffer.from("[1,2,3]"),
  Buffer.from('"text"'),
  Buffer.from('{"id":"no type"}'),
  Buffer.from('{"log_type":7,"id":"no text"}'),
  Buffer.from('{"log_type":"../evil","id":"x"}'),
  Buffer.from('{"log_type":"_reserved","id":"x"}'),
  Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
  Buffer.from("\ufeff{}"),
  Buffer.from(""),
  Buffer.from("  \t"),
  Buffer.from("\r"),
];

/** A source object's bytes: some hundred lines of all types, whose ids begin with `name`. */
export function makeObject(dice: Dice, name: string): Buffer {
  const blocks: Buffer[] = [];
  const count = 20 + dice.below(120);
  for (let line = 0; line < count; line += 1) {
    const bytes = dice.chance(0.08)
      ? dice.pick(odd)
      : Buffer.from(makeRow(dice, `${name}-${line}`));
    const isLast = line === count - 1;
    const end =
      isLast && dice.chance(0.3) ? "" : dice.chance(0.1) ? "\r\n" : "\n";
    blocks.push(bytes, Buffer.from(end));
  }
  const plain = Buffer.concat(blocks);
  return dice.chance(0.3) ? gzipSync(plain) : plain;
}

function makeRow(dice: Dice, id: string): string {
  const kind = dice.below(12);
  const text = dice.pick([
    "plain",
    "é 한글 \u{1f600}",
    'quote " and \\',
    "a/b\tc",
  ]);
  if (kind < 4)
    return `{"id":"${id}","n":${dice.below(1e9) - 5e8},"log_type":"view"}`;
  if (kind < 8) {
    const body = dice.pick<unknown>([
      text,
      { deep: [1, text] },
      [1, 2],
      7,
      true,
    ]);
    const at = 1_700_000_000_000 + dice.below(1e9);
    return JSON.stringify({ log_type: "pay", at, sum: text, id, body });
  }
  if (kind < 10) return makeScan(dice, id, text);
  const type = dice.pick([...unknownTypes, `rare-${dice.below(3)}`]);
  return JSON.stringify({ id, anything: [text], log_type: type });
}

/** A third of them are rows that the schema refuses until it is mended, each kind of misfit for itself. */
function makeScan(dice: Dice, id: string, text: string): string {
  const at = 1_700_000_000_000 + dice.below(1e9);
  const sound = { log_type: "scan", id, at, place: text, n: dice.below(100) };
  if (dice.chance(0.65))
    return JSON.stringify(
      dice.chance(0.2) ? { ...sound, at: String(at) } : sound,
    );
  const { place, ...placeless } = sound;
  return JSON.stringify(
    dice.pick<object>([
      { ...sound, n: place },
      { ...sound, n: `${at}.5` },
      { ...sound, at: at + 0.5 },
      { ...sound, at: `${at}.0` },
      { ...sound, place: null },
      placeless,
      { ...sound, extra: text },
      { ...sound, n: text, place: null, extra: text },
    ]),
  );
}
