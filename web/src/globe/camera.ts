// Where the eye is: home (all radars and what they look at), a track, straight down; and the keys that turn the globe.

import { BoundingSphere, Cartesian3, HeadingPitchRange, Math as CesiumMath, Matrix4, type Scene } from "@cesium/engine";
import type { RunView } from "../model";
import { at } from "./shapes";

export const FIELD_DEG = 50; // across the larger side of the view
const OUT_M = 1_900_000; // how far along its middle azimuth a radar is taken to look
const AROUND = [0, 90, 180, 270].map((deg) => ({ azimuth_from_deg: deg, azimuth_to_deg: deg })); // its faces are not known
const TURN_RAD = CesiumMath.toRadians(4);

export class Eye {
  private homeSphere = new BoundingSphere();

  constructor(
    private readonly scene: Scene,
    private readonly still: boolean, // no flights: the person asked for less motion
  ) {
    scene.camera.setView({ destination: at(45, 35, 1.6e7) });
  }

  /** Look at the radars, and at the tracks or else at what the radars face, from the south and above. */
  home(run: RunView, tracks: Cartesian3[], atOnce: boolean): void {
    const sphere = BoundingSphere.fromPoints(pointsOfInterest(run, tracks));
    this.homeSphere = sphere;
    this.look(sphere, new HeadingPitchRange(CesiumMath.toRadians(-6), CesiumMath.toRadians(-50), this.range(sphere, 0.95)), atOnce);
  }

  /** Return whether home has moved noticeably since it was last looked at. */
  homeMoved(run: RunView, tracks: Cartesian3[]): boolean {
    const now = BoundingSphere.fromPoints(pointsOfInterest(run, tracks));
    const before = this.homeSphere;
    const moved = Cartesian3.distance(now.center, before.center) + Math.abs(now.radius - before.radius);
    return moved > 0.2 * Math.max(now.radius, before.radius);
  }

  /** Look at these places from the side. */
  fit(points: Cartesian3[]): void {
    if (points.length === 0) return;
    const sphere = BoundingSphere.fromPoints(points);
    this.look(sphere, new HeadingPitchRange(this.scene.camera.heading, CesiumMath.toRadians(-38), this.range(sphere, 1.05)), false);
  }

  /** Look straight down on the middle of what is shown, north up. */
  down(run: RunView, tracks: Cartesian3[]): void {
    const sphere = BoundingSphere.fromPoints(pointsOfInterest(run, tracks));
    this.look(sphere, new HeadingPitchRange(0, CesiumMath.toRadians(-89.9), this.range(sphere, 1.15)), false);
  }

  zoom(factor: number): void {
    const { camera } = this.scene;
    const height = camera.positionCartographic.height;
    camera.zoomIn(height * (1 - 1 / factor));
    this.scene.requestRender();
  }

  /** Turn by a key; returns whether the key was one of ours. */
  key(key: string): boolean {
    const { camera } = this.scene;
    const turn = TURN_RAD * Math.min(1, camera.positionCartographic.height / 6e6);
    const acts: Record<string, () => void> = {
      ArrowLeft: () => camera.rotateRight(turn),
      ArrowRight: () => camera.rotateLeft(turn),
      ArrowUp: () => camera.rotateDown(turn),
      ArrowDown: () => camera.rotateUp(turn),
      "+": () => this.zoom(1.25),
      "=": () => this.zoom(1.25),
      "-": () => this.zoom(0.8),
    };
    const act = acts[key];
    act?.();
    if (act !== undefined) this.scene.requestRender();
    return act !== undefined;
  }

  /** Return how far to stand off so that a sphere fills a share of the smaller side of the view. */
  private range(sphere: BoundingSphere, margin: number): number {
    const { canvas } = this.scene;
    const [width, height] = [Math.max(canvas.clientWidth, 1), Math.max(canvas.clientHeight, 1)];
    const half = Math.atan(Math.tan(CesiumMath.toRadians(FIELD_DEG / 2)) * Math.min(width / height, height / width));
    return (Math.max(sphere.radius, 60_000) * margin) / Math.sin(half);
  }

  private look(sphere: BoundingSphere, offset: HeadingPitchRange, atOnce: boolean): void {
    const { camera } = this.scene;
    if (!atOnce && !this.still) {
      camera.flyToBoundingSphere(sphere, { offset, duration: 0.9 });
      this.scene.requestRender();
      return;
    }
    camera.cancelFlight();
    camera.lookAt(sphere.center, offset);
    camera.lookAtTransform(Matrix4.IDENTITY);
    this.scene.requestRender();
  }
}

function pointsOfInterest(run: RunView, tracks: Cartesian3[]): Cartesian3[] {
  const points = run.radars.flatMap((radar) => {
    const site = at(radar.longitude_deg, radar.latitude_deg);
    if (tracks.length > 0) return [site];
    const on = radar.faces.length > 0 ? radar.faces.filter((face) => face.on_duty) : AROUND;
    return [site, ...on.map((face) => ahead(radar.longitude_deg, radar.latitude_deg, face))];
  });
  return points.length + tracks.length > 0 ? [...points, ...tracks] : [at(10, 55), at(75, 30)]; // nobody looks anywhere yet
}

function ahead(longitudeDeg: number, latitudeDeg: number, face: { azimuth_from_deg: number; azimuth_to_deg: number }): Cartesian3 {
  const width = (((face.azimuth_to_deg - face.azimuth_from_deg) % 360) + 360) % 360 || 360;
  const azimuth = CesiumMath.toRadians(face.azimuth_from_deg + width / 2);
  // A plane step and back onto the surface: this only aims the eye.
  const latitude = latitudeDeg + CesiumMath.toDegrees((OUT_M * Math.cos(azimuth)) / 6.371e6);
  const squeeze = Math.max(Math.cos(CesiumMath.toRadians(latitudeDeg)), 0.2);
  const longitude = longitudeDeg + CesiumMath.toDegrees((OUT_M * Math.sin(azimuth)) / 6.371e6 / squeeze);
  return at(longitude, Math.min(Math.max(latitude, -85), 85));
}
