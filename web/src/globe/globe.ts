// The globe of the page: shows a view, says which track was clicked, moves the eye. The tables hold the same facts.

import { Cartesian2, type Cartesian3, SceneTransforms } from "@cesium/engine";
import type { RunView } from "../model";
import type { View } from "../view";
import { Eye } from "./camera";
import { createStage, type Stage } from "./scene";
import { inSight } from "./shapes";
import { Sites } from "./sites";
import { Tracks } from "./tracks";

const CLICK_PIXELS = 5; // a pointer that moves further while down has turned the globe

export class GlobeView {
  readonly soft: boolean;
  private readonly stage: Stage;
  private readonly eye: Eye;
  private readonly tracks: Tracks;
  private sites: Sites | undefined;
  private run: RunView | undefined;
  private loading: Promise<void> = Promise.resolve();

  constructor(
    private readonly host: HTMLElement,
    still: boolean,
    choose: (id: string) => void,
  ) {
    this.stage = createStage(host);
    this.soft = this.stage.soft;
    this.eye = new Eye(this.stage.scene, still);
    this.tracks = new Tracks(this.stage.scene);
    this.listen(choose);
    host.dataset["globe"] = this.soft ? "software" : "hardware";
  }

  /** Put up what belongs to a run; what belonged to another goes. */
  begin(run: RunView): void {
    this.sites?.destroy();
    this.run = run;
    this.sites = new Sites(this.stage.scene, run);
    this.loading = this.sites.load();
    this.eye.home(run, true);
  }

  show(view: View): void {
    this.sites?.show(view);
    this.tracks.show(view);
    this.host.dataset["tracks"] = String(this.tracks.count);
    this.stage.redraw();
  }

  home(): void {
    if (this.run !== undefined) this.eye.home(this.run, false);
  }

  down(): void {
    if (this.run !== undefined) this.eye.down(this.run);
  }

  zoom(factor: number): void {
    this.eye.zoom(factor);
  }

  fit(id: string | null): void {
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

  private listen(choose: (id: string) => void): void {
    const { canvas } = this.stage.scene;
    let down: [number, number] | undefined;
    canvas.addEventListener("pointerdown", (event) => (down = [event.offsetX, event.offsetY]));
    canvas.addEventListener("pointerup", (event) => {
      if (down === undefined || Math.hypot(event.offsetX - down[0], event.offsetY - down[1]) > CLICK_PIXELS) return;
      const id = this.at(event);
      if (id !== null) choose(id);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.buttons === 0) canvas.style.cursor = this.at(event) === null ? "" : "pointer";
    });
    canvas.addEventListener("keydown", (event) => {
      if (!event.ctrlKey && !event.altKey && !event.metaKey && this.eye.key(event.key)) {
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
