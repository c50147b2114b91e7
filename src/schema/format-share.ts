/** A share of 0 to 1 in percent, to three digits. */
export function formatShare(share: number): string {
  const percent = share * 100;
  return percent >= 0.01 || percent === 0
    ? `${Number(percent.toPrecision(3))} %`
    : "less than 0.01 %";
}
