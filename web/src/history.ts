// What was known, when: every snapshot and event received, in order, and the picture at any time among them.

import type { Event, Picture, PictureTrack, RunView, Snapshot } from "./model";

/** A place on a track as it was held then: seconds since the start, longitude and latitude in degrees, height in m. */
export type Fix = readonly [seconds: number, longitudeDeg: number, latitudeDeg: number, heightM: number];

const KEEP = 6000; // snapshots in the page; past it the older half is thinned, as the server does

export class History {
  readonly startS: number; // since 1970, UTC
  readonly snapshots: Snapshot[] = [];
  readonly events: Event[] = [];
  private readonly times: number[] = []; // of the snapshots, seconds since the start
  private readonly eventTimes: number[] = [];

  constructor(readonly run: RunView) {
    this.startS = Date.parse(run.start_utc) / 1000;
  }

  /** Return seconds since the start of a UTC text. */
  seconds(utc: string): number {
    return Date.parse(utc) / 1000 - this.startS;
  }

  addSnapshot(snapshot: Snapshot): void {
    const at = insertionPoint(this.snapshots, snapshot.seq);
    if (this.snapshots[at - 1]?.seq === snapshot.seq) return;
    this.snapshots.splice(at, 0, snapshot);
    this.times.splice(at, 0, this.seconds(snapshot.time_utc));
    if (this.snapshots.length > KEEP) this.thin();
  }

  addEvent(event: Event): void {
    const at = insertionPoint(this.events, event.seq);
    if (this.events[at - 1]?.seq === event.seq) return;
    this.events.splice(at, 0, event);
    this.eventTimes.splice(at, 0, this.seconds(event.time_utc));
  }

  /** Return the time of the newest snapshot, seconds since the start; 0 before the first. */
  get endS(): number {
    return this.times.at(-1) ?? 0;
  }

  get firstS(): number {
    return Math.min(0, this.times[0] ?? 0);
  }

  /** Return how many seconds of the exercise usually lie between snapshots. */
  get stepS(): number {
    const n = Math.min(this.times.length - 1, 20);
    return n < 1 ? 1 : ((this.times.at(-1) as number) - (this.times.at(-1 - n) as number)) / n;
  }

  /** Return the index of the last snapshot at or before a time, -1 before the first. */
  indexAt(seconds: number): number {
    let low = 0;
    let high = this.times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.times[middle] as number) <= seconds + 1e-6) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  timeOf(index: number): number {
    return this.times[Math.min(Math.max(index, 0), this.times.length - 1)] ?? 0;
  }

  /** Return where a track was held to be up to a time, in one perspective, oldest first. */
  trail(perspective: string, id: string, untilIndex: number): Fix[] {
    const found: Fix[] = [];
    for (let i = untilIndex; i >= 0; i--) {
      const track = trackOf(pictureOf(this.snapshots[i], perspective), id);
      if (track === undefined) {
        if (found.length > 0) break;
        continue;
      }
      found.push([this.timeOf(i), track.longitude_deg, track.latitude_deg, track.altitude_km * 1e3]);
    }
    return found.reverse();
  }

  eventsUntil(seconds: number): Event[] {
    return this.events.filter((_, i) => (this.eventTimes[i] as number) <= seconds + 1e-6);
  }

  private thin(): void {
    for (let i = (this.snapshots.length >> 1) - 1; i > 0; i -= 2) {
      this.snapshots.splice(i, 1);
      this.times.splice(i, 1);
    }
  }
}

export function pictureOf(snapshot: Snapshot | undefined, perspective: string): Picture | undefined {
  return snapshot?.pictures.find((picture) => picture.perspective === perspective);
}

const indices = new WeakMap<Picture, Map<string, PictureTrack>>();

export function trackOf(picture: Picture | undefined, id: string | null): PictureTrack | undefined {
  if (picture === undefined || id === null) return undefined;
  let index = indices.get(picture);
  if (index === undefined) {
    index = new Map(picture.tracks.map((track) => [track.id, track]));
    indices.set(picture, index);
  }
  return index.get(id);
}

/**
 * Return where a track is held to be `dt` seconds after its picture: along its own prediction, nothing beyond it.
 * A track without a prediction stays where it was last estimated.
 */
export function moved(track: PictureTrack, dt: number): Fix {
  let before: Fix = [0, track.longitude_deg, track.latitude_deg, track.altitude_km * 1e3];
  if (dt <= 0) return before;
  for (const after of track.prediction) {
    if (after[0] >= dt) {
      const f = (dt - before[0]) / (after[0] - before[0] || 1);
      const turn = ((after[1] - before[1] + 540) % 360) - 180;
      return [dt, before[1] + f * turn, before[2] + f * (after[2] - before[2]), before[3] + f * (after[3] - before[3])];
    }
    before = after;
  }
  return before;
}

function insertionPoint(items: readonly { seq: number }[], seq: number): number {
  let at = items.length;
  while (at > 0 && (items[at - 1] as { seq: number }).seq > seq) at--;
  return at;
}
