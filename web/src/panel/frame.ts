// What stands around the picture: the centres and their line, the radars, what was assumed.

import { element, setText, Table } from "../dom";
import type { FaceView, Finished, RunView } from "../model";
import { inService, sideOf, type View } from "../view";
import { agreement, centreName, number, radarName, standing, STANDING_SIGN, STANDING_WORD } from "../words";

export class CentresSection {
  readonly root: HTMLElement;
  private readonly table = new Table("Centres", [
    { name: "Centre" },
    { name: "State" },
    { name: "Entries", numeric: true, title: "in all its own logs" },
    { name: "Verified", numeric: true, title: "of the partner's entries, verified and kept here" },
    { name: "Cosigned", numeric: true, title: "of its own entries, covered by the partner's signature" },
  ]);
  private readonly words = element("ul", { class: "plain" });
  private readonly agrees = element("p", { class: "agreement" });

  constructor() {
    this.root = element("section", { "aria-label": "Centres" }, this.table.root, this.agrees, this.words);
  }

  show(view: View): void {
    const states = view.snapshot?.centres ?? [];
    this.table.show(
      states.map((state) => {
        const stands = standing(state);
        const name = { text: centreName(view.run, state.id), own: `own ${sideOf(view.run, state.id)}` };
        const word = { text: `${STANDING_SIGN[stands]} ${STANDING_WORD[stands]}`, own: stands };
        const counts = [state.entries, state.verified, state.cosigned].map((n) => ({ text: number(n, 0) }));
        return [state.id, [name, word, ...counts]] as const;
      }),
    );
    const sentences = states.filter((s) => s.text !== "").map((s) => `${centreName(view.run, s.id)}: ${s.text}`);
    if (this.words.textContent !== sentences.join("")) {
      this.words.replaceChildren(...sentences.map((sentence) => element("li", {}, sentence)));
    }
    const agrees = view.snapshot?.joint_agrees;
    this.agrees.hidden = inService(view.run);
    setText(this.agrees, agrees === undefined ? "Nothing heard from the centres yet." : agreement(agrees));
    this.agrees.className = `agreement ${agrees === false ? "differs" : ""}`;
  }
}

export function radarsSection(run: RunView): HTMLElement {
  const table = new Table("Radars", [{ name: "Radar" }, { name: "Array" }, { name: "Field of regard" }, { name: "Duty" }]);
  const rows = run.radars.flatMap((radar) =>
    radar.faces.map((face, i) => {
      const name = { text: radarName(run, radar.id), own: `own ${sideOf(run, radar.feeds)}`, title: `owner: ${radar.owner}` };
      const cells = [name, { text: face.name }, { text: sector(face) }, duty(face)];
      return [`${radar.id} ${i}`, cells] as const;
    }),
  );
  table.show(rows);
  table.root.hidden = rows.length === 0;
  const owners = run.radars.map((radar) => {
    const reach = radar.range_km > 0 ? `, instrumented to ${number(radar.range_km, 0)} km` : "";
    return element("li", {}, `${radar.name}: owned by ${radar.owner}, feeds ${centreName(run, radar.feeds)}${reach}`);
  });
  return element("section", { "aria-label": "Radars" }, table.root, element("ul", { class: "plain" }, ...owners));
}

function sector(face: FaceView): string {
  const azimuth = `az ${number(face.azimuth_from_deg, 0)}–${number(face.azimuth_to_deg, 0)}°`;
  return `${azimuth}, el ${number(face.elevation_min_deg, 0)}–${number(face.elevation_max_deg, 0)}°`;
}

function duty(face: FaceView): { text: string; own: string } {
  const state = face.on_duty ? "● on duty" : "✕ not on duty";
  return { text: face.note === "" ? state : `${state}: ${face.note}`, own: face.on_duty ? "" : "off" };
}

export function notesSection(run: RunView): HTMLElement {
  const notes = run.notes.map((note) => element("li", {}, note));
  const keys = run.centres.map((centre) =>
    element("li", {}, `Key of ${centre.name}: `, element("code", {}, grouped(centre.fingerprint))),
  );
  return element(
    "section",
    { class: "notes", "aria-label": "Assumptions and keys" },
    element("h2", {}, "Assumed, and not seen"),
    element("ul", {}, ...notes),
    element("h2", {}, "Keys"),
    element("ul", { class: "plain" }, ...keys),
  );
}

/** Return a fingerprint in groups of four, so that two people can read it to each other. */
function grouped(fingerprint: string): string {
  return /[ :]/.test(fingerprint) ? fingerprint : fingerprint.replace(/(.{4})(?=.)/g, "$1 ");
}

/** What both centres signed at the end, and where to read it. */
export class StatementSection {
  readonly root = element("section", { class: "outcome", "aria-label": "Joint statement", hidden: true });

  private shown: Finished | null = null;

  show(finished: Finished | null): void {
    if (finished === this.shown) return;
    this.shown = finished;
    this.root.hidden = finished === null || (!finished.statement && !finished.report && finished.summary === "");
    if (finished === null) return;
    const links: HTMLElement[] = [];
    if (finished.report) links.push(element("a", { href: "/report" }, "Read the report"));
    if (finished.statement) links.push(element("a", { href: "/api/statement" }, "Signed statement (JSON)"));
    this.root.replaceChildren(
      element("h2", {}, finished.statement ? "Joint statement" : "The run is over"),
      element("p", {}, finished.summary),
      element("p", { class: "links" }, ...links),
    );
  }
}
