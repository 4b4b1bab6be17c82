// The line to the server: what is new over the WebSocket, what was before (or was missed) over HTTP.

import { History } from "./history";
import type { Event, Finished, Message, RunView, Snapshot } from "./model";

export interface Listener {
  /** Another run is on show, or none yet; `loaded` resolves when its past has been fetched. */
  run(history: History | null, loaded: Promise<void>): void;
  snapshot(snapshot: Snapshot): void;
  event(event: Event, isNew: boolean): void;
  finished(finished: Finished): void;
  line(connected: boolean): void;
}

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 8000;

export class Source {
  private history: History | null = null;
  private retryMs = FIRST_RETRY_MS;
  private filling: Promise<void> = Promise.resolve();
  private known = false;

  constructor(private readonly listener: Listener) {}

  /** Begin: connect, follow, and connect again whenever the line breaks. */
  start(): void {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/api/live`);
    socket.onmessage = (message) => {
      this.retryMs = FIRST_RETRY_MS;
      this.take(JSON.parse(message.data as string) as Message);
    };
    socket.onopen = () => this.listener.line(true);
    socket.onclose = () => {
      this.listener.line(false);
      setTimeout(() => this.start(), this.retryMs);
      this.retryMs = Math.min(this.retryMs * 2, LAST_RETRY_MS);
    };
  }

  private take(message: Message): void {
    if (message.kind === "run") this.begin(message.run);
    else if (this.history === null || message.run !== this.history.run.run) return;
    else if (message.kind === "snapshot") this.snapshot(message.snapshot);
    else if (message.kind === "event") this.event(message.event);
    else this.listener.finished(message);
  }

  private begin(run: RunView | null): void {
    if (this.known && run !== null && run.run === this.history?.run.run) {
      void this.fill(this.history, this.history.snapshots.at(-1)?.seq ?? -1); // the line was broken for a while
      return;
    }
    this.known = true;
    this.history = run === null ? null : new History(run);
    this.listener.run(this.history, this.history === null ? Promise.resolve() : this.fill(this.history));
  }

  private snapshot(snapshot: Snapshot): void {
    const history = this.history as History;
    const last = history.snapshots.at(-1)?.seq ?? -1;
    history.addSnapshot(snapshot);
    if (last >= 0 && snapshot.seq > last + 1) void this.fill(history, last);
    this.listener.snapshot(snapshot);
  }

  private event(event: Event): void {
    const history = this.history as History;
    const last = history.events.at(-1)?.seq ?? -1;
    history.addEvent(event);
    this.listener.event(event, event.seq > last);
  }

  /** Fetch what came after the numbers given, page by page, one fetch at a time. */
  private fill(history: History, after = -1): Promise<void> {
    this.filling = this.filling.then(async () => {
      try {
        await Promise.all([this.fillEvents(history), this.fillSnapshots(history, after)]);
      } catch (error) {
        console.warn("the past could not be fetched; it is asked for again when the line is back", error);
      }
    });
    return this.filling;
  }

  private async fillSnapshots(history: History, after: number): Promise<void> {
    for (let from = after; ; ) {
      const page = await get<{ run: string; snapshots: Snapshot[] }>(`/api/snapshots?after=${from}`);
      if (page.run !== history.run.run) return;
      for (const snapshot of page.snapshots) history.addSnapshot(snapshot);
      const last = page.snapshots.at(-1);
      if (last === undefined) return;
      this.listener.snapshot(last);
      from = last.seq;
    }
  }

  private async fillEvents(history: History): Promise<void> {
    for (let from = -1; ; ) {
      const page = await get<{ run: string; events: Event[] }>(`/api/events?after=${from}`);
      if (page.run !== history.run.run) return;
      for (const event of page.events) history.addEvent(event);
      const last = page.events.at(-1);
      if (last === undefined) return;
      this.listener.event(last, false);
      from = last.seq;
    }
  }
}

async function get<T>(path: string): Promise<T> {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${answer.statusText}`);
  return (await answer.json()) as T;
}
