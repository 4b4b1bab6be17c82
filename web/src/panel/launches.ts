// What each launch was found to be: an alarm first, then what is open, then what is explained, each with its reason.

import { element } from "../dom";
import type { PictureCorrelation } from "../model";
import { JOINT } from "../model";
import { sideOf, type View } from "../view";
import { centreName, clock } from "../words";

const MOST = 12; // more would push the tracks off the page; the report and the record have them all
const ORDER = ["alarm", "open", "explained"];
// Never colour alone: each standing has its sign and its word.
const SIGN: Record<string, string> = { alarm: "▲", open: "◇", explained: "✓" };
const WORD: Record<string, string> = { alarm: "ALARM", open: "open", explained: "explained" };

export class LaunchesSection {
  readonly root = element("section", { class: "launches", "aria-label": "Launches", hidden: true });
  private shown = "";

  show(view: View): void {
    const found = judgements(view);
    const mark = JSON.stringify([view.run.run, found]);
    if (mark === this.shown) return;
    this.shown = mark;
    this.root.hidden = found.length === 0;
    const items = found.slice(0, MOST).map(([centre, judged]) => item(view, centre, judged));
    const more = found.length > MOST ? [element("p", { class: "quiet" }, `and ${found.length - MOST} more`)] : [];
    this.root.replaceChildren(element("h2", {}, "Launches"), element("ul", {}, ...items), ...more);
  }
}

/** Return what the centres of the picture shown found, alarms first, then the newest. */
function judgements(view: View): [string, PictureCorrelation][] {
  const pictures = view.perspective === JOINT ? (view.snapshot?.pictures ?? []) : view.picture ? [view.picture] : [];
  const found = pictures.flatMap((each) =>
    each.correlations.map((judged): [string, PictureCorrelation] => [each.perspective, judged]),
  );
  return found.sort(
    ([, a], [, b]) => ORDER.indexOf(a.standing) - ORDER.indexOf(b.standing) || (a.said_utc < b.said_utc ? 1 : -1),
  );
}

function item(view: View, centre: string, judged: PictureCorrelation): HTMLElement {
  const what = judged.nature === "" ? (WORD[judged.standing] ?? judged.standing) : judged.nature;
  return element(
    "li",
    { class: judged.standing, tabindex: "0", title: judged.text },
    element("span", { class: "standing" }, `${SIGN[judged.standing] ?? "◇"} ${what}`),
    element("span", { class: `who own ${sideOf(view.run, centre)}` }, centreName(view.run, centre)),
    element("b", {}, judged.object),
    element("time", { class: "quiet" }, clock(judged.said_utc)),
    element("p", {}, judged.text),
  );
}
