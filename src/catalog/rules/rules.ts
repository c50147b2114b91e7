import { poolsAreListed, tolerationsAreWhole } from "./airflow-rules.js";
import {
  columnsAreMadeOneWay,
  dropStandsAlone,
  renamesAreColumnNames,
  toNeedsFrom,
} from "./column-rules.js";
import {
  clusterColumnsFit,
  expirationFitsPartitions,
  labelsAreFew,
  partitionFilterNeedsPartitions,
} from "./bigquery-rules.js";
import { masksAreColumns } from "./mask-rules.js";
import { manifestsOutliveTheStage } from "./retention-rules.js";
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
import {
  calendarDaysExist,
  confirmationsFit,
  silencesFit,
} from "./watch-rules.js";
import { sourceAndStageAreApart, urlsAreKnown } from "./url-rules.js";

export const rules: readonly Rule[] = [
  urlsAreKnown,
  sourceAndStageAreApart,
  timezoneIsKnown,
  startDatesExist,
  minutesFollowTheClassifier,
  staggerRunsForward,
  poolsAreListed,
  tolerationsAreWhole,
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
  clusterColumnsFit,
  expirationFitsPartitions,
  partitionFilterNeedsPartitions,
  labelsAreFew,
  masksAreColumns,
  manifestsOutliveTheStage,
  calendarDaysExist,
  silencesFit,
  confirmationsFit,
];
