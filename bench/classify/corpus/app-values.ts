import type { Dice } from "./dice.js";
import { englishText, hexText, koreanText, word } from "./text.js";

/** Writes a JSON value of one shape. */
export type WriteValue = (dice: Dice) => string;

const leaves: readonly [WriteValue, ...WriteValue[]] = [
  (dice) => String(dice.below(1e9)),
  (dice) => String(dice.below(1e5)),
  (dice) => (dice.share() * 1000).toFixed(3),
  (dice) => dice.pick(["true", "false", "null", "-1", "1.5e-3"]),
  (dice) => `"${hexText(dice, 32)}"`,
  (dice) => `"${koreanText(dice, 8 + dice.below(30))}"`,
  (dice) =>
    `"${word(dice)}\\n\\tat \\"${word(dice)}\\" C:\\\\app\\\\${word(dice)}\\u003c\\ud55c\\uae00"`,
  (dice) => `"${englishText(dice, 6 + dice.below(50))}"`,
  (dice) => `"${englishText(dice, 6 + dice.below(20))}"`,
  (dice) => `"/${word(dice)}/${word(dice)}/${dice.below(1e6)}"`,
];
const deepest = 3;

/** A value's shape, chosen once: a type's lines have it in common. */
export function chooseShape(dice: Dice, depth = 0): WriteValue {
  const kind = depth < deepest ? dice.below(leaves.length + 3) : 0;
  if (kind === leaves.length) {
    const item = chooseShape(dice, depth + 2);
    return (line) => {
      let text = "[";
      for (let left = line.below(5); left > 0; left -= 1)
        text += item(line) + (left > 1 ? "," : "");
      return `${text}]`;
    };
  }
  if (kind > leaves.length) {
    const members = Array.from(
      { length: 1 + dice.below(4) },
      (_, index): [string, WriteValue] => [
        `${index === 0 ? "{" : ","}"${word(dice)}${index}":`,
        chooseShape(dice, depth + 1),
      ],
    );
    return (line) => {
      let text = "";
      for (const [key, write] of members) text += key + write(line);
      return `${text}}`;
    };
  }
  return dice.pick(leaves);
}
