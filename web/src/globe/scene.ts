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
import { vectorEarth } from "./basemap";
import { OCEAN, SKY } from "./palette";

// Nothing is lit by the Sun here, but Cesium asks where it is: one fixed instant, whose table of Earth's orientation
// is in the package (vite.config.ts).
const INSTANT = JulianDate.fromIso8601("2009-05-20T08:00:00Z");

// Cesium would show the picture of its online service, and start a worker only to learn what every browser with WebGL 2 can.
CreditDisplay.cesiumCredit = new Credit("CesiumJS");
(TaskProcessor as unknown as { _canTransferArrayBuffer: boolean })._canTransferArrayBuffer = true;

export interface Stage {
  scene: Scene;
  soft: boolean; // drawn by the processor, not by a graphics card: spare what costs most
  /** Draw again, as soon as the browser draws. */
  redraw(): void;
  /** Resolves once the map is loaded and a few frames are drawn. */
  settled(): Promise<void>;
}

export function createStage(host: HTMLElement): Stage {
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
  const soft = isSoft(scene);
  dress(scene, soft);
  void vectorEarth().then((provider) => {
    scene.imageryLayers.add(new ImageryLayer(provider, {}));
    scene.requestRender();
  });
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
  globe.showWaterEffect = false;
  globe.maximumScreenSpaceError = soft ? 2.4 : 1.6;
  globe.preloadAncestors = false;
  globe.tileCacheSize = 200;
  scene.globe = globe;
  scene.backgroundColor = Color.fromCssColorString(SKY);
  scene.fog.enabled = false;
  scene.highDynamicRange = false;
  scene.postProcessStages.fxaa.enabled = false;
  if (!soft) {
    scene.msaaSamples = 4;
    scene.skyAtmosphere = new SkyAtmosphere(Ellipsoid.WGS84);
  }
  const controls = scene.screenSpaceCameraController;
  controls.minimumZoomDistance = 20e3;
  controls.maximumZoomDistance = 4e7;
  controls.enableCollisionDetection = false;
  const frustum = scene.camera.frustum as PerspectiveFrustum;
  frustum.fov = CesiumMath.toRadians(50);
  scene.camera.constrainedAxis = Cartesian3.UNIT_Z;
}

function startLoop(scene: Scene, host: HTMLElement, soft: boolean): () => Promise<void> {
  let drawn = 0;
  const waiting: { after: number; done: () => void }[] = [];
  const inner = scene as unknown as { initializeFrame(): void };
  scene.postRender.addEventListener(() => {
    drawn++;
  });
  const frame = (): void => {
    fit(scene, host, soft);
    const loaded = scene.imageryLayers.length > 0 && scene.globe.tilesLoaded;
    if (!loaded || waiting.length > 0) scene.requestRender();
    inner.initializeFrame();
    scene.render(INSTANT);
    if (loaded && scene.globe.tilesLoaded) {
      for (const wait of waiting.filter((each) => drawn >= each.after)) {
        waiting.splice(waiting.indexOf(wait), 1);
        wait.done();
      }
    }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  return () => new Promise((done) => waiting.push({ after: drawn + 3, done }));
}

/** Keep the drawing as large as its place in the page. */
function fit(scene: Scene, host: HTMLElement, soft: boolean): void {
  const ratio = soft ? 1 : Math.min(window.devicePixelRatio, 2);
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
