// The watch page: one view of one moment, shown by the tables and by the globe; the clock says which moment.

import { Clock } from "./clock";
import { byId, element, setText } from "./dom";
import type { GlobeView } from "./globe/globe";
import type { History } from "./history";
import type { Event, Finished, Snapshot } from "./model";
import { EventsSection } from "./panel/events";
import { CentresSection, notesSection, radarsSection, StatementSection } from "./panel/frame";
import { showHelp } from "./panel/help";
import { FeedsSection } from "./panel/feeds";
import { LaunchesSection } from "./panel/launches";
import { Perspectives } from "./panel/perspectives";
import { Timeline } from "./panel/timeline";
import { TopBar } from "./panel/top";
import { DetailSection, TracksSection } from "./panel/tracks";
import { ViewButtons } from "./panel/viewbuttons";
import { atTheDesk } from "./people/signin";
import { Source } from "./source";
import { inService, ordered, viewAt, type View } from "./view";
import { centreName, clock as timeOfDay } from "./words";

declare global {
  interface Window {
    __ready?: boolean;
    __timing?: Record<string, number>;
  }
}

const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const asked = new URLSearchParams(location.search);
const quality = asked.get("quality") === "high" ? "high" : asked.get("quality") === "low" ? "low" : null;
const timing: Record<string, number> = (window.__timing = {});
const globeModule = import("./globe/globe"); // the largest part: on its way while the tables are filled

class Page {
  private history: History | null = null;
  private clock: Clock | null = null;
  private finished: Finished | null = null;
  private perspective = asked.get("perspective") ?? "";
  private selected: string | null = null;
  private globe: GlobeView | null = null;
  private askedTime = numberOrNull(asked.get("t"));
  private askedPause = asked.has("paused");
  private heardFirst = (): void => undefined;
  private dirty = true;
  private lastMs = performance.now();
  private globeDrawnMs = 0;

  private readonly top = new TopBar();
  private readonly perspectives = new Perspectives((id) => this.look(id));
  private readonly tracks = new TracksSection((id) => this.choose(id));
  private readonly launches = new LaunchesSection();
  private readonly feeds = new FeedsSection();
  private readonly detail = new DetailSection(() => this.globe?.fit(this.selected));
  private readonly statement = new StatementSection();
  private readonly centres = new CentresSection();
  private readonly events = new EventsSection(byId("events"), (seconds) => this.go(seconds));
  private readonly timeline = new Timeline({
    playPause: () => this.playPause(),
    step: (by) => this.onClock((clock) => clock.step(by, performance.now())),
    live: () => this.onClock((clock) => clock.goLive()),
    speed: (times) => this.onClock((clock) => (clock.speed = times)),
    go: (seconds) => this.go(seconds),
  });
  private readonly source = new Source({
    run: (history, loaded) => this.begin(history, loaded),
    snapshot: (snapshot) => this.heard(snapshot),
    event: (event, isNew) => this.happened(event, isNew),
    finished: (finished) => this.over(finished),
    line: (connected) => this.line(connected),
  });

  start(): void {
    new ViewButtons(() => this.globe);
    document.addEventListener("keydown", (event) => this.key(event));
    this.source.start();
    void this.openGlobe();
    requestAnimationFrame((now) => this.frame(now));
  }

  private begin(history: History | null, loaded: Promise<void>): void {
    this.history = history;
    this.finished = null;
    this.selected = asked.get("track");
    this.clock = history === null ? null : new Clock(history);
    this.top.clear();
    message(history === null ? "Waiting for a run to begin." : "");
    if (history === null) {
      void this.drawn();
      return;
    }
    const { run } = history;
    setText(byId("run-title"), run.title);
    setText(byId("page-title"), inService(run) ? "On watch" : "Joint picture");
    setText(byId("banner"), bannerOf(run.banner, run.mode, run.counterfactual, run.variant));
    setText(byId("mark"), byId("banner").textContent ?? "");
    document.title = `${byId("page-title").textContent}: ${run.title}`;
    this.perspectives.begin(run);
    if (!this.perspectives.ids.includes(this.perspective)) this.perspective = this.perspectives.ids[0] as string;
    byId("facts").replaceChildren(
      this.perspectives.root,
      this.launches.root,
      this.tracks.root,
      this.detail.root,
      this.statement.root,
      this.centres.root,
      this.feeds.root,
      radarsSection(run),
      notesSection(run),
    );
    this.globe?.begin(run);
    this.dirty = true;
    const first = new Promise<void>((resolve) => (this.heardFirst = resolve));
    const enough = this.askedTime === null ? Promise.race([loaded, first]) : loaded;
    void enough.then(() => this.loaded(history));
  }

  /** Go to the moment the address asks for, once the past is here; then say when everything is drawn. */
  private async loaded(history: History): Promise<void> {
    if (history !== this.history || this.clock === null) return;
    if (this.askedTime !== null) this.clock.hold(this.askedTime);
    if (this.askedPause) this.clock.pause(performance.now(), false);
    [this.askedTime, this.askedPause] = [null, false]; // what the address asked for, it asked for once
    this.dirty = true;
    timing["tables"] ??= performance.now();
    await this.drawn();
  }

  private async drawn(): Promise<void> {
    await this.opened;
    this.dirty = true;
    this.frameOnce(performance.now());
    await this.globe?.settled();
    timing["ready"] ??= performance.now();
    window.__ready = true;
    document.body.dataset["ready"] = "true"; // the same for those who may not evaluate scripts
  }

  private opened: Promise<void> = new Promise((resolve) => (this.openedNow = resolve));
  private declare openedNow: () => void;

  private async openGlobe(): Promise<void> {
    try {
      const { GlobeView, loadWorlds } = await globeModule;
      timing["code"] = performance.now();
      this.globe = new GlobeView(byId("globe"), await loadWorlds(), quality, still, (id) => this.choose(id), () => this.noGlobe("failed"));
      timing["globe"] = performance.now();
      if (this.history !== null) this.globe.begin(this.history.run);
    } catch (error) {
      console.warn("the globe cannot be drawn", error);
      this.noGlobe("unavailable");
    }
    this.dirty = true;
    this.openedNow();
  }

  private noGlobe(how: "unavailable" | "failed"): void {
    byId("globe").dataset["globe"] = how;
    const why =
      how === "failed"
        ? "The globe can no longer be drawn; loading the page again may help."
        : "The globe needs WebGL 2, which this browser does not give.";
    message(`${why} The tables hold the same facts; a flat map is on the plain page.`);
  }

  private frame(now: number): void {
    this.frameOnce(now);
    requestAnimationFrame((next) => this.frame(next));
  }

  private frameOnce(now: number): void {
    const { history, clock } = this;
    const passed = Math.min(now - this.lastMs, 1000);
    this.lastMs = now;
    if (history === null || clock === null) return;
    const moving = clock.advance(passed) || (clock.live && clock.playing && this.finished === null && !still);
    if (!this.dirty && !moving) return;
    // On a processor alone a frame of the globe is dear: draw it a few times a second while time runs.
    const spare = this.globe?.soft === true && !this.dirty && now - this.globeDrawnMs < 200;
    if (spare) return;
    this.dirty = false;
    this.globeDrawnMs = now;
    this.draw(history, clock, now);
  }

  private draw(history: History, clock: Clock, now: number): void {
    const seconds = clock.seconds(now, !still && this.finished === null);
    let view = viewAt(history, seconds, this.perspective, this.selected);
    view = { ...view, selected: chosenIn(view) };
    this.selected = view.selected ?? this.selected;
    this.top.show(view);
    this.perspectives.show(view);
    this.launches.show(view);
    this.feeds.show(view);
    this.tracks.show(view);
    this.detail.show(view);
    this.statement.show(clock.live ? this.finished : null); // at an earlier time it was not yet known
    this.centres.show(view);
    this.events.show(view);
    this.timeline.show(view, clock, this.finished !== null);
    setText(byId("latest"), latestLine(view));
    this.globe?.show(view);
  }

  private heard(snapshot: Snapshot): void {
    this.heardFirst();
    this.clock?.heard(snapshot.seq, performance.now());
    this.dirty = true;
  }

  private happened(event: Event, isNew: boolean): void {
    this.dirty = true;
    if (!isNew || this.clock?.live !== true || this.history === null) return;
    const line = element("span", {}, `${timeOfDay(event.time_utc)}, ${centreName(this.history.run, event.centre)}: ${event.text}`);
    byId("announcer").replaceChildren(line);
  }

  private over(finished: Finished): void {
    this.finished = finished;
    this.top.finished(finished);
    this.dirty = true;
  }

  private line(connected: boolean): void {
    this.top.line(connected);
    this.dirty = true;
  }

  private choose(id: string): void {
    this.selected = id;
    this.dirty = true;
  }

  private look(perspective: string): void {
    this.perspective = perspective;
    this.dirty = true;
  }

  private go(seconds: number): void {
    this.onClock((clock) => clock.hold(seconds));
  }

  private playPause(): void {
    this.onClock((clock) => {
      const over = this.finished !== null;
      if (clock.playing && !(over && clock.live)) clock.pause(performance.now(), !still && !over);
      else clock.play(over);
    });
  }

  private onClock(act: (clock: Clock) => void): void {
    if (this.clock === null) return;
    act(this.clock);
    this.dirty = true;
  }

  private key(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.altKey || event.metaKey || target.closest("dialog") !== null) return;
    if (event.key === " " && target.closest("button, a, input") !== null) return;
    const ids = this.perspectives.ids;
    const acts: Record<string, () => void> = {
      " ": () => this.playPause(),
      ",": () => this.onClock((clock) => clock.step(-1, performance.now())),
      ".": () => this.onClock((clock) => clock.step(1, performance.now())),
      l: () => this.onClock((clock) => clock.goLive()),
      h: () => this.globe?.home(),
      f: () => this.globe?.fit(this.selected),
      n: () => this.next(),
      "?": () => showHelp(),
    };
    const numbered = ids[Number(event.key) - 1];
    const act = numbered === undefined ? acts[event.key.toLowerCase()] : () => this.look(numbered);
    if (act === undefined) return;
    event.preventDefault();
    act();
  }

  /** Select the track after the selected one. */
  private next(): void {
    if (this.history === null || this.clock === null) return;
    const seconds = this.clock.seconds(performance.now(), false);
    const ids = ordered(viewAt(this.history, seconds, this.perspective, null).picture).map((track) => track.id);
    const id = ids[(ids.indexOf(this.selected ?? "") + 1) % Math.max(ids.length, 1)];
    if (id !== undefined) this.choose(id);
  }
}

/** Return the selected track where the picture has it, else its first one. */
function chosenIn(view: View): string | null {
  const tracks = ordered(view.picture);
  return (tracks.find((track) => track.id === view.selected) ?? tracks[0])?.id ?? null;
}

function latestLine(view: View): string {
  const event = view.history.eventsUntil(view.seconds).at(-1);
  return event === undefined ? "" : `${timeOfDay(event.time_utc)}  ${centreName(view.run, event.centre)}: ${event.text}`;
}

/** Return the banner's words; an exercise is called one whatever the run calls it. */
function bannerOf(banner: string, mode: string, counterfactual: boolean, variant: string): string {
  let words = banner.trim();
  if (mode !== "operational" && !words.toUpperCase().includes("EXERCISE")) words = `EXERCISE · ${words}`;
  if (counterfactual && !words.toUpperCase().includes("COUNTERFACTUAL")) {
    words = `${words} · COUNTERFACTUAL: ${variant.replaceAll("-", " ")}`;
  }
  return words;
}

function numberOrNull(text: string | null): number | null {
  const found = text === null || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(found) ? found : null;
}

function message(words: string): void {
  const place = byId("message");
  place.hidden = words === "";
  setText(place, words);
}

void atTheDesk().then(() => new Page().start());
