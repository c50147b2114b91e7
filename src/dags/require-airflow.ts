import type { AirflowSettings, Catalog } from "../catalog/catalog.js";
import { UsageError } from "../errors.js";

/** The catalog's `airflow` section; UsageError where there is none. */
export function requireAirflow(catalog: Catalog): AirflowSettings {
  if (catalog.airflow === null)
    throw new UsageError(
      `${catalog.file} has no airflow section: DAGs need at least airflow.image, airflow.namespace and airflow.start_date`,
    );
  return catalog.airflow;
}
