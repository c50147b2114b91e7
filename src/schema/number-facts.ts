import { copyText } from "./copy-text.js";

/** What was seen of the numbers at one place of the rows. */
export interface NumberFacts {
  count: number;
  zeros: number;
  hasFraction: boolean;
  /** An integer outside of 64 bits. */
  hasWideInteger: boolean;
  /** An integer that a double would round. */
  hasLongInteger: boolean;
  /** A fraction of more digits than a double keeps. */
  hasLongFraction: boolean;
  hasBeyondDouble: boolean;
  /** A number that NUMERIC would round or refuse. */
  hasBeyondNumeric: boolean;
  hasBeyondBignumeric: boolean;
  min: number;
  minText: string;
  max: number;
  maxText: string;
  /** Of the numbers that are not 0; Infinity where there are none. */
  smallestMagnitude: number;
}

/** The number is 0.DIGITS times ten to this power. */
interface Decimal {
  readonly digits: string;
  readonly power: number;
}

const decimalText = /^[+-]?(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
/** Spelled this short, no number needs a closer look. */
const plainLength = 15;
const longestExponent = 6;

export function newNumberFacts(): NumberFacts {
  return {
    count: 0,
    zeros: 0,
    hasFraction: false,
    hasWideInteger: false,
    hasLongInteger: false,
    hasLongFraction: false,
    hasBeyondDouble: false,
    hasBeyondNumeric: false,
    hasBeyondBignumeric: false,
    min: Infinity,
    minText: "",
    max: -Infinity,
    maxText: "",
    smallestMagnitude: Infinity,
  };
}

/** Adds a number as it is spelled in JSON. */
export function observeNumber(facts: NumberFacts, text: string): void {
  const value = Number(text);
  facts.count += 1;
  if (value === 0) facts.zeros += 1;
  else {
    const magnitude = Math.abs(value);
    if (magnitude < facts.smallestMagnitude)
      facts.smallestMagnitude = magnitude;
  }
  if (value < facts.min) {
    facts.min = value;
    facts.minText = copyText(text);
  }
  if (value > facts.max) {
    facts.max = value;
    facts.maxText = copyText(text);
  }
  const isShort = text.length <= plainLength;
  if (isShort && Number.isInteger(value) && isIntegerText(text)) return;
  observeSpelling(facts, text, value, isShort);
}

/** Whether a double, as a FLOAT column keeps it, would change no number. */
export function fitsFloat(facts: NumberFacts): boolean {
  return !(
    facts.hasWideInteger ||
    facts.hasLongInteger ||
    facts.hasLongFraction ||
    facts.hasBeyondDouble
  );
}

function observeSpelling(
  facts: NumberFacts,
  text: string,
  value: number,
  isShort: boolean,
): void {
  const isInteger = isIntegerText(text);
  if (!isInteger) facts.hasFraction = true;
  const decimal = readDecimal(text);
  const decimals = decimal.digits.length - decimal.power;
  if (decimal.digits !== "") {
    if (decimals > 9 || decimal.power > 29) facts.hasBeyondNumeric = true;
    if (decimals > 38 || decimal.power > 38) facts.hasBeyondBignumeric = true;
  }
  if (!Number.isFinite(value)) facts.hasBeyondDouble = true;
  else if (isInteger) observeLongInteger(facts, text, value);
  else if (!isShort || value === 0) {
    const kept = readDecimal(String(value));
    if (kept.digits !== decimal.digits || kept.power !== decimal.power)
      facts.hasLongFraction = true;
  }
}

function observeLongInteger(
  facts: NumberFacts,
  text: string,
  value: number,
): void {
  const exact = BigInt(text);
  if (BigInt.asIntN(64, exact) !== exact) facts.hasWideInteger = true;
  if (BigInt(value) !== exact) facts.hasLongInteger = true;
}

function isIntegerText(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x30 && code !== 0x2d) return false;
    if (code > 0x39) return false;
  }
  return true;
}

function readDecimal(text: string): Decimal {
  const [, whole = "", fraction = "", exponent = "0"] =
    decimalText.exec(text) ?? [];
  const padded = whole + fraction;
  const digits = padded.replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return { digits: "", power: 0 };
  // The judge of rows reads no longer exponent: what has one fits no decimal type.
  const power =
    exponent.length > longestExponent
      ? Infinity
      : Number(exponent) + whole.length - (padded.length - digits.length);
  return { digits: significant, power };
}
