// What the keys do and what the marks mean.

import { byId, element } from "../dom";

const KEYS: [string, string][] = [
  ["Space", "play or pause"],
  [", and .", "one snapshot back or on"],
  ["L", "follow the run, or go to its end"],
  ["1, 2, 3", "joint picture, then each centre's own"],
  ["N", "select the next track"],
  ["F", "show the selected track"],
  ["H", "show the whole scene"],
  ["Arrows, + and −", "turn and zoom, when the globe has the focus"],
];

const MARKS: [string, string][] = [
  ["Thick line", "where an object was held to be, up to the time shown"],
  ["Dashed line", "the prediction given with the picture; objects move along it between pictures, nowhere else"],
  ["Thin lines", "the path on the ground, and straight down from the object"],
  ["Filled ellipse", "95 % of launch or impact"],
  ["Colours", "one for each centre; near white where data of several is in the estimate"],
  ["Volumes", "what the arrays on duty can face, cut off at an altitude so that the rest can be seen"],
];

export function showHelp(): void {
  const dialog = byId<HTMLDialogElement>("help");
  const list = (rows: [string, string][]): HTMLElement =>
    element("dl", {}, ...rows.flatMap(([name, words]) => [element("dt", {}, name), element("dd", {}, words)]));
  const close = element("button", { type: "button", onclick: () => dialog.close() }, "Close");
  dialog.replaceChildren(
    element("h2", { id: "help-title" }, "Keys"),
    list(KEYS),
    element("h2", {}, "Marks on the globe"),
    list(MARKS),
    close,
  );
  dialog.showModal();
}
