// What is held of each radar's plots: doubted ones first, each with its evidence, by the centre that judges them.

import { element } from "../dom";
import type { FeedView } from "../model";
import { JOINT } from "../model";
import { sideOf, type View } from "../view";
import { centreName, clock, radarName } from "../words";

// Never colour alone: each standing has its sign and its word.
const SIGN: Record<string, string> = { doubted: "▲", believed: "✓" };

export class FeedsSection {
  readonly root = element("section", { class: "launches feeds", "aria-label": "Feeds of plots", hidden: true });
  private shown = "";

  show(view: View): void {
    const held = verdicts(view);
    const mark = JSON.stringify([view.run.run, held]);
    if (mark === this.shown) return;
    this.shown = mark;
    this.root.hidden = held.length === 0;
    const items = held.map(([centre, feed]) => item(view, centre, feed));
    this.root.replaceChildren(element("h2", {}, "Feeds of plots"), element("ul", {}, ...items));
  }
}

/** Return what the centres of the picture shown hold of the feeds, doubted ones first. */
function verdicts(view: View): [string, FeedView][] {
  const centres = (view.snapshot?.centres ?? []).filter((each) => [JOINT, each.id].includes(view.perspective));
  const held = centres.flatMap((centre) => centre.feeds.map((feed): [string, FeedView] => [centre.id, feed]));
  return held.sort(([, a], [, b]) => Number(b.standing === "doubted") - Number(a.standing === "doubted"));
}

function item(view: View, centre: string, feed: FeedView): HTMLElement {
  const sensor = feed.sensor === "" ? "masked radar" : radarName(view.run, feed.sensor);
  return element(
    "li",
    { class: feed.standing },
    element("span", { class: "standing" }, `${SIGN[feed.standing] ?? "◇"} ${feed.standing}`),
    element("b", { class: `own ${sideOf(view.run, feed.of)}` }, `${sensor}, ${centreName(view.run, feed.of)}`),
    element("span", { class: "quiet" }, `by ${centreName(view.run, centre)}`),
    element("time", { class: "quiet" }, clock(feed.as_of_utc)),
    element("p", {}, feed.text.replace(/^(believed|doubted): /, "")),
  );
}
