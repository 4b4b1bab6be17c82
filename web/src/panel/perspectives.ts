// Whose picture is shown: the joint one, or what one centre would have alone.

import { element, setText } from "../dom";
import { JOINT, type RunView } from "../model";
import { perspectivesOf, sideOf, type View } from "../view";
import { centreName, clock } from "../words";

export class Perspectives {
  readonly root: HTMLElement;
  ids: string[] = [JOINT];
  private readonly choices = element("div", { class: "choices", role: "radiogroup", "aria-label": "Perspective" });
  private readonly asOf = element("p", { class: "quiet as-of" });
  private readonly inputs = new Map<string, HTMLInputElement>();

  constructor(private readonly choose: (id: string) => void) {
    this.root = element("section", { class: "perspectives", "aria-label": "Perspective" }, this.choices, this.asOf);
  }

  begin(run: RunView): void {
    this.ids = perspectivesOf(run);
    this.inputs.clear();
    const labels = this.ids.map((id) => {
      const input = element("input", { type: "radio", name: "perspective", value: id, onchange: () => this.choose(id) });
      this.inputs.set(id, input);
      return element("label", { class: `own ${sideOf(run, id)}` }, input, element("span", {}, id === JOINT ? "Joint" : centreName(run, id)));
    });
    this.choices.replaceChildren(...labels);
  }

  show(view: View): void {
    const input = this.inputs.get(view.perspective);
    if (input !== undefined && !input.checked) input.checked = true;
    setText(this.asOf, view.picture === undefined ? "" : `as of ${clock(view.picture.as_of_utc)} UTC`);
  }
}
