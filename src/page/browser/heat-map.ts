import { chooseLook, looks, type CellLook } from "./cell-look.js";
import { find, make, name } from "./dom.js";
import type { Page, TypeHours } from "./read-data.js";
import { colour } from "./theme.js";
import type { Span } from "./view.js";
import { day } from "./words.js";

const rowHeight = 22;
const headHeight = 40;

export interface HeatMap {
  /** Shows these types over this span, with a frame around the chosen cell. */
  show(
    types: readonly TypeHours[],
    span: Span,
    chosen: { readonly type: TypeHours | null; readonly hour: number },
  ): void;
  focus(): void;
}

export interface HeatMapEvents {
  /** A cell was chosen, by its first hour. */
  choose(type: TypeHours, hour: number): void;
  /** The reader moves past the first or last cell. */
  page(direction: -1 | 1): boolean;
  /** The reader wants to see more of the chosen type. */
  open(): void;
}

/**
 * Types by hours on a canvas of what is in sight: so it is as fast for thousands of types, and may hatch and letter its cells.
 * One key stop; arrow keys move in it.
 */
export function makeHeatMap(page: Page, events: HeatMapEvents): HeatMap {
  const corner = make("div", { class: "map-corner" }, "UTC");
  const head = make("div", { class: "map-head", "aria-hidden": "true" });
  const names = make("div", { class: "map-names" });
  const canvas = make("canvas");
  const frame = make("div", { class: "map-frame" });
  const cells = make(
    "div",
    {
      class: "map-cells",
      role: "application",
      tabindex: "0",
      "aria-label": "Types by hours",
      "aria-describedby": "map-help",
    },
    canvas,
    frame,
  );
  const scroller = make(
    "div",
    { class: "map-scroll" },
    corner,
    head,
    names,
    cells,
  );
  find("map").append(scroller);

  let types: readonly TypeHours[] = [];
  let span: Span = { from: 0, to: page.hours, step: 1 };
  let row = 0;
  let column = 0;
  const columns = (): number => Math.ceil((span.to - span.from) / span.step);
  const edge = (at: number): number =>
    Math.round((at * cells.clientWidth) / Math.max(1, columns()));

  const choose = (nextRow: number, nextColumn: number): void => {
    const type = types[clamp(nextRow, types.length)];
    if (type === undefined) return;
    const at = clamp(nextColumn, columns());
    events.choose(type, lastHour(span, at));
  };

  cells.onkeydown = (event) => {
    const screen = Math.max(
      1,
      Math.floor((scroller.clientHeight - headHeight) / rowHeight) - 1,
    );
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    switch (event.key) {
      case "ArrowLeft":
        if (column > 0 || !events.page(-1)) choose(row, column - 1);
        break;
      case "ArrowRight":
        if (column < columns() - 1 || !events.page(1)) choose(row, column + 1);
        break;
      case "ArrowUp":
        choose(row - 1, column);
        break;
      case "ArrowDown":
        choose(row + 1, column);
        break;
      case "PageUp":
        choose(row - screen, column);
        break;
      case "PageDown":
        choose(row + screen, column);
        break;
      case "Home":
        choose(row, 0);
        break;
      case "End":
        choose(row, columns() - 1);
        break;
      case "Enter":
        events.open();
        break;
      default:
        return;
    }
    event.preventDefault();
    reveal();
  };
  cells.onpointerdown = (event) => {
    const box = cells.getBoundingClientRect();
    choose(
      Math.floor((event.clientY - box.top) / rowHeight),
      Math.floor(((event.clientX - box.left) / box.width) * columns()),
    );
  };
  scroller.onscroll = () => {
    paint();
  };
  new ResizeObserver(() => {
    layOutHead();
    paint();
  }).observe(cells);

  function reveal(): void {
    const top = row * rowHeight;
    const sight = scroller.clientHeight - headHeight;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + rowHeight > scroller.scrollTop + sight)
      scroller.scrollTop = top + rowHeight - sight;
  }

  function layOutHead(): void {
    head.replaceChildren();
    const width = cells.clientWidth / Math.max(1, columns());
    let labelled = -Infinity;
    for (let at = 0; at < columns(); at += 1) {
      const time = page.startOf(span.from + at * span.step);
      const x = edge(at);
      const starts = span.step === 24 || time.getUTCHours() === 0 || at === 0;
      if (starts && x - labelled >= 74) {
        head.append(placed("map-day", x, day(time)));
        labelled = x;
      }
      const every = span.step === 24 ? 0 : pickTicks(width);
      if (every > 0 && time.getUTCHours() % every === 0)
        head.append(
          placed("map-tick", x, String(time.getUTCHours()).padStart(2, "0")),
        );
    }
  }

  function paint(): void {
    const sight = Math.min(
      Math.max(0, scroller.clientHeight - headHeight),
      types.length * rowHeight,
    );
    const width = cells.clientWidth;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.max(1, Math.round(width * ratio));
    canvas.height = Math.max(1, Math.round(sight * ratio));
    canvas.style.height = `${sight}px`;
    const context = canvas.getContext("2d");
    if (context === null) return;
    context.scale(ratio, ratio);
    const top = scroller.scrollTop;
    const first = Math.floor(top / rowHeight);
    const last = Math.min(types.length, Math.ceil((top + sight) / rowHeight));
    const colours = new Map<string, string>();
    const pick = (key: string): string => {
      const known = colours.get(key) ?? colour(key);
      colours.set(key, known);
      return known;
    };
    const hatch = makeHatch(context, pick("card"), pick("hatch"));
    context.font = `700 ${width / columns() < 12 ? 9 : 11}px system-ui, sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (let at = first; at < last; at += 1) {
      const type = types[at];
      if (type === undefined) continue;
      for (let cell = 0; cell < columns(); cell += 1) {
        const index = span.from + cell * span.step;
        const hours = Math.min(span.step, span.to - index);
        const x = edge(cell);
        drawCell(context, looks[chooseLook(type, index, hours)], pick, hatch, {
          x,
          y: at * rowHeight - top,
          width: edge(cell + 1) - x,
        });
      }
    }
    drawDays(context, sight, pick("ink"));
  }

  function drawDays(
    context: CanvasRenderingContext2D,
    height: number,
    ink: string,
  ): void {
    if (span.step === 24) return;
    context.fillStyle = ink;
    context.globalAlpha = 0.25;
    for (let cell = 1; cell < columns(); cell += 1)
      if (page.startOf(span.from + cell).getUTCHours() === 0)
        context.fillRect(edge(cell) - 1, 0, 1, height);
    context.globalAlpha = 1;
  }

  return {
    focus: () => {
      cells.focus();
    },
    show: (nextTypes, nextSpan, chosen) => {
      const sameTypes =
        nextTypes.length === types.length &&
        nextTypes.every((type, at) => type === types[at]);
      types = nextTypes;
      span = nextSpan;
      if (!sameTypes) names.replaceChildren(...types.map(makeName));
      cells.style.height = `${types.length * rowHeight}px`;
      row = chosen.type === null ? -1 : types.indexOf(chosen.type);
      column = Math.floor((chosen.hour - span.from) / span.step);
      for (const [at, element] of [...names.children].entries())
        element.classList.toggle("chosen", at === row);
      const visible =
        row >= 0 && chosen.hour >= span.from && chosen.hour < span.to;
      frame.hidden = !visible;
      frame.style.transform = `translate(${edge(column) - 1}px, ${row * rowHeight - 1}px)`;
      frame.style.width = `${edge(column + 1) - edge(column) + 1}px`;
      layOutHead();
      paint();
    },
  };

  function makeName(type: TypeHours): HTMLElement {
    // The keyboard chooses types in the map itself: a hundred stops before it would help nobody.
    const button = make(
      "button",
      { type: "button", tabindex: "-1", title: type.name },
      name(type.name),
    );
    button.onclick = () => {
      choose(types.indexOf(type), column < 0 ? columns() - 1 : column);
    };
    return button;
  }
}

/** The last hour that a cell stands for. */
function lastHour(span: Span, cell: number): number {
  return Math.min(span.from + (cell + 1) * span.step, span.to) - 1;
}

function clamp(at: number, length: number): number {
  return Math.max(0, Math.min(length - 1, at));
}

function placed(kind: string, x: number, text: string): HTMLElement {
  const label = make("span", { class: kind }, text);
  label.style.left = `${x}px`;
  return label;
}

/** Hours between two labels, so that they don't touch. */
function pickTicks(cellWidth: number): number {
  return [1, 2, 3, 6, 12].find((every) => every * cellWidth >= 24) ?? 0;
}

function makeHatch(
  context: CanvasRenderingContext2D,
  ground: string,
  line: string,
): CanvasPattern | string {
  const size = 6;
  const tile = document.createElement("canvas");
  tile.width = size;
  tile.height = size;
  const pen = tile.getContext("2d");
  if (pen === null) return line;
  pen.fillStyle = ground;
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = line;
  pen.lineWidth = 1.6;
  pen.beginPath();
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift, size);
    pen.lineTo(shift + size, 0);
  }
  pen.stroke();
  return context.createPattern(tile, "repeat") ?? line;
}

function drawCell(
  context: CanvasRenderingContext2D,
  look: CellLook,
  pick: (key: string) => string,
  hatch: CanvasPattern | string,
  place: { readonly x: number; readonly y: number; readonly width: number },
): void {
  const gap = place.width > 4 ? 1 : 0;
  const { x, y } = place;
  const width = place.width - gap;
  const height = rowHeight - 2;
  context.fillStyle = look.hatched === true ? hatch : pick(look.fill);
  context.fillRect(x, y, width, height);
  if (look.outlined === true && width > 3) {
    context.strokeStyle = pick("line");
    context.lineWidth = 1;
    context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
  }
  if (look.mark === "" || width < 5) return;
  context.fillStyle = pick(look.markFill);
  context.fillText(look.mark, x + width / 2, y + height / 2 + 0.5);
}
