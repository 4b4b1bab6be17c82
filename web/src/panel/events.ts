// What has happened, newest first, up to the time shown; each line leads to its moment.

import { element } from "../dom";
import type { Event } from "../model";
import { sideOf, type View } from "../view";
import { centreName, clock } from "../words";

const MOST = 300;

export class EventsSection {
  private shown = "";

  constructor(
    private readonly root: HTMLElement,
    private readonly go: (seconds: number) => void,
  ) {}

  show(view: View): void {
    const events = view.history.eventsUntil(view.seconds).slice(-MOST);
    const mark = `${view.run.run} ${events.length} ${events.at(-1)?.seq ?? -1}`;
    if (mark === this.shown) return;
    this.shown = mark;
    const items = events.reverse().map((event) => this.item(view, event));
    this.root.replaceChildren(
      items.length === 0 ? element("p", { class: "quiet" }, "Nothing has happened yet.") : element("ol", {}, ...items),
    );
  }

  private item(view: View, event: Event): HTMLElement {
    const go = (): void => this.go(view.history.seconds(event.time_utc));
    const time = element("button", { type: "button", title: "Show this moment", onclick: go }, clock(event.time_utc));
    const who = element("span", { class: `who own ${sideOf(view.run, event.centre)}` }, centreName(view.run, event.centre));
    const kind = element("span", { class: `kind ${event.kind}` }, event.kind);
    return element("li", { class: event.kind }, time, who, kind, element("span", { class: "text" }, event.text));
  }
}
