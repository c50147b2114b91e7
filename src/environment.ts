/** What sluice takes from the environment; the one place that reads it. */
export interface Environment {
  readonly source: string | undefined;
  readonly stage: string | undefined;
  readonly warehouse: string | undefined;
  readonly spoolDirectory: string | undefined;
  readonly logLevel: string;
}

export function readEnvironment(
  variables: NodeJS.ProcessEnv = process.env,
): Environment {
  const read = (name: string) => variables[name] || undefined;
  return {
    source: read("SLUICE_SOURCE"),
    stage: read("SLUICE_STAGE"),
    warehouse: read("SLUICE_WAREHOUSE"),
    spoolDirectory: read("SLUICE_SPOOL"),
    logLevel: read("SLUICE_LOG_LEVEL") ?? "info",
  };
}
