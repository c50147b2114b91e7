import { createDice } from "./dice.js";
import type { LineSource, MadeLine } from "./line-source.js";

const spoil: readonly [
  (line: MadeLine) => MadeLine,
  ...((line: MadeLine) => MadeLine)[],
] = [
  ({ text }) => ({ text: text.slice(0, text.length >> 1), type: null }),
  ({ text }) => ({ text: `2026-01-15 00:00 plain text ${text}`, type: null }),
  ({ text }) => ({ text: `{"\t${text.slice(2)}`, type: null }),
  ({ text }) => ({ text: `{"\\x${text.slice(2)}`, type: null }),
  ({ text }) => ({ text: `${text.slice(0, -1)},}`, type: null }),
  ({ text }) => ({ text, type: null, brokenAt: 2 }),
  () => ({ text: '{"message":"no type here"}', type: null }),
  () => ({ text: "", type: null }),
  () => ({ text: " \t ", type: null }),
  // A valid line still: the CR is no part of it.
  ({ text, type }) => ({ text: `${text}\r`, type }),
];

/** Spoils a share of the lines, each of which must be an object that begins with a key, in one of the ways that logs are. */
export function spoilLines(
  source: LineSource,
  share: number,
  seed: number,
): LineSource {
  if (share === 0) return source;
  const dice = createDice(seed);
  return {
    types: source.types,
    next() {
      const line = source.next();
      return dice.share() < share ? dice.pick(spoil)(line) : line;
    },
  };
}
