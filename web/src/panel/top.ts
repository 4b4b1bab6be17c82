// The bar on top: the centres' states in words, documents at the end of the run, the exercise clock.

import { byId, element, setText } from "../dom";
import type { Finished } from "../model";
import { inService, sideOf, type View } from "../view";
import { centreName, clockOf, dateOf, standing, STANDING_SIGN, STANDING_WORD } from "../words";

export class TopBar {
  private readonly pills = byId("pills");
  private readonly documents = byId("documents");
  private readonly date = byId("utc").querySelector(".date") as HTMLElement;
  private readonly time = byId("utc").querySelector(".time") as HTMLElement;
  private shown = "";
  private connected = true;

  show(view: View): void {
    const at = view.history.startS + view.seconds;
    setText(this.date, dateOf(at));
    setText(this.time, clockOf(at));
    this.showPills(view);
  }

  private showPills(view: View): void {
    const states = view.snapshot?.centres ?? [];
    const pills: [string, string][] = states.map((state) => {
      const stands = standing(state);
      const name = centreName(view.run, state.id);
      return [`${sideOf(view.run, state.id)} ${stands}`, `${name} ${STANDING_SIGN[stands]} ${STANDING_WORD[stands]}`];
    });
    const agrees = view.snapshot?.joint_agrees;
    if (agrees === true) pills.push(["joint linked", "Joint picture ✓ same"]);
    if (agrees === false) pills.push(["joint lost", "Joint picture ≠ differs"]);
    if (agrees === null && !inService(view.run)) pills.push(["joint cut", "Joint picture – not comparable"]);
    if (!this.connected) pills.push(["page lost", "This page ✕ no connection, trying again"]);
    const mark = pills.flat().join("|");
    if (mark === this.shown) return;
    this.shown = mark;
    this.pills.replaceChildren(...pills.map(([kind, words]) => element("li", { class: `pill ${kind}` }, words)));
  }

  line(connected: boolean): void {
    this.connected = connected;
    this.shown = "";
  }

  clear(): void {
    this.shown = "";
    this.pills.replaceChildren();
    setText(this.date, "");
    setText(this.time, "--:--:--");
    this.finished(null);
  }

  finished(finished: Finished | null): void {
    const links = [element("a", { href: "/plain" }, "Plain page")];
    if (finished?.statement) links.unshift(element("a", { href: "/api/statement", title: finished.summary }, "Statement"));
    if (finished?.report) links.unshift(element("a", { href: "/report" }, "Report"));
    this.documents.replaceChildren(...links);
  }
}
