import { word } from "./text.js";
import type { Dice } from "./dice.js";

/** The member of a line that says its type, at a path of keys, and what looks like it and is not. */
export interface TypeKey {
  /** `"event":{"kind":"log","dataset":"TYPE"}` for the path event.dataset. */
  member(type: string): string;
  /** An object's member that holds the last key one level too deep. */
  nestedDecoy(dice: Dice): string;
  /** An object's member whose text holds the last key, escaped, like a logged request. */
  textDecoy(dice: Dice): string;
  /** The first key. */
  readonly top: string;
}

export function createTypeKey(path: readonly [string, ...string[]]): TypeKey {
  const quoted = path.map((key) => JSON.stringify(key));
  const last = JSON.stringify(path.at(-1) ?? path[0]);
  const lastInText = JSON.stringify(last).slice(1, -1);
  const opening = quoted
    .slice(0, -1)
    .map((key) => `${key}:{"kind":"log",`)
    .join("");
  const closing = "}".repeat(path.length - 1);
  return {
    top: path[0],
    member: (type) => `${opening}${last}:"${type}"${closing}`,
    nestedDecoy: (dice) =>
      `"parent":{${last}:"${word(dice)}","id":${dice.below(1e6)},"causes":[{${last}:"${word(dice)}"}]}`,
    textDecoy: (dice) =>
      `"raw":"{${lastInText}:\\"inner_${word(dice)}\\",\\"v\\":1}"`,
  };
}
