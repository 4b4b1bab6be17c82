// The empty globe: a Cesium scene with the dark map on it, its loop, and nothing fetched from anywhere else.

import {
  Cartesian3,
  Color,
  Credit,
  CreditDisplay,
  Ellipsoid,
  Globe,
  ImageryLayer,
  JulianDate,
  Math as CesiumMath,
  Scene,
  SkyAtmosphere,
  TaskProcessor,
} from "@cesium/engine";
import type { PerspectiveFrustum } from "@cesium/engine";
import { vectorEarth, type Worlds } from "./basemap";
import { FIELD_DEG } from "./camera";
import { OCEAN, SKY } from "./palette";

// Nothing is lit by the Sun here, but Cesium asks where it is: one fixed instant, whose table of Earth's orientation
// is in the package (vite.config.ts).
const INSTANT = JulianDate.fromIso8601("2009-05-20T08:00:00Z");

// Cesium would show the picture of its online service, and start a worker only to learn what every browser with WebGL 2 can.
CreditDisplay.cesiumCredit = new Credit("CesiumJS");
(TaskProcessor as unknown as { _canTransferArrayBuffer: boolean })._canTransferArrayBuffer = true;

const FRAMES = 2; // drawn in full before the globe is called ready
const COARSE = 0.25; // of the size, until the map is there, on a processor
const LOADING_MS = 60; // from frame to frame until then: each frame delays the map by what it costs
const LOAD_MS = 40; // of each frame for making tiles; Cesium's 5 ms would take a frame for each

export interface Stage {
  scene: Scene;
  soft: boolean; // drawn by the processor, not by a graphics card (or to be spared): leave out what costs most
  /** Draw again, as soon as the browser draws. */
  redraw(): void;
  /** Resolves once the map is loaded and a few frames are drawn. */
  settled(): Promise<void>;
}

export type Quality = "high" | "low" | null; // null: as the machine suggests

export function createStage(host: HTMLElement, worlds: Worlds, quality: Quality): Stage {
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", "Globe. Arrow keys turn it, plus and minus zoom; the tables hold the same facts.");
  canvas.oncontextmenu = () => false;
  host.append(canvas);
  const scene = new Scene({
    canvas,
    creditContainer: document.createElement("div"), // credits stand in the page, without Cesium ion's picture
    contextOptions: { webgl: { alpha: false, antialias: false, powerPreference: "high-performance" } },
    scene3DOnly: true,
    requestRenderMode: true,
    maximumRenderTimeChange: Infinity,
    orderIndependentTranslucency: false,
    msaaSamples: 1,
  });
  const soft = quality === null ? isSoft(scene) : quality === "low";
  dress(scene, soft);
  scene.imageryLayers.add(new ImageryLayer(vectorEarth(worlds, soft ? 1024 : 512), {}));
  return { scene, soft, redraw: () => scene.requestRender(), settled: startLoop(scene, host, soft) };
}

function isSoft(scene: Scene): boolean {
  const gl = (scene as unknown as { context: { _gl: WebGL2RenderingContext } }).context._gl;
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(info?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER));
  return /swiftshader|llvmpipe|software|basic render/i.test(name);
}

function dress(scene: Scene, soft: boolean): void {
  const globe = new Globe(Ellipsoid.WGS84);
  globe.baseColor = Color.fromCssColorString(OCEAN);
  globe.showGroundAtmosphere = false;
  globe.enableLighting = false;
  globe.dynamicAtmosphereLighting = false;
  globe.showWaterEffect = false;
  globe.preloadAncestors = false;
  globe.tileCacheSize = 200;
  // Fewer and larger tiles where each one costs (basemap.ts draws them twice as large): the same sharpness.
  globe.maximumScreenSpaceError = soft ? 4.8 : 2;
  scene.globe = globe;
  (globe as unknown as { _surface: { _loadQueueTimeSlice: number } })._surface._loadQueueTimeSlice = LOAD_MS;
  scene.backgroundColor = Color.fromCssColorString(SKY);
  scene.fog.enabled = false;
  scene.highDynamicRange = false;
  scene.postProcessStages.fxaa.enabled = false;
  if (soft) {
    scene.logarithmicDepthBuffer = false; // writing depth in the shader costs a processor most of its frame
  } else {
    scene.msaaSamples = 4;
    const air = new SkyAtmosphere(Ellipsoid.WGS84);
    air.atmosphereLightIntensity = 9; // a rim to tell Earth from space by, no more
    air.saturationShift = -0.15;
    scene.skyAtmosphere = air;
  }
  const controls = scene.screenSpaceCameraController;
  controls.minimumZoomDistance = 20e3;
  controls.maximumZoomDistance = 4e7;
  controls.enableCollisionDetection = false;
  const frustum = scene.camera.frustum as PerspectiveFrustum;
  frustum.fov = CesiumMath.toRadians(FIELD_DEG);
  scene.camera.constrainedAxis = Cartesian3.UNIT_Z;
}

function startLoop(scene: Scene, host: HTMLElement, soft: boolean): () => Promise<void> {
  let whole = 0; // frames drawn with the map loaded, at full size
  let first = true; // the map has not been there yet
  let waiting: (() => void)[] = [];
  const inner = scene as unknown as { initializeFrame(): void };
  let last = 0;
  const frame = (now: number): void => {
    requestAnimationFrame(frame);
    if (soft && first && now - last < LOADING_MS) return;
    last = now;
    const loaded = scene.globe.tilesLoaded;
    if (!loaded) whole = 0;
    first &&= !loaded;
    fit(scene, host, soft, first ? COARSE : 1);
    scene.primitives.show = !(soft && first);
    if (!loaded || whole < FRAMES) scene.requestRender();
    inner.initializeFrame();
    scene.render(INSTANT);
    if (loaded && scene.globe.tilesLoaded && ++whole >= FRAMES) {
      waiting.forEach((done) => done());
      waiting = [];
    }
  };
  requestAnimationFrame(frame);
  return () => {
    whole = 0;
    return new Promise((done) => waiting.push(done));
  };
}

/**
 * Keep the drawing as large as its place in the page; on a processor, smaller until the map is there.
 *
 * The same tiles are asked for at every size: Cesium counts what a tile may be off by in the page's pixels.
 */
function fit(scene: Scene, host: HTMLElement, soft: boolean, scale: number): void {
  const ratio = soft ? scale : Math.min(window.devicePixelRatio, 2);
  const width = Math.max(1, Math.round(host.clientWidth * ratio));
  const height = Math.max(1, Math.round(host.clientHeight * ratio));
  const { canvas } = scene;
  const frustum = scene.camera.frustum as PerspectiveFrustum;
  if (canvas.width === width && canvas.height === height && frustum.aspectRatio !== undefined) return;
  canvas.width = width;
  canvas.height = height;
  (scene as unknown as { pixelRatio: number }).pixelRatio = ratio;
  frustum.aspectRatio = width / height;
  scene.requestRender();
}
