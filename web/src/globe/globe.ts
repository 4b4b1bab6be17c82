// The globe of the page: shows a view, says which track was clicked, moves the eye. The tables hold the same facts.

import { Cartesian2, type Cartesian3, SceneTransforms } from "@cesium/engine";
import type { RunView } from "../model";
import type { View } from "../view";
import type { Worlds } from "./basemap";
import { Eye } from "./camera";
import { createStage, type Quality, type Stage } from "./scene";
import { inSight } from "./shapes";
import { Sites } from "./sites";
import { Tracks } from "./tracks";

const CLICK_PIXELS = 5; // a pointer that moves further while down has turned the globe

export { loadWorlds } from "./basemap";

export class GlobeView {
  readonly soft: boolean;
  private readonly stage: Stage;
  private readonly eye: Eye;
  private readonly tracks: Tracks;
  private sites: Sites | undefined;
  private run: RunView | undefined;
  private loading: Promise<void> = Promise.resolve();
  private touched = false;
  private shownOnce = false;

  constructor(
    private readonly host: HTMLElement,
    worlds: Worlds,
    quality: Quality,
    still: boolean,
    choose: (id: string) => void,
    trouble: () => void,
  ) {
    this.stage = createStage(host, worlds, quality);
    this.soft = this.stage.soft;
    this.eye = new Eye(this.stage.scene, still);
    this.tracks = new Tracks(this.stage.scene);
    this.stage.scene.preUpdate.addEventListener(() => this.hideBehind());
    this.listen(choose);
    this.stage.scene.renderError.addEventListener(trouble);
    this.stage.scene.canvas.addEventListener("webglcontextlost", trouble);
    host.dataset["globe"] = this.soft ? "software" : "hardware";
  }

  /** Put up what belongs to a run; what belonged to another goes. */
  begin(run: RunView): void {
    this.sites?.destroy();
    this.run = run;
    this.sites = new Sites(this.stage.scene, run);
    this.loading = this.sites.load();
    this.touched = false;
    this.eye.home(run, [], true);
  }

  show(view: View): void {
    this.sites?.show(view);
    this.tracks.show(view);
    // Until somebody takes the globe in hand, it follows what there is to see.
    if (!this.touched && this.eye.homeMoved(view.run, this.tracks.extents())) {
      this.eye.home(view.run, this.tracks.extents(), this.soft || !this.shownOnce);
    }
    this.shownOnce = true;
    this.host.dataset["tracks"] = String(this.tracks.count);
    this.stage.redraw();
  }

  home(): void {
    this.touched = false;
    if (this.run !== undefined) this.eye.home(this.run, this.tracks.extents(), false);
  }

  down(): void {
    this.touched = true;
    if (this.run !== undefined) this.eye.down(this.run, this.tracks.extents());
  }

  zoom(factor: number): void {
    this.touched = true;
    this.eye.zoom(factor);
  }

  fit(id: string | null): void {
    this.touched = true;
    this.eye.fit(this.tracks.extent(id));
  }

  /** Show or hide the coverage volumes; returns whether they are shown now. */
  toggleCoverage(): boolean {
    if (this.sites === undefined) return true;
    this.sites.coverage = !this.sites.coverage;
    this.stage.redraw();
    return this.sites.coverage;
  }

  /** Resolves when map and coverage are loaded and drawn. */
  async settled(): Promise<void> {
    await this.loading;
    await this.stage.settled();
  }

  private hideBehind(): void {
    const eye = this.stage.scene.camera.positionWC;
    this.sites?.hideBehind(eye);
    this.tracks.hideBehind(eye);
  }

  private listen(choose: (id: string) => void): void {
    const { canvas } = this.stage.scene;
    let down: [number, number] | undefined;
    canvas.addEventListener("wheel", () => (this.touched = true), { passive: true });
    canvas.addEventListener("pointerdown", (event) => {
      down = [event.offsetX, event.offsetY];
    });
    canvas.addEventListener("pointerup", (event) => {
      if (down === undefined || Math.hypot(event.offsetX - down[0], event.offsetY - down[1]) > CLICK_PIXELS) return;
      const id = this.at(event);
      if (id !== null) choose(id);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.buttons !== 0) this.touched = true;
      else canvas.style.cursor = this.at(event) === null ? "" : "pointer";
    });
    canvas.addEventListener("keydown", (event) => {
      if (!event.ctrlKey && !event.altKey && !event.metaKey && this.eye.key(event.key)) {
        this.touched = true;
        event.preventDefault();
        event.stopPropagation();
      }
    });
  }

  private at(event: PointerEvent): string | null {
    const { scene } = this.stage;
    return this.tracks.near(new Cartesian2(event.offsetX, event.offsetY), (position: Cartesian3) =>
      inSight(scene.camera.positionWC, position) ? SceneTransforms.worldToWindowCoordinates(scene, position) : undefined,
    );
  }
}
