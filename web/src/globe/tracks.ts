// What moves: each track as a point with where it has been, where it is predicted, and where it began and will end;
// satellites that a centre knows as small points, where they were at the picture's time.

import {
  BlendOption,
  BoundingSphere,
  Cartesian2,
  type Cartesian3,
  ColorGeometryInstanceAttribute,
  ComponentDatatype,
  Geometry,
  GeometryAttribute,
  type GeometryAttributes,
  GeometryInstance,
  HorizontalOrigin,
  type Label,
  LabelCollection,
  Material,
  PerInstanceColorAppearance,
  type PointPrimitive,
  PointPrimitiveCollection,
  type Polyline,
  PolylineCollection,
  Primitive,
  PrimitiveCollection,
  PrimitiveType,
  type Scene,
} from "@cesium/engine";
import { moved, type Fix } from "../history";
import type { Ellipse, PictureTrack } from "../model";
import { ordered, sideOfOwners, type View } from "../view";
import { clock } from "../words";
import { colour } from "./palette";
import { at, outline } from "./shapes";
import { hideBehind, labelLook } from "./sites";

const MOST_DRAWN_FULLY = 60; // with trail, prediction and ellipses; the rest are points
const MOST_LABELS = 40;
const MOST_FRAMED = 12;

interface Drawn {
  track: PictureTrack;
  own: string;
  point: PointPrimitive;
  trail: Polyline | undefined;
  past: Cartesian3[]; // of the trail, without its moving head
  drop: Polyline | undefined; // from the object down to the ground
  label: Label | undefined;
}

export class Tracks {
  private readonly areas = new PrimitiveCollection();
  private readonly lines = new PolylineCollection();
  private readonly points = new PointPrimitiveCollection({ blendOption: BlendOption.TRANSLUCENT });
  private readonly labels: LabelCollection;
  private drawn: Drawn[] = [];
  private shown = "";

  constructor(scene: Scene) {
    this.labels = new LabelCollection({ scene, blendOption: BlendOption.TRANSLUCENT });
    for (const part of [this.areas, this.lines, this.points, this.labels]) scene.primitives.add(part);
  }

  /** Draw the picture, anew where it is another one, and move every object to the time shown. */
  show(view: View): void {
    const mark = `${view.run.run} ${view.perspective} ${view.snapshot?.seq} ${view.selected} ${view.history.snapshots.length > view.index}`;
    if (mark !== this.shown) {
      this.shown = mark;
      this.draw(view);
    }
    const dt = view.picture === undefined ? 0 : view.seconds - view.history.seconds(view.picture.as_of_utc);
    for (const each of this.drawn) move(each, dt);
  }

  /** Return the track drawn nearest to a place on the canvas, within a few pixels. */
  near(place: Cartesian2, toWindow: (position: Cartesian3) => Cartesian2 | undefined): string | null {
    let best: string | null = null;
    let bestPixels = 14;
    for (const { point, track } of this.drawn) {
      const window = toWindow(point.position);
      if (window === undefined) continue;
      const pixels = Math.hypot(window.x - place.x, window.y - place.y);
      if (pixels < bestPixels) [best, bestPixels] = [track.id, pixels];
    }
    return best;
  }

  /** Return the places that belong to a track: where it was, is and will be. */
  extent(id: string | null): Cartesian3[] {
    const found = this.drawn.find((each) => each.track.id === id);
    return found === undefined ? [] : this.extentOf(found);
  }

  /** Return the places that belong to the confirmed tracks, where they are few enough to be looked at together. */
  extents(): Cartesian3[] {
    const confirmed = this.drawn.filter((each) => each.track.status === "confirmed");
    return confirmed.length > MOST_FRAMED ? [] : confirmed.flatMap((each) => this.extentOf(each));
  }

  private extentOf(found: Drawn): Cartesian3[] {
    const { track } = found;
    const ends = [track.launch, track.impact].flatMap((end) => (end === null ? [] : outline(end.ellipse)));
    return [found.point.position, ...found.past, ...track.prediction.map(([, x, y, h]) => at(x, y, h)), ...ends];
  }

  /** Show only the labels that the Earth leaves in sight. */
  hideBehind(eye: Cartesian3): void {
    hideBehind(this.labels, eye);
  }

  get count(): number {
    return this.drawn.length;
  }

  private draw(view: View): void {
    this.lines.removeAll();
    this.points.removeAll();
    this.labels.removeAll();
    this.areas.removeAll();
    for (const each of view.picture?.satellites ?? []) {
      const position = at(each.longitude_deg, each.latitude_deg, each.altitude_km * 1e3);
      this.points.add({ position, pixelSize: 3, color: colour("ink", 0.5) });
    }
    let labels = 0;
    this.drawn = ordered(view.picture).map((track, i) => {
      const chosen = track.id === view.selected;
      const full = chosen || (i < MOST_DRAWN_FULLY && track.status !== "tentative");
      const named = chosen || (track.status === "confirmed" && labels++ < MOST_LABELS);
      return this.add(view, track, chosen, full, named);
    });
  }

  private add(view: View, track: PictureTrack, chosen: boolean, full: boolean, named: boolean): Drawn {
    const own = sideOfOwners(view.run, track.owners);
    const strength = track.status === "confirmed" ? 1 : 0.55;
    const position = at(track.longitude_deg, track.latitude_deg, track.altitude_km * 1e3);
    const point = this.points.add({
      position,
      pixelSize: chosen ? 12 : track.status === "confirmed" ? 9 : 6,
      color: colour(own, strength),
      outlineColor: colour(chosen ? "joint" : "ink", chosen ? 1 : 0.4),
      outlineWidth: chosen ? 3 : 1,
    });
    const made: Drawn = { track, own, point, trail: undefined, past: [], drop: undefined, label: undefined };
    if (named) made.label = this.labels.add({ position, text: track.id, ...labelLook(), fillColor: colour(own) });
    if (full) this.addPath(view, made, chosen);
    return made;
  }

  private addPath(view: View, made: Drawn, chosen: boolean): void {
    const { track, own } = made;
    const past = view.history.trail(view.perspective, track.id, view.index);
    made.past = past.map(([, x, y, h]) => at(x, y, h));
    const here = made.point.position;
    made.trail = this.line([...made.past, here], 3.5, Material.fromType("Color", { color: colour(own, 0.95) }));
    made.drop = this.line([here, here], 1, Material.fromType("Color", { color: colour(own, 0.45) }));
    if (track.prediction.length > 0) this.addAhead(track, own, past);
    if (track.launch !== null) this.addArea(track.launch.ellipse, own, `Launch 95 % · ${clock(track.launch.time_utc)}`, chosen, true);
    if (track.impact !== null) this.addArea(track.impact.ellipse, own, `Impact 95 % · ${clock(track.impact.time_utc)}`, chosen);
  }

  private addAhead(track: PictureTrack, own: string, past: Fix[]): void {
    const here: Fix = [0, track.longitude_deg, track.latitude_deg, track.altitude_km * 1e3];
    const ahead: Fix[] = [here, ...track.prediction];
    this.line(
      ahead.map(([, x, y, h]) => at(x, y, h)),
      2,
      Material.fromType("PolylineDash", { color: colour(own, 0.85), dashLength: 14 }),
    );
    const ground = [...past, ...ahead].map(([, x, y]) => at(x, y));
    this.line(ground, 1, Material.fromType("Color", { color: colour(own, 0.3) }));
  }

  private addArea(ellipse: Ellipse, own: string, words: string, named: boolean, before = false): void {
    const rim = outline(ellipse);
    const centre = at(ellipse.longitude_deg, ellipse.latitude_deg);
    this.line(rim, 1.5, Material.fromType("Color", { color: colour(own, 0.95) }));
    this.areas.add(fan(centre, rim, own));
    if (!named) return;
    // The launch's words stand before it, so that they do not cover where the object went.
    const look = {
      ...labelLook(),
      font: '12px system-ui, "DejaVu Sans", sans-serif',
      pixelOffset: new Cartesian2(before ? -10 : 10, 18),
      horizontalOrigin: before ? HorizontalOrigin.RIGHT : HorizontalOrigin.LEFT,
    };
    this.labels.add({ position: centre, text: words, ...look, fillColor: colour("ink") });
  }

  private line(positions: Cartesian3[], width: number, material: Material): Polyline | undefined {
    if (positions.length < 2) return undefined;
    return this.lines.add({ positions, width, material });
  }
}

function move(each: Drawn, dt: number): void {
  const [, longitude, latitude, height] = moved(each.track, dt);
  const position = at(longitude, latitude, height);
  each.point.position = position;
  if (each.label !== undefined) each.label.position = position;
  if (each.trail !== undefined) each.trail.positions = [...each.past, position];
  if (each.drop !== undefined) each.drop.positions = [position, at(longitude, latitude)];
}

/** Return the filled area within a rim, as a fan of triangles about its centre. */
function fan(centre: Cartesian3, rim: Cartesian3[], own: string): Primitive {
  const values = new Float64Array([centre, ...rim].flatMap((point) => [point.x, point.y, point.z]));
  const indices = new Uint16Array(rim.slice(1).flatMap((_, i) => [0, i + 1, i + 2]));
  const position = new GeometryAttribute({ componentDatatype: ComponentDatatype.DOUBLE, componentsPerAttribute: 3, values });
  const geometry = new Geometry({
    attributes: { position } as unknown as GeometryAttributes,
    indices,
    primitiveType: PrimitiveType.TRIANGLES,
    boundingSphere: BoundingSphere.fromPoints(rim),
  });
  const attributes = { color: ColorGeometryInstanceAttribute.fromColor(colour(own, 0.22)) };
  return new Primitive({
    geometryInstances: new GeometryInstance({ geometry, attributes }),
    appearance: new PerInstanceColorAppearance({ flat: true, translucent: true, closed: false }),
    asynchronous: false,
    allowPicking: false,
  });
}
