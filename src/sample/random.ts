import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Repeatable choices: the same seed makes the same ones. */
export interface Random {
  /** Both ends included. */
  integer(from: number, to: number): number;
  chance(share: number): boolean;
  pick<T>(choices: readonly [T, ...T[]]): T;
}

export function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const integer = (from: number, to: number) => uniformInt(generator, from, to);
  return {
    integer,
    chance: (share) => integer(0, 999_999) < share * 1_000_000,
    pick: (choices) => choices[integer(0, choices.length - 1)] ?? choices[0],
  };
}
