import { createDice, type Dice } from "./dice.js";
import { chooseShape, type WriteValue } from "./app-values.js";
import type { LineSource } from "./line-source.js";
import { padded, word, wordAt } from "./text.js";
import type { TypeKey } from "./type-key.js";

const typeCount = 100;
const optionalShare = 0.08;
const textDecoyShare = 0.05;
const nestedDecoyShare = 0.15;
/** Of a type's own members, on average; what every line has comes to 200 more. */
const smallestBytes = 200;
const largestBytes = 1100;

interface AppType {
  readonly name: string;
  readonly members: readonly { readonly key: string; write: WriteValue }[];
  /** Which member the type key stands before. */
  readonly keyAt: number;
  readonly hasNestedDecoy: boolean;
}

/**
 * An application's logs: 100 types by Zipf's law, each with a schema of its own whatever the seed, lines of about 300 to 1500 bytes with
 * Korean and escapes. The key stands anywhere; 15 % of the types nest a namesake of it, 5 % of the lines hold its text in a string.
 */
export function createAppLines(typeKey: TypeKey, seed: number): LineSource {
  const dice = createDice(seed);
  const types = Array.from({ length: typeCount }, (_, index) =>
    chooseType(index),
  );
  const chooseByZipf = createZipf(types.length);
  let count = 0;
  return {
    types: types.map(({ name }) => name),
    next() {
      const type = types[chooseByZipf(dice)];
      if (type === undefined) throw new Error("the type is one of the list");
      count += 1;
      return { type: type.name, text: writeLine(type, typeKey, dice, count) };
    },
  };
}

function writeLine(
  type: AppType,
  typeKey: TypeKey,
  dice: Dice,
  count: number,
): string {
  let text = "";
  type.members.forEach(({ key, write }, index) => {
    if (index === type.keyAt) text += writeTypeKey(type, typeKey, dice);
    const isHeader = index < headers.length;
    if (isHeader || dice.share() >= optionalShare)
      text += `,"${key}":${write(dice)}`;
  });
  return `{${text.slice(1)},"seq":${count}}`;
}

function writeTypeKey(type: AppType, typeKey: TypeKey, dice: Dice): string {
  const decoy = type.hasNestedDecoy ? `,${typeKey.nestedDecoy(dice)}` : "";
  const inText =
    dice.share() < textDecoyShare ? `,${typeKey.textDecoy(dice)}` : "";
  return `${decoy},${typeKey.member(type.name)}${inText}`;
}

const headers: readonly AppType["members"][number][] = [
  {
    key: "ts",
    write: (dice) =>
      `"2026-01-15T00:${padded(dice.below(60), 2)}:${padded(dice.below(60), 2)}.${padded(dice.below(1000), 3)}Z"`,
  },
  {
    key: "host",
    write: (dice) =>
      `"ip-10-${dice.below(255)}-${dice.below(255)}-7.ap-northeast-2.compute.internal"`,
  },
  {
    key: "level",
    write: (dice) => dice.pick(['"INFO"', '"WARN"', '"ERROR"', '"DEBUG"']),
  },
];

function chooseType(index: number): AppType {
  const dice = createDice(1000 + index);
  const members = [...headers];
  let roomBytes = smallestBytes + dice.below(largestBytes - smallestBytes);
  while (roomBytes > 0) {
    const key = `${word(dice)}_${members.length}`;
    const write = chooseShape(dice);
    const bytes = key.length + 4 + averageBytes(write);
    if (bytes > roomBytes + 60) continue;
    members.push({ key, write });
    roomBytes -= bytes;
  }
  return {
    name: `${wordAt(index)}_${wordAt(index * 7 + 3)}_${index}`,
    members,
    keyAt: dice.below(members.length),
    hasNestedDecoy: dice.share() < nestedDecoyShare,
  };
}

function averageBytes(write: WriteValue): number {
  const dice = createDice(5);
  const samples = 8;
  let bytes = 0;
  for (let index = 0; index < samples; index += 1)
    bytes += Buffer.byteLength(write(dice));
  return bytes / samples;
}

function createZipf(count: number): (dice: Dice) => number {
  const sums: number[] = [];
  let total = 0;
  for (let rank = 0; rank < count; rank += 1)
    sums.push((total += (2 + rank) ** -1.1));
  return (dice) => {
    const wanted = dice.share() * total;
    const rank = sums.findIndex((sum) => sum >= wanted);
    return rank < 0 ? count - 1 : rank;
  };
}
