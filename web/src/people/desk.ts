// The desk of whoever is signed in: who it is, the acts that are theirs, the record, and the dialogs to act and to read.

import { byId, element, setText } from "../dom";
import { clock } from "../words";
import { asked } from "./asking";
import { type Choice, parts, together } from "./forms";
import { type Act, type Entry, newest, perform, Refusal, type Session, signOut, wanted, whole } from "./line";

const EVERY_MS = 5_000;
const MOST = 60;
const ROLES: Record<string, string> = { "watch-officer": "watch officer", analyst: "analyst", auditor: "auditor" };

export class Desk {
  private shown = "";
  private readonly list = element("ol", { class: "record" });
  private readonly acts = element("p", { class: "acts", role: "toolbar", "aria-label": "Acts" });

  constructor(
    private session: Session,
    private readonly ended: () => void,
  ) {
    byId("record").replaceChildren(this.acts, this.list);
    const free = session.acts.filter((act) => !(act.form.required ?? []).includes(act.pointed)); // wants no entry to be about
    this.acts.replaceChildren(...free.map((act) => this.button(act, null)));
    this.acts.hidden = free.length === 0;
    this.showPerson();
    showTab("record");
    byId("tab-events").onclick = () => showTab("events");
    byId("tab-record").onclick = () => showTab("record");
    byId("tabs").hidden = false;
  }

  /** Keep the record as it is now in view, until the session ends. */
  async follow(): Promise<void> {
    for (;;) {
      try {
        this.show(await newest(MOST));
      } catch (error) {
        if (error instanceof Refusal && error.status === 401) {
          this.ended();
          return;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }

  private showPerson(): void {
    const { person, role } = this.session;
    const leave = async (): Promise<void> => {
      await signOut(this.session).catch(() => null);
      this.ended();
    };
    const place = byId("person");
    place.replaceChildren(
      element("strong", {}, person),
      ` ${ROLES[role] ?? role} `,
      element("button", { type: "button", class: "small", onclick: () => void leave() }, "Sign out"),
    );
    place.hidden = false;
  }

  private show(entries: Entry[]): void {
    const mark = entries.map((entry) => `${entry.log} ${entry.index}`).join("|");
    if (mark === this.shown) return;
    this.shown = mark;
    const empty = element("li", { class: "quiet" }, "Nothing stands in the record yet.");
    this.list.replaceChildren(...(entries.length === 0 ? [empty] : entries.map((entry) => this.item(entry))));
  }

  private item(entry: Entry): HTMLElement {
    const open = (): void => void this.read(entry);
    const by = entry.by.length > 1 ? `${entry.by.length} keys` : entry.by[0];
    return element(
      "li",
      {},
      element("button", { type: "button", title: "Read this entry", onclick: open }, clock(entry.time_utc)),
      element("span", { class: "who" }, by === undefined ? entry.origin : `${entry.origin}, ${by}`),
      element("span", { class: "kind" }, entry.kind.replaceAll("_", " ")),
      element("span", { class: "text" }, entry.text),
    );
  }

  private async read(entry: Entry): Promise<void> {
    const dialog = byId<HTMLDialogElement>("desk");
    const whose = entry.origin === this.session.centre ? "own" : "theirs";
    const fits = (act: Act): boolean => act.of.includes(entry.kind) || (act.of.length === 0 && act.pointed !== "");
    const on = this.session.acts.filter((act) => fits(act) && (act.whose === "any" || act.whose === whose));
    const facts: [string, string][] = [
      ["Said by", entry.origin],
      ["Signed by", entry.by.join(", ") || "no key that the roster names"],
      ["At", entry.time_utc.replace("T", " ").replace("Z", " UTC")],
      ["Stands as", `entry ${entry.index} of ${entry.log}`],
    ];
    const fields = element("pre", { tabindex: "0" }, "…");
    const hash = element("dd", {}, "…");
    dialog.replaceChildren(
      element("h2", { id: "desk-title" }, entry.kind.replaceAll("_", " ")),
      element("p", { class: "lead" }, entry.text),
      element(
        "dl",
        {},
        ...facts.flatMap(([name, words]) => [element("dt", {}, name), element("dd", {}, words)]),
        element("dt", {}, "Leaf hash"),
        hash,
      ),
      element("details", {}, element("summary", {}, "All of it"), fields),
      element("p", { class: "keys" }, ...on.map((act) => this.button(act, entry)), closing(dialog, "Close")),
    );
    dialog.showModal();
    try {
      const found = await whole(entry);
      setText(fields, found.message);
      setText(hash, found.leaf_hash);
    } catch (error) {
      setText(fields, said(error));
    }
  }

  /** Somebody was not there for half an hour: ask who it is now, and leave what was filled in as it is. */
  private async again(outcome: HTMLElement): Promise<void> {
    const session = await asked(this.session.person);
    if (session === null) return;
    if (session.person !== this.session.person) this.ended();
    this.session = session;
    setText(outcome, "");
  }

  /** Return what fields choose from: the partners, and what waits for two officers. */
  private async choices(): Promise<Record<string, Choice[]>> {
    const waiting = await wanted().catch(() => []);
    const partners = this.session.partners.map((name) => ({ value: name, words: name }));
    const approvals = waiting.map((one) => {
      const by = one.by.length === 0 ? "approved by nobody yet" : `approved by ${one.by.join(", ")}`;
      return { value: one.subject, words: `${one.about}: ${by}; ${one.subject.slice(0, 12)}…` };
    });
    return { partners, approvals };
  }

  private button(act: Act, entry: Entry | null): HTMLElement {
    const open = (): void => void this.fillIn(act, entry);
    return element("button", { type: "button", title: act.summary, onclick: open }, act.title);
  }

  private async fillIn(act: Act, entry: Entry | null): Promise<void> {
    const dialog = byId<HTMLDialogElement>("desk");
    const around = { defs: act.form.$defs ?? {}, from: await this.choices() };
    const fields = parts(act.form, around);
    if (entry !== null && act.pointed !== "") fields.get(act.pointed)?.fill(pointedAt(act, entry));
    const outcome = element("p", { class: "outcome-line", role: "status" });
    const send = element("button", { type: "submit", class: "main" }, `${act.title} and sign`);
    const form = element("form", { novalidate: true }, ...[...fields.values()].map((one) => one.root));
    const close = closing(dialog, "Cancel");
    form.append(element("div", { class: "foot" }, outcome, element("p", { class: "keys" }, send, close)));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.send(act, together(fields) ?? {}, send, outcome).then((kept) => kept && setText(close, "Close"));
    });
    const signs = `Signed with the key of ${this.session.person}, and on record for good.`;
    dialog.replaceChildren(
      element("h2", { id: "desk-title" }, act.title),
      element("p", { class: "lead" }, act.summary),
      element("p", { class: "quiet" }, signs),
      form,
    );
    if (!dialog.open) dialog.showModal();
    (form.querySelector("input, textarea, select") as HTMLElement | null)?.focus();
  }

  private async send(act: Act, filled: unknown, button: HTMLButtonElement, outcome: HTMLElement): Promise<boolean> {
    button.disabled = true;
    outcome.className = "outcome-line";
    setText(outcome, "Signing …");
    try {
      const kept = await perform(this.session, act, filled);
      const places = kept.map((one) => `${one.kind.replaceAll("_", " ")}: entry ${one.index} of ${one.log}`);
      outcome.className = "outcome-line kept";
      setText(outcome, `On record. ${places.join("; ")}`);
      button.hidden = true;
      this.show(await newest(MOST));
      return true;
    } catch (error) {
      outcome.className = "outcome-line refused";
      setText(outcome, said(error));
      button.disabled = false;
      if (error instanceof Refusal && error.status === 401) await this.again(outcome);
      return false;
    }
  }
}

/** Return what fills the field of an act that points at entries: one of them, or a list with one. */
function pointedAt(act: Act, entry: Entry): unknown {
  const at = { log: entry.log, index: entry.index };
  return act.form.properties?.[act.pointed]?.type === "array" ? [at] : at;
}

function closing(dialog: HTMLDialogElement, words: string): HTMLElement {
  return element("button", { type: "button", onclick: () => dialog.close() }, words);
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function showTab(name: "events" | "record"): void {
  for (const tab of ["events", "record"]) {
    byId(tab).hidden = tab !== name;
    byId(`tab-${tab}`).setAttribute("aria-selected", String(tab === name));
  }
}
