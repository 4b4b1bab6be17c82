// The watch page, built into the package. Nothing in the output is fetched from anywhere but the page's own server.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, defineConfig, type Plugin } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const outDir = resolve(here, "../src/jointwatch/display/static");
const engine = resolve(here, "node_modules/@cesium/engine");

// What the globe asks for while it runs, out of 7 MB that Cesium brings: the workers that make and pick the ellipsoid's
// mesh (bundled here from source: the package's own build of the second one is missing), and Earth's orientation for
// the fixed instant that the scene is given (src/globe/scene.ts).
const WORKERS = ["createVerticesFromHeightmap", "incrementallyBuildTerrainPicker"];
const ASSETS = ["Assets/IAU2006_XYS/IAU2006_XYS_12.json"];
const SOURCES = ["package.json", "package-lock.json", "tsconfig.json", "vite.config.ts", "index.html", "src"];
const LICENSES = ["@cesium/engine/LICENSE.md", "topojson-client/LICENSE", "world-atlas/LICENSE"];

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

async function bundleWorker(name: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    build: {
      outDir: join(outDir, "cesium/Workers"),
      emptyOutDir: false,
      target: "es2022",
      minify: true,
      lib: { entry: join(engine, "Source/Workers", `${name}.js`), formats: ["es"], fileName: () => `${name}.js` },
    },
  });
}

/** Return the SHA-256 over names and bytes of all sources, as hatch_build.py computes it, so that a stale page is noticed. */
function sourceHash(): string {
  const within = (name: string): string[] => {
    if (!existsSync(join(here, name))) return [];
    if (!statSync(join(here, name)).isDirectory()) return [name];
    return readdirSync(join(here, name)).flatMap((each) => within(`${name}/${each}`));
  };
  const digest = createHash("sha256");
  for (const name of SOURCES.flatMap(within).sort()) {
    digest.update(`${name}\0`).update(readFileSync(join(here, name))).update("\0");
  }
  return digest.digest("hex");
}

function cesiumFiles(): Plugin {
  return {
    name: "cesium-files",
    apply: "build",
    async closeBundle() {
      for (const name of WORKERS) await bundleWorker(name);
      for (const name of ASSETS) copy(join(engine, "Source", name), join(outDir, "cesium", name));
      const texts = LICENSES.map((name) => `== ${name}\n\n${readFileSync(join(here, "node_modules", name), "utf-8")}`);
      writeFileSync(join(outDir, "LICENSES.txt"), texts.join("\n\n"));
      writeFileSync(join(outDir, ".source-sha256"), `${sourceHash()}\n`);
    },
  };
}

export default defineConfig({
  base: "/static/",
  define: { CESIUM_BASE_URL: JSON.stringify("/static/cesium/") },
  plugins: [cesiumFiles()],
  // While working on the page: data, and what Cesium asks for, from a server of the built page (README.md).
  server: { proxy: { "/api": { target: "http://127.0.0.1:8800", ws: true }, "/static/cesium": "http://127.0.0.1:8800" } },
  build: { outDir, emptyOutDir: true, target: "es2022", assetsInlineLimit: 0, chunkSizeWarningLimit: 5000 },
});
