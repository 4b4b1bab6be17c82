// The tracks of the picture shown, one row each, and everything about the one that is selected.

import { element, Facts, setText, Table, type Cell } from "../dom";
import { trackOf } from "../history";
import { JOINT, type PictureTrack, type PointInTime, type RunView } from "../model";
import { inService, ordered, sideOfOwners, type View } from "../view";
import { axes, centreName, clock, length, NOTHING, number, place, probability, radarName } from "../words";

const MOST_ROWS = 200; // more would be read by nobody; the globe shows them all

export class TracksSection {
  readonly root: HTMLElement;
  private readonly table: Table;
  private readonly none = element("p", { class: "quiet" });
  private readonly more = element("p", { class: "quiet" });

  constructor(choose: (id: string) => void) {
    this.table = new Table(
      "Tracks",
      [
        { name: "ID" },
        { name: "Phase" },
        { name: "Alt km", numeric: true, title: "altitude above the ellipsoid" },
        { name: "km/s", numeric: true, title: "speed relative to the rotating Earth" },
        { name: "± km", numeric: true, title: "largest one-sigma of the position" },
        { name: "Seen by" },
        { name: "Verdict" },
      ],
      choose,
    );
    this.root = element("section", { class: "tracks", "aria-label": "Tracks" }, this.table.root, this.none, this.more);
  }

  show(view: View): void {
    const tracks = ordered(view.picture);
    const shown = tracks.slice(0, MOST_ROWS);
    this.table.show(
      shown.map((track) => [track.id, cells(view.run, track)] as const),
      view.selected,
    );
    setText(this.none, tracks.length > 0 ? "" : nothingShown(view));
    setText(this.more, [remaining(tracks.length - shown.length), satellites(view)].filter(Boolean).join("; "));
  }
}

function remaining(count: number): string {
  return count > 0 ? `and ${count} more` : "";
}

/** Return how many satellites of the public catalogue the picture knows: they are points on the globe, not tracks. */
function satellites(view: View): string {
  const count = view.picture?.satellites.length ?? 0;
  return count > 0 ? `${count} catalogued satellites in sight, recognised` : "";
}

function nothingShown(view: View): string {
  if (view.snapshot === undefined) return "No picture yet.";
  if (view.picture === undefined && view.perspective === JOINT && inService(view.run)) {
    return "There is no joint picture yet: it begins once both centres gave a heartbeat, with first plots.";
  }
  if (view.picture === undefined && inService(view.run)) return "Nothing has been seen yet.";
  if (view.picture === undefined) return `There is no ${view.perspective} picture at this moment.`;
  return "No object is tracked.";
}

function cells(run: RunView, track: PictureTrack): Cell[] {
  const own = sideOfOwners(run, track.owners);
  const state = track.status === "confirmed" ? track.phase : `${track.phase}, ${track.status}`;
  return [
    { text: track.id, own: `own ${own}` },
    { text: state },
    { text: number(track.altitude_km, 0) },
    { text: number(track.speed_km_s, 2) },
    { text: length(track.sigma_km[0]) },
    { text: sources(run, track) },
    { text: `${track.verdict} ${verdictNumber(track)}`, title: `probability of a space launch ${probability(track.p_space)}` },
  ];
}

/** Return the probability that speaks for the verdict, and what it is of. */
function verdictNumber(track: PictureTrack): string {
  if (track.verdict === "missile") return `p ${probability(1 - track.p_space)}`;
  if (track.verdict === "space launch") return `p ${probability(track.p_space)}`;
  return `p space ${probability(track.p_space)}`;
}

function sources(run: RunView, track: PictureTrack): string {
  return track.sources.length === 0 ? NOTHING : track.sources.map((id) => radarName(run, id)).join(", ");
}

export class DetailSection {
  readonly root: HTMLElement;
  private readonly title = element("h2");
  private readonly reason = element("p", { class: "reason" });
  private readonly facts = new Facts();

  constructor(show: () => void) {
    const button = element("button", { type: "button", class: "small", onclick: show }, "Show on globe");
    const head = element("div", { class: "head" }, this.title, button);
    this.root = element("section", { class: "detail", "aria-live": "off" }, head, this.reason, this.facts.root);
  }

  show(view: View): void {
    const track = trackOf(view.picture, view.selected);
    this.root.hidden = track === undefined;
    if (track === undefined) return;
    setText(this.title, `${track.id}: ${track.verdict}`);
    setText(this.reason, track.reason || "No reason given.");
    this.facts.show(factsOf(view.run, track));
  }
}

function factsOf(run: RunView, track: PictureTrack): [string, string][] {
  const [a, b, c] = track.sigma_km;
  return [
    ["Verdict", `${track.verdict}; probability of a space launch ${probability(track.p_space)}`],
    ["Range class", track.range_class === "-" ? "not yet known" : track.range_class],
    ["Launch", pointText(track.launch)],
    ["Impact", pointText(track.impact)],
    ["Apogee", track.apogee_km === null ? "not estimated" : `${number(track.apogee_km, 0)} km`],
    ["Position", `${place(track.latitude_deg, track.longitude_deg)}; σ ${length(a)} × ${length(b)} × ${length(c)} km`],
    ["Heading", `${number(track.heading_deg, 0)}° at ${number(track.speed_km_s, 2)} km/s`],
    ["Seen", `${clock(track.first_seen_utc)} to ${clock(track.last_seen_utc)} UTC, ${track.plots} plots`],
    ["Data of", track.owners.map((id) => centreName(run, id)).join(" and ") || NOTHING],
  ];
}

function pointText(point: PointInTime | null): string {
  if (point === null) return "not estimated";
  const { ellipse } = point;
  const when = `${clock(point.time_utc)} UTC ± ${number(point.sigma_s, point.sigma_s < 10 ? 1 : 0)} s`;
  return `${when}; ${place(ellipse.latitude_deg, ellipse.longitude_deg)}; ${axes(ellipse)}`;
}
