// What each byte can mean to the walker. JSON has no other bytes outside strings.
export const TAB: u8 = 0x09;
export const LF: u8 = 0x0a;
export const CR: u8 = 0x0d;
export const SPACE: u8 = 0x20;
export const QUOTE: u8 = 0x22;
export const PLUS: u8 = 0x2b;
export const COMMA: u8 = 0x2c;
export const MINUS: u8 = 0x2d;
export const POINT: u8 = 0x2e;
export const SLASH: u8 = 0x2f;
export const ZERO: u8 = 0x30;
export const COLON: u8 = 0x3a;
export const OPEN_ARRAY: u8 = 0x5b;
export const BACKSLASH: u8 = 0x5c;
export const CLOSE_ARRAY: u8 = 0x5d;
export const OPEN_OBJECT: u8 = 0x7b;
export const CLOSE_OBJECT: u8 = 0x7d;

/** Set in the code of an ASCII letter to make it lower case. */
const lowerCase: u8 = 0x20;

export function isDigit(byte: u8): bool {
  return <u8>(byte - ZERO) < 10;
}

export function isHexDigit(byte: u8): bool {
  return isDigit(byte) || <u8>((byte | lowerCase) - 0x61) < 6;
}

/** `e` and `E`. */
export function isExponent(byte: u8): bool {
  return (byte | lowerCase) == 0x65;
}

/** JSON's white space, less LF, which ends the line. */
export function isSpace(byte: u8): bool {
  return byte == SPACE || byte == TAB || byte == CR;
}

export function skipSpace(at: usize): usize {
  while (isSpace(load<u8>(at))) at += 1;
  return at;
}
