// Small hands for the DOM: elements by one call, and tables whose rows keep their identity (and focus) when values change.

type Child = Node | string;
type Attributes = Record<string, string | boolean | ((event: globalThis.Event) => void)>;

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (typeof value === "string") made.setAttribute(name, value);
    else if (value) made.setAttribute(name, "");
  }
  made.append(...children);
  return made;
}

export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no element #${id}; index.html and main.ts are of two versions`);
  return found as T;
}

/** Set text only where it differs, so that selections and screen readers are left alone. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

export interface Column {
  name: string;
  numeric?: boolean;
  title?: string;
}

export interface Cell {
  text: string;
  own?: string; // CSS class, for the colour of an owner or a standing
  title?: string;
}

/** A table of text with a caption; the first cell of a row names it, and may be a button. */
export class Table {
  readonly root: HTMLTableElement;
  private readonly caption: HTMLTableCaptionElement;
  private readonly body: HTMLTableSectionElement;
  private readonly rows = new Map<string, HTMLTableRowElement>();

  constructor(
    caption: string,
    private readonly columns: Column[],
    private readonly choose?: (key: string) => void,
  ) {
    this.caption = element("caption", {}, caption);
    const heads = columns.map((column) =>
      element("th", { scope: "col", class: column.numeric ? "num" : "", title: column.title ?? "" }, column.name),
    );
    this.body = element("tbody");
    this.root = element("table", {}, this.caption, element("thead", {}, element("tr", {}, ...heads)), this.body);
  }

  setCaption(text: string): void {
    setText(this.caption, text);
  }

  /** Show these rows in this order; keys name them from one call to the next. */
  show(rows: Iterable<readonly [key: string, cells: Cell[]]>, chosen: string | null = null): void {
    const wanted = new Set<string>();
    let before: Node | null = this.body.firstChild;
    for (const [key, cells] of rows) {
      wanted.add(key);
      const row = this.rows.get(key) ?? this.add(key);
      this.fill(row, cells, key === chosen);
      if (row === before) before = row.nextSibling;
      else this.body.insertBefore(row, before);
    }
    for (const [key, row] of this.rows) {
      if (wanted.has(key)) continue;
      row.remove();
      this.rows.delete(key);
    }
  }

  private add(key: string): HTMLTableRowElement {
    const first = element("th", { scope: "row" });
    if (this.choose !== undefined) first.append(element("button", { type: "button" }));
    const rest = this.columns.slice(1).map((column) => element("td", { class: column.numeric ? "num" : "" }));
    const choose = this.choose;
    const row = element("tr", choose === undefined ? {} : { onclick: () => choose(key) }, first, ...rest);
    this.rows.set(key, row);
    return row;
  }

  private fill(row: HTMLTableRowElement, cells: Cell[], chosen: boolean): void {
    cells.forEach((cell, i) => {
      const place = row.cells[i] as HTMLTableCellElement;
      const inner = i === 0 && this.choose !== undefined ? (place.firstChild as HTMLElement) : place;
      setText(inner, cell.text);
      const base = this.columns[i]?.numeric ? "num" : "";
      const wanted = cell.own === undefined ? base : `${base} ${cell.own}`.trim();
      if (place.className !== wanted) place.className = wanted;
      if (cell.title !== undefined && place.title !== cell.title) place.title = cell.title;
    });
    row.classList.toggle("chosen", chosen);
    row.querySelector("button")?.setAttribute("aria-pressed", String(chosen));
  }
}

/** A list of names and values. */
export class Facts {
  readonly root = element("dl");
  private readonly values = new Map<string, HTMLElement>();

  show(facts: Iterable<readonly [name: string, value: string]>): void {
    const wanted = new Set<string>();
    for (const [name, value] of facts) {
      wanted.add(name);
      setText(this.values.get(name) ?? this.add(name), value);
    }
    for (const [name, place] of this.values) {
      if (wanted.has(name)) continue;
      place.previousElementSibling?.remove();
      place.remove();
      this.values.delete(name);
    }
  }

  private add(name: string): HTMLElement {
    const place = element("dd");
    this.root.append(element("dt", {}, name), place);
    this.values.set(name, place);
    return place;
  }
}
