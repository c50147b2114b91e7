const decimalText = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/;

/** Keeps a hostile exponent such as `1e999999` from becoming a million digits. */
const largestExponent = 400;

/**
 * The number that a decimal text spells, times 10^scale, exactly; further digits are rounded half away from zero, as BigQuery stores
 * NUMERIC. Null: not a decimal number. `huge`: too far from 0 for any column type.
 */
export function readScaledDecimal(
  text: string,
  scale: number,
): { readonly scaled: bigint; readonly exact: boolean } | "huge" | null {
  const match = decimalText.exec(text);
  if (match === null) return null;
  const [, sign, whole = "", fraction = "", exponentText = "0"] = match;
  if (whole === "" && fraction === "") return null;
  const digits = (whole + fraction).replace(/^0+/, "");
  if (digits === "") return { scaled: 0n, exact: true };
  const shift = Number(exponentText) - fraction.length + scale;
  if (digits.length + shift > largestExponent) return "huge";
  if (shift >= 0)
    return {
      scaled: signed(sign, BigInt(digits + "0".repeat(shift))),
      exact: true,
    };
  const kept = digits.slice(0, shift);
  const rest = digits.length < -shift ? "0" : digits.slice(shift);
  const roundUp = rest.charCodeAt(0) >= 0x35;
  return {
    scaled: signed(
      sign,
      BigInt(kept === "" ? "0" : kept) + (roundUp ? 1n : 0n),
    ),
    exact: /^0*$/.test(rest) && digits.length >= -shift,
  };
}

/** `12.5` for 12500000000 at scale 9: no zeros at the end, no exponent. */
export function formatScaledDecimal(scaled: bigint, scale: number): string {
  const digits = (scaled < 0n ? -scaled : scaled)
    .toString()
    .padStart(scale + 1, "0");
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, "");
  const whole = digits.slice(0, digits.length - scale);
  return `${scaled < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

function signed(sign: string | undefined, magnitude: bigint): bigint {
  return sign === "-" ? -magnitude : magnitude;
}
