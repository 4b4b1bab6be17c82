// Signing in at the page of a centre in service: nothing of the picture is there before.

import { byId, setText } from "../dom";
import { asked } from "./asking";
import { Desk } from "./desk";
import { whoIsThere } from "./line";

/** Return once somebody is signed in; then the desk is on the page. Nothing to wait for where the page asks for nobody. */
export async function atTheDesk(): Promise<void> {
  if (!("signIn" in document.body.dataset)) return;
  document.body.classList.add("in-service");
  setText(byId("page-title"), "On watch");
  let session = await whoIsThere().catch(() => null);
  document.body.dataset["ready"] = "sign-in";
  while (session === null) session = await asked();
  delete document.body.dataset["ready"];
  void new Desk(session, () => location.reload()).follow();
}
