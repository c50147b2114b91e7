import { almostMisfits } from "./almost-misfits.js";
import type { MisfitKind } from "./misfit-kind.js";
import { misfitsOfRecords } from "./misfits-of-records.js";
import { misfitsOfTimes } from "./misfits-of-times.js";
import { misfitsOfValues } from "./misfits-of-values.js";

export const misfitKinds: readonly MisfitKind[] = [
  ...misfitsOfValues,
  ...misfitsOfTimes,
  ...misfitsOfRecords,
  ...almostMisfits,
];
