import { MINUS, PLUS, POINT, ZERO, isDigit, isExponent } from "./bytes";

/** Where the number at `at` ends; 0 where it is no JSON number. */
export function endOfNumber(at: usize): usize {
  if (load<u8>(at) == MINUS) at += 1;
  const first = load<u8>(at);
  if (!isDigit(first)) return 0;
  at += 1;
  if (first != ZERO) at = skipDigits(at);
  if (load<u8>(at) == POINT) {
    at += 1;
    if (!isDigit(load<u8>(at))) return 0;
    at = skipDigits(at + 1);
  }
  if (isExponent(load<u8>(at))) {
    at += 1;
    const sign = load<u8>(at);
    if (sign == PLUS || sign == MINUS) at += 1;
    if (!isDigit(load<u8>(at))) return 0;
    at = skipDigits(at + 1);
  }
  return at;
}

function skipDigits(at: usize): usize {
  while (true) {
    const others = i8x16.bitmask(
      i8x16.gt_u(i8x16.sub(v128.load(at), i8x16.splat(ZERO)), i8x16.splat(9)),
    );
    if (others != 0) return at + ctz(others);
    at += 16;
  }
}
