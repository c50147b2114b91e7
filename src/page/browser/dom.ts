/** The page's own elements are in page.html: one that is missing is a bug. */
export function find(id: string): HTMLElement;
export function find<T extends HTMLElement>(id: string, kind: new () => T): T;
export function find(id: string, kind = HTMLElement): HTMLElement {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new Error(`page.html has no ${kind.name} with the id ${id}`);
}

/** An element with text or elements in it. Texts are never read as HTML. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...content: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    element.setAttribute(name, value);
  element.append(...content);
  return element;
}

/** A name that came from data: its own direction does not turn the words around it. */
export function name(text: string): HTMLElement {
  return make("bdi", {}, text);
}

export interface Cell {
  readonly content: Node | string;
  readonly number?: boolean;
}

export function makeTable(
  caption: string,
  head: readonly Cell[],
  rows: readonly (readonly Cell[])[],
): HTMLTableElement {
  const body = make("tbody");
  for (const row of rows) {
    const line = make("tr");
    for (const [index, { content, number }] of row.entries()) {
      const attributes = number === true ? { class: "number" } : {};
      line.append(
        index === 0
          ? make("th", { scope: "row", ...attributes }, content)
          : make("td", attributes, content),
      );
    }
    body.append(line);
  }
  const titles = make("tr");
  for (const { content, number } of head)
    titles.append(
      make(
        "th",
        { scope: "col", ...(number === true && { class: "number" }) },
        content,
      ),
    );
  return make(
    "table",
    {},
    make("caption", { class: "hidden" }, caption),
    make("thead", {}, titles),
    body,
  );
}

/** Fills a `details` once it is opened, and again when what it shows has changed. */
export function fillWhenOpen(
  details: HTMLDetailsElement,
  make: () => Node,
): void {
  const fill = (): void => {
    if (!details.open) return;
    details.querySelector(".scroll")?.remove();
    const summary = details.querySelector("summary")?.textContent ?? "";
    const region = document.createElement("div");
    region.className = "scroll";
    region.tabIndex = 0;
    region.setAttribute("role", "region");
    region.setAttribute(
      "aria-label",
      `${details.parentElement?.querySelector("h2")?.textContent ?? ""}: ${summary}`,
    );
    region.append(make());
    details.append(region);
  };
  details.ontoggle = fill;
  fill();
}
