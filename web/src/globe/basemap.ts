// The dark map of the Earth, drawn tile by tile as the camera asks, from Natural Earth vectors: crisp at every distance.
//
// 1:110 million while the whole Earth is in view, 1:50 million nearer by. Borders are drawn as they are held.

import { Credit, Event, GeographicTilingScheme, type ImageryProvider, type Request } from "@cesium/engine";
import { feature, mesh } from "topojson-client";
import coarseUrl from "world-atlas/countries-110m.json?url";
import fineUrl from "world-atlas/countries-50m.json?url";
import { BORDER, COAST, GRATICULE, LAND, OCEAN } from "./palette";

type Topology = Parameters<typeof mesh>[0];
type Line = Float64Array; // longitude, latitude, longitude, latitude, ... in degrees

interface Shape {
  line: Line;
  west: number;
  south: number;
  east: number;
  north: number;
}

interface World {
  land: Shape[]; // closed rings
  coast: Shape[]; // short pieces, so that a tile draws only what is near it
  borders: Shape[];
}

interface Tile {
  size: number; // pixels each way
  west: number;
  south: number;
  east: number;
  north: number;
}

const PIECE = 48; // points in one piece of coast
const FINE_DEG = 0.09; // of longitude in a pixel: below, the finer vectors are worth their cost
const DEEPEST = 9;
const CUT_DEG = 0.02; // from the meridian of 180 degrees: the data is cut there, and the cut is no coast

export interface Worlds {
  coarse: World;
  fine: World;
}

/** Fetch the vectors, from the page's own server. */
export async function loadWorlds(): Promise<Worlds> {
  const [coarse, fine] = await Promise.all([load(coarseUrl), load(fineUrl)]);
  return { coarse, fine };
}

/** Return what Cesium asks for pictures of tiles, `size` pixels each way; declared as 256, for that much more sharpness. */
export function vectorEarth(worlds: Worlds, size: number): ImageryProvider {
  const scheme = new GeographicTilingScheme();
  const provider = {
    rectangle: scheme.rectangle,
    tileWidth: 256,
    tileHeight: 256,
    minimumLevel: 0,
    maximumLevel: DEEPEST,
    tilingScheme: scheme,
    tileDiscardPolicy: undefined,
    errorEvent: new Event(),
    credit: new Credit("Natural Earth"),
    proxy: undefined,
    hasAlphaChannel: false,
    getTileCredits: () => undefined,
    pickFeatures: () => undefined,
    requestImage: (x: number, y: number, level: number, _request?: Request) => {
      const { west, south, east, north } = scheme.tileXYToNativeRectangle(x, y, level);
      const world = (east - west) / size < FINE_DEG ? worlds.fine : worlds.coarse;
      return Promise.resolve(draw(world, { west, south, east, north, size }));
    },
  };
  return provider as unknown as ImageryProvider;
}

async function load(url: string): Promise<World> {
  const topology = (await (await fetch(url)).json()) as Topology & {
    objects: { countries: Parameters<typeof mesh>[1]; land: Parameters<typeof feature>[1] };
  };
  const { countries, land } = topology.objects;
  const inner = mesh(topology, countries as never, (a, b) => a !== b).coordinates;
  const outer = mesh(topology, countries as never, (a, b) => a === b).coordinates;
  return {
    land: rings(feature(topology, land) as GeoJSON.Feature | GeoJSON.FeatureCollection)
      .map(unwrapped)
      .map(aroundPole)
      .map(shape),
    coast: outer.map(unwrapped).flatMap(withoutCut).flatMap(pieces).map(shape),
    borders: inner.map(unwrapped).flatMap(pieces).map(shape),
  };
}

function rings(found: GeoJSON.Feature | GeoJSON.FeatureCollection): GeoJSON.Position[][] {
  if (found.type === "FeatureCollection") return found.features.flatMap(rings);
  const geometry = found.geometry;
  if (geometry.type === "Polygon") return geometry.coordinates;
  return geometry.type === "MultiPolygon" ? geometry.coordinates.flat() : [];
}

/** Return a line whose longitudes run on past 180 degrees where it crosses that meridian, instead of around the Earth. */
function unwrapped(line: GeoJSON.Position[]): GeoJSON.Position[] {
  let before = line[0]?.[0] ?? 0;
  return line.map(([x = 0, y = 0]) => {
    before = x + 360 * Math.round((before - x) / 360);
    return [before, y];
  });
}

/** Return a ring that goes around a pole closed over the pole. */
function aroundPole(ring: GeoJSON.Position[]): GeoJSON.Position[] {
  const [first, last] = [ring[0], ring.at(-1)];
  if (first === undefined || last === undefined || Math.abs((last[0] as number) - (first[0] as number)) < 180) return ring;
  const pole = (first[1] as number) < 0 ? -90 : 90;
  return [...ring, [last[0] as number, pole], [first[0] as number, pole]];
}

function withoutCut(line: GeoJSON.Position[]): GeoJSON.Position[][] {
  const parts: GeoJSON.Position[][] = [[]];
  line.forEach((point, i) => {
    const before = line[i - 1];
    const cut = before !== undefined && onCut(before) && onCut(point);
    if (cut) parts.push([]);
    parts.at(-1)?.push(point);
  });
  return parts.filter((part) => part.length > 1);
}

function onCut(point: GeoJSON.Position): boolean {
  return Math.abs(Math.abs(point[0] as number) - 180) < CUT_DEG || (point[1] as number) < -89.9;
}

function pieces(line: GeoJSON.Position[]): GeoJSON.Position[][] {
  const found: GeoJSON.Position[][] = [];
  for (let i = 0; i < line.length - 1; i += PIECE) found.push(line.slice(i, i + PIECE + 1));
  return found;
}

function shape(positions: GeoJSON.Position[]): Shape {
  const line = new Float64Array(positions.length * 2);
  const made = { line, west: Infinity, south: Infinity, east: -Infinity, north: -Infinity };
  positions.forEach(([x = 0, y = 0], i) => {
    line[2 * i] = x;
    line[2 * i + 1] = y;
    made.west = Math.min(made.west, x);
    made.east = Math.max(made.east, x);
    made.south = Math.min(made.south, y);
    made.north = Math.max(made.north, y);
  });
  return made;
}

function draw(world: World, tile: Tile): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = tile.size;
  // Read often: so that the browser draws it in main memory, from where it is copied to the globe.
  const pen = canvas.getContext("2d", { alpha: false, willReadFrequently: true }) as CanvasRenderingContext2D;
  pen.fillStyle = OCEAN;
  pen.fillRect(0, 0, tile.size, tile.size);
  const turns = [-360, 0, 360].map((turn) => ({ ...tile, west: tile.west + turn, east: tile.east + turn }));

  pen.beginPath();
  for (const turned of turns) {
    const wide = widened(turned);
    for (const ring of world.land) if (touches(ring, wide)) trace(pen, turned, clipped(ring, wide), true);
  }
  pen.fillStyle = LAND;
  pen.fill("evenodd");

  graticule(pen, tile);
  pen.lineJoin = "round";
  stroke(pen, turns, world.borders, BORDER, 1.6);
  stroke(pen, turns, world.coast, COAST, 1.9);
  return canvas;
}

function widened(tile: Tile): Tile {
  const margin = (tile.east - tile.west) * 0.01;
  return {
    size: tile.size,
    west: tile.west - margin,
    south: tile.south - margin,
    east: tile.east + margin,
    north: tile.north + margin,
  };
}

function touches(shape: Shape, tile: Tile): boolean {
  return shape.west <= tile.east && shape.east >= tile.west && shape.south <= tile.north && shape.north >= tile.south;
}

function trace(pen: CanvasRenderingContext2D, tile: Tile, line: Line | number[], closed: boolean): void {
  const perLongitude = tile.size / (tile.east - tile.west);
  const perLatitude = tile.size / (tile.north - tile.south);
  for (let i = 0; i < line.length; i += 2) {
    const x = ((line[i] as number) - tile.west) * perLongitude;
    const y = (tile.north - (line[i + 1] as number)) * perLatitude;
    if (i === 0) pen.moveTo(x, y);
    else pen.lineTo(x, y);
  }
  if (closed && line.length > 0) pen.closePath();
}

function stroke(pen: CanvasRenderingContext2D, turns: Tile[], shapes: Shape[], colour: string, width: number): void {
  pen.beginPath();
  for (const tile of turns) {
    const wide = widened(tile);
    for (const shape of shapes) if (touches(shape, wide)) trace(pen, tile, shape.line, false);
  }
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.stroke();
}

function graticule(pen: CanvasRenderingContext2D, tile: Tile): void {
  const every = tile.east - tile.west > 12 ? 10 : 5;
  pen.beginPath();
  for (let x = Math.ceil(tile.west / every) * every; x <= tile.east; x += every) trace(pen, tile, [x, tile.south, x, tile.north], false);
  for (let y = Math.ceil(tile.south / every) * every; y <= tile.north; y += every) trace(pen, tile, [tile.west, y, tile.east, y], false);
  pen.strokeStyle = GRATICULE;
  pen.lineWidth = 1;
  pen.stroke();
}

/** Return a ring cut down to a tile, side by side (Sutherland and Hodgman, 1974); enough for filling. */
function clipped(ring: Shape, tile: Tile): Line | number[] {
  let line: Line | number[] = ring.line;
  if (ring.west < tile.west) line = halfPlane(line, 0, tile.west, 1);
  if (ring.east > tile.east) line = halfPlane(line, 0, tile.east, -1);
  if (ring.south < tile.south) line = halfPlane(line, 1, tile.south, 1);
  if (ring.north > tile.north) line = halfPlane(line, 1, tile.north, -1);
  return line;
}

function halfPlane(line: Line | number[], axis: 0 | 1, at: number, sign: 1 | -1): number[] {
  const out: number[] = [];
  const n = line.length;
  for (let i = 0; i < n; i += 2) {
    const j = (i + 2) % n;
    const a = sign * ((line[i + axis] as number) - at);
    const b = sign * ((line[j + axis] as number) - at);
    if (a >= 0) out.push(line[i] as number, line[i + 1] as number);
    if (a >= 0 !== b >= 0) {
      const f = a / (a - b);
      out.push(
        (line[i] as number) + f * ((line[j] as number) - (line[i] as number)),
        (line[i + 1] as number) + f * ((line[j + 1] as number) - (line[i + 1] as number)),
      );
    }
  }
  return out;
}
