/** The host must ask JSON.parse. */
export const SLOW: u32 = 0;
/** Only spaces, tabs and CRs. */
export const BLANK: u32 = 1;
/** JSON.parse would refuse it. */
export const NOT_JSON: u32 = 2;
/** JSON, and no object. */
export const NOT_OBJECT: u32 = 3;
/** An object without a string at the key path. */
export const NO_TYPE: u32 = 4;
/** This and all above it are ids of types. */
export const FIRST_TYPE: u32 = 5;
