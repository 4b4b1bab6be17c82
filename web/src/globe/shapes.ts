// Places and outlines on the ellipsoid, for drawing.

import { Cartesian3, Ellipsoid, Matrix4, Transforms } from "@cesium/engine";
import type { Ellipse } from "../model";

const POINTS = 72;

export function at(longitudeDeg: number, latitudeDeg: number, heightM = 0): Cartesian3 {
  return Cartesian3.fromDegrees(longitudeDeg, latitudeDeg, heightM);
}

/** Return the outline of an ellipse on the ground, closed: laid out in its own tangent plane, put down on the ellipsoid. */
export function outline(ellipse: Ellipse): Cartesian3[] {
  const centre = at(ellipse.longitude_deg, ellipse.latitude_deg);
  const frame = Transforms.eastNorthUpToFixedFrame(centre);
  const azimuth = (ellipse.azimuth_deg * Math.PI) / 180;
  const found: Cartesian3[] = [];
  for (let i = 0; i <= POINTS; i++) {
    const angle = (2 * Math.PI * i) / POINTS;
    const along = ellipse.semi_major_km * 1e3 * Math.cos(angle);
    const across = ellipse.semi_minor_km * 1e3 * Math.sin(angle);
    const east = along * Math.sin(azimuth) + across * Math.cos(azimuth);
    const north = along * Math.cos(azimuth) - across * Math.sin(azimuth);
    found.push(dropped(frame, east, north));
  }
  return found;
}

/** Return the ground point that lies this far east and north, at that distance along the surface. */
function dropped(frame: Matrix4, east: number, north: number): Cartesian3 {
  const distance = Math.hypot(east, north);
  const angle = distance / Ellipsoid.WGS84.maximumRadius;
  const flat = distance === 0 ? 1 : (Math.sin(angle) * Ellipsoid.WGS84.maximumRadius) / distance;
  const down = (Math.cos(angle) - 1) * Ellipsoid.WGS84.maximumRadius;
  const point = Matrix4.multiplyByPoint(frame, new Cartesian3(east * flat, north * flat, down), new Cartesian3());
  return Ellipsoid.WGS84.scaleToGeodeticSurface(point, point) ?? point;
}

/** Return whether the Earth leaves a point in sight of the eye. */
export function inSight(eye: Cartesian3, point: Cartesian3): boolean {
  const c = Ellipsoid.WGS84.transformPositionToScaledSpace(eye, new Cartesian3()); // where the ellipsoid is a unit sphere
  const p = Ellipsoid.WGS84.transformPositionToScaledSpace(point, new Cartesian3());
  const toPoint = Cartesian3.subtract(p, c, p);
  const horizon = Cartesian3.magnitudeSquared(c) - 1;
  const along = -Cartesian3.dot(toPoint, c);
  return along <= horizon || (along * along) / Cartesian3.magnitudeSquared(toPoint) <= horizon;
}
