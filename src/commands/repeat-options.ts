import { defaultCatalog, type GlobalArguments } from "./context.js";

/** The words by which another command finds the same catalog, source and stage; of what the environment or a default tells, none. */
export function repeatOptions({
  catalog,
  source,
  stage,
}: Pick<GlobalArguments, "catalog" | "source" | "stage">): string[] {
  return [
    ...(catalog === defaultCatalog ? [] : ["--catalog", catalog]),
    ...(source === undefined ? [] : ["--source", source]),
    ...(stage === undefined ? [] : ["--stage", stage]),
  ];
}
