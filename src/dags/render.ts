import Handlebars from "handlebars";
import type { Catalog } from "../catalog/catalog.js";
import {
  buildClassifierView,
  buildLoadView,
  buildReconcileView,
  buildReloadView,
  buildReportView,
  buildWatchView,
  reconcileDagId,
  reloadDagId,
  reportDagId,
  watchDagId,
} from "./model.js";
import type { ScheduleLock } from "./schedule-lock.js";
import { buildSchedules } from "./schedules.js";

/** The texts of dag-templates/, each by its name without `.py.hbs`. */
export interface DagTemplates {
  readonly dags: ReadonlyMap<string, string>;
  /** As `{{> name }}` calls them. */
  readonly partials: ReadonlyMap<string, string>;
}

/** Every DAG file's text by its name, such as `load_purchase.py`, sorted. */
export function renderDags(
  catalog: Catalog,
  lock: ScheduleLock,
  templates: DagTemplates,
): Map<string, string> {
  const render = compileTemplates(templates);
  const { classifier, loads } = buildSchedules(catalog, lock);
  const files = new Map<string, string>();
  for (const schedule of loads) {
    const type = catalog.types.get(schedule.type);
    if (type === undefined) continue;
    const view = buildLoadView(catalog, type, schedule, classifier.minute);
    files.set(`${schedule.dagId}.py`, render("load", view));
  }
  const others = [
    [classifier.dagId, buildClassifierView(catalog, classifier)],
    [reloadDagId, buildReloadView(catalog)],
    [reconcileDagId, buildReconcileView(catalog)],
    [watchDagId, buildWatchView(catalog)],
    [reportDagId, buildReportView(catalog)],
  ] as const;
  for (const [dagId, view] of others)
    files.set(`${dagId}.py`, render(dagId, view));
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function compileTemplates(
  templates: DagTemplates,
): (name: string, view: object) => string {
  const handlebars = Handlebars.create();
  const options = {
    noEscape: true,
    strict: true,
    knownHelpersOnly: true,
    preventIndent: true,
  };
  for (const [name, text] of templates.partials)
    handlebars.registerPartial(name, handlebars.compile(text, options));
  const compiled = new Map(
    [...templates.dags].map(([name, text]) => [
      name,
      handlebars.compile<object>(text, options),
    ]),
  );
  return (name, view) => {
    const template = compiled.get(name);
    if (template === undefined)
      throw new Error(`there is no template ${name}.py.hbs`);
    return template(view);
  };
}
