// The dialog that asks who is there.

import { byId, element, setText } from "../dom";
import { type Session, signIn } from "./line";

const LEAD =
  "Watch officers, analysts and auditors of this centre. What you do here stands in its record under your name.";

/** Ask for name and password until they are right; somebody who was there before may turn back, and is then null. */
export function asked(again: string | null = null): Promise<Session | null> {
  const dialog = byId<HTMLDialogElement>("sign-in");
  const name = element("input", { id: "name", name: "username", autocomplete: "username", required: true, maxlength: "63" });
  const password = element("input", {
    id: "password", name: "password", type: "password", autocomplete: "current-password", required: true, maxlength: "256",
  });
  const outcome = element("p", { class: "outcome-line refused", role: "alert" });
  const send = element("button", { type: "submit", class: "main" }, "Sign in");
  const form = element(
    "form",
    {},
    element("p", { class: "field" }, element("label", { for: "name" }, "Name"), name),
    element("p", { class: "field" }, element("label", { for: "password" }, "Password"), password),
    outcome,
    element("p", { class: "keys" }, send, ...(again === null ? [] : [element("button", { type: "button", onclick: () => dialog.close() }, "Cancel")])),
  );
  dialog.replaceChildren(
    element("h2", { id: "sign-in-title" }, again === null ? "Sign in" : "Sign in again to act"),
    element("p", { class: "quiet" }, LEAD),
    form,
  );
  name.value = again ?? "";
  dialog.oncancel = (event) => {
    if (again === null) event.preventDefault();
  };
  dialog.showModal();
  (again === null ? name : password).focus();
  return new Promise((resolve) => {
    dialog.onclose = () => resolve(null);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send.disabled = true;
      setText(outcome, "");
      signIn(name.value.trim(), password.value)
        .then((session) => {
          resolve(session);
          dialog.close();
        })
        .catch((error: Error) => {
          setText(outcome, error.message);
          send.disabled = false;
          password.select();
        });
    });
  });
}
