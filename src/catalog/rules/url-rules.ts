import {
  findStoreUrlFault,
  findWarehouseUrlFault,
  urlsOverlap,
} from "../service-url.js";
import type { Rule } from "./rule.js";

export const urlsAreKnown: Rule = ({ raw, problemAt }) => {
  const faults = [
    ["source", raw.source, findStoreUrlFault],
    ["stage", raw.stage, findStoreUrlFault],
    ["warehouse", raw.warehouse, findWarehouseUrlFault],
  ] as const;
  return faults.flatMap(([key, url, findFault]) => {
    const fault = url === undefined ? null : findFault(url);
    return fault === null ? [] : [problemAt([key], fault)];
  });
};

export const sourceAndStageAreApart: Rule = ({ raw, catalog, problemAt }) => {
  const { source, stage } = catalog;
  if (raw.source === undefined || raw.stage === undefined) return [];
  if (findStoreUrlFault(source) !== null || findStoreUrlFault(stage) !== null)
    return [];
  if (!urlsOverlap(source, stage)) return [];
  const message = `${JSON.stringify(stage)} and the source ${JSON.stringify(source)} lie within one another: expected two places apart`;
  return [problemAt(["stage"], message)];
};
