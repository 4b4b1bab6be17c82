// The clock bar: play, pause, step, speed, and the whole run as a line to move along.

import type { Clock } from "../clock";
import { SPEEDS } from "../clock";
import { byId, element, setText } from "../dom";
import type { Event } from "../model";
import type { View } from "../view";
import { clockOf, elapsed } from "../words";

export interface Moves {
  playPause(): void;
  step(by: -1 | 1): void;
  live(): void;
  speed(times: number): void;
  go(seconds: number): void;
}

export class Timeline {
  private readonly play: HTMLButtonElement;
  private readonly live: HTMLButtonElement;
  private readonly state = element("span", { class: "state" });
  private readonly slider: HTMLInputElement;
  private readonly ticks = element("div", { class: "ticks", "aria-hidden": "true" });
  private readonly from = element("span", { class: "end" });
  private readonly to = element("span", { class: "end" });
  private readonly speeds = new Map<number, HTMLButtonElement>();
  private ticked = "";

  constructor(moves: Moves) {
    const button = (label: string, sign: string, act: () => void, kind = ""): HTMLButtonElement =>
      element("button", { type: "button", "aria-label": label, title: label, class: kind, onclick: act }, sign);
    this.play = button("Pause", "❚❚", () => moves.playPause(), "play");
    this.live = button("Follow the run", "Live", () => moves.live(), "live");
    const speeds = element("div", { class: "speeds", role: "group", "aria-label": "Speed of playback" });
    for (const times of SPEEDS) {
      const made = button(`${times} times real time`, `${times}×`, () => moves.speed(times));
      this.speeds.set(times, made);
      speeds.append(made);
    }
    this.slider = element("input", { type: "range", min: "0", step: "1", "aria-label": "Time of the exercise" });
    this.slider.addEventListener("input", () => moves.go(Number(this.slider.value)));
    const steps = [
      button("Snapshot before", "◂❙", () => moves.step(-1)),
      this.play,
      button("Snapshot after", "❙▸", () => moves.step(1)),
    ];
    byId("clock").replaceChildren(
      element("div", { class: "keys" }, ...steps, this.live, speeds, this.state),
      element("div", { class: "line" }, this.from, element("div", { class: "rail" }, this.ticks, this.slider), this.to),
    );
  }

  show(view: View, clock: Clock, finished: boolean): void {
    const moving = clock.playing && !(finished && clock.live);
    this.label(this.play, moving ? "Pause" : "Play", moving ? "❚❚" : "▶");
    this.label(this.live, finished ? "Go to the end" : "Follow the run", finished ? "End" : "Live");
    this.live.setAttribute("aria-pressed", String(clock.live));
    for (const [times, made] of this.speeds) made.setAttribute("aria-pressed", String(times === clock.speed));
    setText(this.state, stateText(view, clock, finished));
    this.showLine(view);
  }

  private showLine(view: View): void {
    const { firstS, endS, startS } = view.history;
    this.slider.min = String(Math.floor(firstS));
    this.slider.max = String(Math.max(Math.ceil(endS), Math.floor(firstS) + 1));
    if (document.activeElement !== this.slider || Number(this.slider.value) !== Math.round(view.seconds)) {
      this.slider.value = String(Math.round(view.seconds));
    }
    this.slider.setAttribute("aria-valuetext", `${clockOf(startS + view.seconds)} UTC, ${elapsed(view.seconds)} after the start`);
    setText(this.from, clockOf(startS + firstS));
    setText(this.to, clockOf(startS + endS));
    this.showTicks(view.history.events, view);
  }

  private showTicks(events: readonly Event[], view: View): void {
    const { firstS, endS } = view.history;
    const mark = `${view.run.run} ${events.length} ${endS}`;
    if (mark === this.ticked) return;
    this.ticked = mark;
    const ticks = events.slice(-400).map((event) => {
      const part = (view.history.seconds(event.time_utc) - firstS) / Math.max(endS - firstS, 1);
      const tick = element("i", { class: event.kind });
      tick.style.left = `${(Math.min(Math.max(part, 0), 1) * 100).toFixed(2)}%`;
      return tick;
    });
    this.ticks.replaceChildren(...ticks);
  }

  private label(button: HTMLButtonElement, label: string, sign: string): void {
    setText(button, sign);
    if (button.title === label) return;
    button.title = label;
    button.setAttribute("aria-label", label);
  }
}

function stateText(view: View, clock: Clock, finished: boolean): string {
  const since = `${elapsed(view.seconds)} min`;
  if (clock.live) return finished ? `The run is over · ${since}` : `Live, as it comes · ${since}`;
  return `As it was known at ${clockOf(view.history.startS + view.seconds)} · ${since}`;
}
