import type { Band } from "../watch/model.js";

export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

export function describeBand({ low, high, expected }: Band): string {
  return `${Math.round(low)} to ${Math.round(high)} rows, usually ${Math.round(expected)}`;
}
