// What is shown at one moment: the same value for the tables and for the globe, so that they cannot disagree.

import type { History } from "./history";
import { pictureOf } from "./history";
import type { Picture, PictureTrack, RunView, Snapshot } from "./model";
import { JOINT } from "./model";

export interface View {
  history: History;
  run: RunView;
  seconds: number; // of the exercise clock, since the start
  index: number; // of the snapshot known then, -1 for none
  snapshot: Snapshot | undefined;
  perspective: string;
  picture: Picture | undefined;
  selected: string | null;
}

export function viewAt(history: History, seconds: number, perspective: string, selected: string | null): View {
  const index = history.indexAt(seconds);
  const snapshot = history.snapshots[index];
  const picture = pictureOf(snapshot, perspective);
  return { history, run: history.run, seconds, index, snapshot, perspective, picture, selected };
}

/** Whether this is a centre on watch, with its own picture, and not an exercise run with everybody's. */
export function inService(run: RunView): boolean {
  return run.scenario === "";
}

/** Return whose pictures there are to look at: the joint one and each centre's; of a centre on watch its own first. */
export function perspectivesOf(run: RunView): string[] {
  const centres = run.centres.map((centre) => centre.id);
  if (!inService(run)) return [JOINT, ...centres];
  return centres.length > 1 ? [...centres.slice(0, 1), JOINT] : centres;
}

/** Return the tracks of a picture, confirmed ones first, then tentative, then lost. */
export function ordered(picture: Picture | undefined): PictureTrack[] {
  const rank: Record<string, number> = { confirmed: 0, tentative: 1, lost: 2 };
  return [...(picture?.tracks ?? [])].sort(
    (a, b) => (rank[a.status] ?? 3) - (rank[b.status] ?? 3) || (a.id < b.id ? -1 : 1),
  );
}

/** Return the CSS class of a centre: its colour. */
export function sideOf(run: RunView, centre: string): string {
  const order = run.centres.findIndex((each) => each.id === centre);
  return order < 0 ? JOINT : `side${(order % 3) + 1}`;
}

/** Return the CSS class of an estimate: one centre's colour, or the neutral one where several are in it. */
export function sideOfOwners(run: RunView, owners: readonly string[]): string {
  const known = [...new Set(owners)].filter((owner) => run.centres.some((centre) => centre.id === owner));
  return known.length === 1 ? sideOf(run, known[0] as string) : JOINT;
}
