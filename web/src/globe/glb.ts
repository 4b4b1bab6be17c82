// A radar's coverage volume out of its .glb: what src/jointwatch/display/volume.py writes, read without a 3-D model's machinery.

export interface Volume {
  positions: Float64Array; // east, north, up in metres, three for each point
  triangles: Uint32Array;
  lines: Uint32Array;
}

interface Document {
  accessors: { bufferView: number; count: number }[];
  bufferViews: { byteOffset: number; byteLength: number }[];
  meshes: { primitives: { attributes: { POSITION: number }; indices: number; mode?: number }[] }[];
}

const GLB = 0x46546c67;
const LINES = 1;

export function readVolume(data: ArrayBuffer): Volume {
  const view = new DataView(data);
  if (view.byteLength < 28 || view.getUint32(0, true) !== GLB) throw new Error("a coverage volume must be a .glb file");
  const length = view.getUint32(12, true);
  const document = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 20, length))) as Document;
  const start = 20 + length + 8;
  const at = (accessor: number): number => {
    const index = document.accessors[accessor]?.bufferView ?? -1;
    return start + (document.bufferViews[index]?.byteOffset ?? 0);
  };
  const indices = (lines: boolean): Uint32Array => {
    const found = document.meshes[0]?.primitives.find((each) => (each.mode === LINES) === lines);
    if (found === undefined) return new Uint32Array();
    return new Uint32Array(data.slice(at(found.indices)), 0, document.accessors[found.indices]?.count ?? 0);
  };
  const position = document.meshes[0]?.primitives[0]?.attributes.POSITION ?? 0;
  const count = (document.accessors[position]?.count ?? 0) * 3;
  const raw = new Float32Array(data.slice(at(position)), 0, count);
  const positions = new Float64Array(count);
  for (let i = 0; i < count; i += 3) {
    positions[i] = raw[i + 2] as number; // glTF (x, y, z) is (north, up, east)
    positions[i + 1] = raw[i] as number;
    positions[i + 2] = raw[i + 1] as number;
  }
  return { positions, triangles: indices(false), lines: indices(true) };
}
