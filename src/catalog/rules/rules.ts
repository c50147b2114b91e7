import {
  columnsAreMadeOneWay,
  dropStandsAlone,
  renamesAreColumnNames,
  toNeedsFrom,
} from "./column-rules.js";
import type { Rule } from "./rule.js";
import {
  columnsAreInTheSchema,
  schemasHoldTheTypeKey,
  tableColumnsAreDistinct,
  timesFitTheirColumns,
  wrapsAreStrings,
} from "./schema-rules.js";
import { tableNamesAreFree, tablesAreDistinct } from "./table-rules.js";
import {
  minutesFollowTheClassifier,
  staggerRunsForward,
  startDatesExist,
  timezoneIsKnown,
} from "./time-rules.js";
import { sourceAndStageAreApart, urlsAreKnown } from "./url-rules.js";

export const rules: readonly Rule[] = [
  urlsAreKnown,
  sourceAndStageAreApart,
  timezoneIsKnown,
  startDatesExist,
  minutesFollowTheClassifier,
  staggerRunsForward,
  tableNamesAreFree,
  tablesAreDistinct,
  toNeedsFrom,
  dropStandsAlone,
  columnsAreMadeOneWay,
  renamesAreColumnNames,
  columnsAreInTheSchema,
  wrapsAreStrings,
  timesFitTheirColumns,
  tableColumnsAreDistinct,
  schemasHoldTheTypeKey,
];
