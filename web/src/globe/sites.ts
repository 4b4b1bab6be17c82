// What does not move: radars with their coverage, centres with the line between them.

import {
  BlendOption,
  BoundingSphere,
  Cartesian2,
  type Cartesian3,
  Cartographic,
  Color,
  ColorGeometryInstanceAttribute,
  ComponentDatatype,
  EllipsoidGeodesic,
  Geometry,
  GeometryAttribute,
  GeometryInstance,
  type GeometryAttributes,
  LabelCollection,
  LabelStyle,
  Material,
  PerInstanceColorAppearance,
  PointPrimitiveCollection,
  type Polyline,
  PolylineCollection,
  Primitive,
  PrimitiveCollection,
  PrimitiveType,
  type Scene,
  Transforms,
} from "@cesium/engine";
import type { RadarView, RunView } from "../model";
import { sideOf, type View } from "../view";
import { radarName, standing } from "../words";
import { readVolume, type Volume } from "./glb";
import { colour, SKY } from "./palette";
import { at, inSight } from "./shapes";

export const FONT = '600 13px system-ui, "DejaVu Sans", sans-serif';
const FILL = 0.075;
const GRID = 0.42;

export class Sites {
  private readonly volumes = new PrimitiveCollection();
  private readonly points = new PointPrimitiveCollection({ blendOption: BlendOption.TRANSLUCENT });
  private readonly labels: LabelCollection;
  private readonly lines = new PolylineCollection();
  private link: Polyline | undefined;
  private linked = true;

  constructor(
    private readonly scene: Scene,
    private readonly run: RunView,
  ) {
    this.labels = new LabelCollection({ scene, blendOption: BlendOption.TRANSLUCENT });
    for (const part of [this.volumes, this.lines, this.points, this.labels]) scene.primitives.add(part);
    for (const radar of run.radars) this.addRadar(radar);
    this.addCentres();
  }

  /** Resolves when every coverage volume is there, or known to be missing. */
  async load(): Promise<void> {
    await Promise.all(this.run.radars.filter((radar) => radar.volume !== "").map((radar) => this.addVolume(radar)));
  }

  show(view: View): void {
    const linked = (view.snapshot?.centres ?? []).every((state) => standing(state) === "linked");
    if (this.link === undefined || linked === this.linked) return;
    this.linked = linked;
    this.link.material = linkMaterial(linked);
  }

  set coverage(shown: boolean) {
    this.volumes.show = shown;
  }

  get coverage(): boolean {
    return this.volumes.show;
  }

  /** Show only the labels that the Earth leaves in sight. */
  hideBehind(eye: Cartesian3): void {
    hideBehind(this.labels, eye);
    hideBehind(this.points, eye);
  }

  destroy(): void {
    for (const part of [this.volumes, this.lines, this.points, this.labels]) this.scene.primitives.remove(part);
  }

  private addRadar(radar: RadarView): void {
    const position = at(radar.longitude_deg, radar.latitude_deg, radar.height_m);
    const own = colour(sideOf(this.run, radar.feeds));
    const onDuty = radar.faces.length === 0 || radar.faces.some((face) => face.on_duty); // of a sensor that is only declared, nothing else is known
    this.points.add({ position, pixelSize: 9, color: onDuty ? own : own.withAlpha(0.4), ...ring(sky()) });
    const words = onDuty ? radarName(this.run, radar.id) : `${radarName(this.run, radar.id)}, not on duty`;
    this.labels.add({ position, text: words, ...labelLook(), fillColor: own });
  }

  private async addVolume(radar: RadarView): Promise<void> {
    const answer = await fetch(radar.volume);
    if (!answer.ok) {
      console.warn(`coverage of ${radar.name} is not drawn: ${answer.status} ${answer.statusText}`);
      return;
    }
    const volume = readVolume(await answer.arrayBuffer());
    if (this.volumes.isDestroyed()) return;
    const own = sideOf(this.run, radar.feeds);
    this.volumes.add(primitive(radar, volume, volume.triangles, PrimitiveType.TRIANGLES, colour(own, FILL)));
    this.volumes.add(primitive(radar, volume, volume.lines, PrimitiveType.LINES, colour(own, GRID)));
    this.scene.requestRender();
  }

  private addCentres(): void {
    const placed = this.run.centres.flatMap(({ id, name, latitude_deg, longitude_deg }) =>
      latitude_deg === null || longitude_deg === null ? [] : [{ id, name, latitude_deg, longitude_deg }],
    );
    for (const centre of placed) {
      const position = at(centre.longitude_deg, centre.latitude_deg);
      const own = colour(sideOf(this.run, centre.id));
      this.points.add({ position, pixelSize: 7, color: sky(), ...ring(own) });
      this.labels.add({ position, text: `${centre.name} centre`, ...labelLook(), fillColor: own });
    }
    const [a, b] = placed;
    if (a === undefined || b === undefined) return;
    const way = new EllipsoidGeodesic(
      Cartographic.fromDegrees(a.longitude_deg, a.latitude_deg),
      Cartographic.fromDegrees(b.longitude_deg, b.latitude_deg),
    );
    const positions = Array.from({ length: 25 }, (_, i) => {
      const place = way.interpolateUsingFraction(i / 24);
      return at((place.longitude * 180) / Math.PI, (place.latitude * 180) / Math.PI, 2000);
    });
    this.link = this.lines.add({ positions, width: 1.5, material: linkMaterial(true) });
  }
}

function linkMaterial(linked: boolean): Material {
  return linked
    ? Material.fromType("Color", { color: colour("joint", 0.35) })
    : Material.fromType("PolylineDash", { color: colour("cut", 0.9), dashLength: 10 });
}

function ring(outlineColor: Color): object {
  return { outlineColor, outlineWidth: 2, disableDepthTestDistance: Infinity };
}

function sky(): Color {
  return Color.fromCssColorString(SKY);
}

/** Show of these labels or points only those that the Earth leaves in sight. */
export function hideBehind(marks: LabelCollection | PointPrimitiveCollection, eye: Cartesian3): void {
  for (let i = 0; i < marks.length; i++) {
    const mark = marks.get(i);
    const shown = inSight(eye, mark.position);
    if (mark.show !== shown) mark.show = shown;
  }
}

/** Return how every label looks, but for its words and colour. */
export function labelLook(): object {
  return {
    font: FONT,
    style: LabelStyle.FILL_AND_OUTLINE,
    outlineColor: sky().withAlpha(0.9),
    outlineWidth: 4,
    pixelOffset: new Cartesian2(11, -5),
    disableDepthTestDistance: Infinity, // hidden by the Earth as a whole (hideBehind), never cut in two by it
  };
}

function primitive(radar: RadarView, volume: Volume, indices: Uint32Array, kind: PrimitiveType, own: Color): Primitive {
  const position = new GeometryAttribute({
    componentDatatype: ComponentDatatype.DOUBLE,
    componentsPerAttribute: 3,
    values: volume.positions,
  });
  const geometry = new Geometry({
    attributes: { position } as unknown as GeometryAttributes,
    indices,
    primitiveType: kind,
    boundingSphere: BoundingSphere.fromVertices(Array.from(volume.positions)),
  });
  const frame = Transforms.eastNorthUpToFixedFrame(at(radar.longitude_deg, radar.latitude_deg, radar.height_m));
  const attributes = { color: ColorGeometryInstanceAttribute.fromColor(own) };
  return new Primitive({
    geometryInstances: new GeometryInstance({ geometry, modelMatrix: frame, attributes }),
    appearance: new PerInstanceColorAppearance({ flat: true, translucent: true, closed: false }),
    asynchronous: false,
    allowPicking: false,
  });
}
