// The buttons at the globe's edge.

import { byId, element } from "../dom";
import type { GlobeView } from "../globe/globe";
import { showHelp } from "./help";

export class ViewButtons {
  constructor(globe: () => GlobeView | null) {
    const button = (label: string, sign: string, act: (button: HTMLButtonElement) => void): HTMLButtonElement => {
      const made: HTMLButtonElement = element(
        "button",
        { type: "button", "aria-label": label, title: label, onclick: () => act(made) },
        sign,
      );
      return made;
    };
    const coverage = button("Coverage of the radars", "◗", (made) => {
      made.setAttribute("aria-pressed", String(globe()?.toggleCoverage() ?? true));
    });
    coverage.setAttribute("aria-pressed", "true");
    byId("view").replaceChildren(
      button("Nearer", "+", () => globe()?.zoom(1.4)),
      button("Further", "−", () => globe()?.zoom(1 / 1.4)),
      button("Whole scene", "⌂", () => globe()?.home()),
      button("Straight down, north up", "N", () => globe()?.down()),
      coverage,
      button("Keys and marks", "?", () => showHelp()),
    );
  }
}
