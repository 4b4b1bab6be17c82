// The page's clock: it follows the run (live), or plays back what was known at an earlier time.

import type { History } from "./history";

export const SPEEDS = [1, 5, 20, 60] as const;

export class Clock {
  live = true;
  playing = true;
  speed: number = SPEEDS[1];
  private heldS = 0; // where playback stands
  private newest = -1; // number of the newest snapshot, and when it came
  private cameMs = 0;

  constructor(private readonly history: History) {}

  /** Say that a snapshot has come, at this many milliseconds. */
  heard(seq: number, nowMs: number): void {
    if (seq <= this.newest) return;
    this.newest = seq;
    this.cameMs = nowMs;
  }

  /** Return the time shown, seconds since the start. */
  seconds(nowMs: number, smooth: boolean): number {
    if (!this.live) return this.heldS;
    // Between snapshots the run goes on at its own pace; never further than the next one is due.
    const ahead = smooth ? ((nowMs - this.cameMs) / 1000) * this.history.run.speed : 0;
    return this.history.endS + (this.playing ? Math.min(Math.max(ahead, 0), this.history.stepS) : 0);
  }

  /** Let `elapsedMs` pass; returns whether the time shown moved by playback. */
  advance(elapsedMs: number): boolean {
    if (this.live || !this.playing) return false;
    this.heldS += (elapsedMs / 1000) * this.speed;
    if (this.heldS >= this.history.endS) this.goLive();
    return true;
  }

  /** Stand still at a time, as it was known then. */
  hold(seconds: number): void {
    this.live = false;
    this.heldS = Math.min(Math.max(seconds, this.history.firstS), this.history.endS);
  }

  pause(nowMs: number, smooth: boolean): void {
    this.hold(this.seconds(nowMs, smooth));
    this.playing = false;
  }

  /** Go on from the time shown; from the very end of a finished run, from its beginning. */
  play(finished: boolean): void {
    if (finished && (this.live || this.heldS >= this.history.endS - 1e-6)) this.hold(this.history.firstS);
    this.playing = true;
  }

  goLive(): void {
    this.live = true;
    this.playing = true;
    this.heldS = this.history.endS;
  }

  /** Stand at the snapshot before (-1) or after (+1) the time shown. */
  step(by: -1 | 1, nowMs: number): void {
    const seconds = this.seconds(nowMs, false);
    const index = this.history.indexAt(seconds);
    const on = this.history.timeOf(index);
    const target = by < 0 && seconds - on > 1e-3 ? index : index + by;
    this.hold(this.history.timeOf(target));
    this.playing = false;
  }
}
