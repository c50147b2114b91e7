import Handlebars from "handlebars";
import type { Catalog } from "../catalog/catalog.js";
import {
  buildClassifierView,
  buildLoadView,
  buildSchedules,
  type DagView,
} from "./model.js";
import type { ScheduleLock } from "./schedule-lock.js";

/** The texts of dag-templates/. */
export interface DagTemplates {
  readonly classifier: string;
  readonly load: string;
  /** By name, as `{{> name }}` calls them. */
  readonly partials: ReadonlyMap<string, string>;
}

/** Every DAG file's text by its name, such as `load_purchase.py`, sorted. */
export function renderDags(
  catalog: Catalog,
  lock: ScheduleLock,
  templates: DagTemplates,
): Map<string, string> {
  const renderers = compileTemplates(templates);
  const { classifier, loads } = buildSchedules(catalog, lock);
  const files = new Map<string, string>();
  for (const schedule of loads) {
    const type = catalog.types.get(schedule.type);
    if (type === undefined) continue;
    const view = buildLoadView(catalog, type, schedule, classifier.minute);
    files.set(`${schedule.dagId}.py`, renderers.load(view));
  }
  files.set(
    `${classifier.dagId}.py`,
    renderers.classifier(buildClassifierView(catalog, classifier)),
  );
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function compileTemplates(
  templates: DagTemplates,
): Record<"classifier" | "load", (view: DagView) => string> {
  const handlebars = Handlebars.create();
  const options = {
    noEscape: true,
    strict: true,
    knownHelpersOnly: true,
    preventIndent: true,
  };
  for (const [name, text] of templates.partials)
    handlebars.registerPartial(name, handlebars.compile(text, options));
  return {
    classifier: handlebars.compile<DagView>(templates.classifier, options),
    load: handlebars.compile<DagView>(templates.load, options),
  };
}
