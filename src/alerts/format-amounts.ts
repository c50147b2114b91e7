export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
