// Numbers, times and places as a person reads them; the same habits as src/jointwatch/display/wording.py.

import type { CentreState, Ellipse, RunView } from "./model";

export const NOTHING = "–";

/** Return a number with a true minus sign and thin spaces between thousands. */
export function number(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return NOTHING;
  const text = Math.abs(value).toFixed(decimals);
  const [whole = "", part] = text.split(".");
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, "\u202f") : whole;
  return `${value < 0 && Number(text) !== 0 ? "−" : ""}${grouped}${part === undefined ? "" : `.${part}`}`;
}

/** Return a length in km with about three figures. */
export function length(km: number): string {
  const size = Math.abs(km);
  return number(km, size < 1 ? 2 : size < 10 ? 1 : 0);
}

/** Return the time of day of an ISO text, cut to the second. */
export function clock(utc: string): string {
  return utc.includes("T") ? utc.slice(11, 19) : utc;
}

/** Return the time of day of seconds since 1970. */
export function clockOf(epochS: number): string {
  return new Date(epochS * 1000).toISOString().slice(11, 19);
}

/** Return the date of seconds since 1970. */
export function dateOf(epochS: number): string {
  return new Date(epochS * 1000).toISOString().slice(0, 10);
}

/** Return seconds as minutes and seconds after the start: +03:20. */
export function elapsed(seconds: number): string {
  const whole = Math.floor(Math.abs(seconds));
  const text = `${String(Math.floor(whole / 60)).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
  return `${seconds < 0 ? "−" : "+"}${text}`;
}

export function place(latitudeDeg: number, longitudeDeg: number, decimals = 2): string {
  const north = latitudeDeg >= 0 ? "N" : "S";
  const east = longitudeDeg >= 0 ? "E" : "W";
  return `${Math.abs(latitudeDeg).toFixed(decimals)}° ${north}, ${Math.abs(longitudeDeg).toFixed(decimals)}° ${east}`;
}

export function axes(ellipse: Ellipse): string {
  const long = ((ellipse.azimuth_deg % 180) + 180) % 180;
  return `± ${length(ellipse.semi_major_km)} × ${length(ellipse.semi_minor_km)} km (95 %), long axis ${number(long, 0)}°`;
}

/** Return a probability without pretending to certainty at the ends. */
export function probability(p: number): string {
  if (p < 0.01) return "< 0.01";
  return p > 0.99 ? "> 0.99" : p.toFixed(2);
}

/** Return the name for people of a centre's id; an unknown id as it is. */
export function centreName(run: RunView, id: string): string {
  return run.centres.find((centre) => centre.id === id)?.name ?? id;
}

/** Return the short name of a radar's id: "Gabala (Daryal)" is Gabala. */
export function radarName(run: RunView, id: string): string {
  const name = run.radars.find((radar) => radar.id === id)?.name ?? id;
  return name.split(" (")[0] ?? name;
}

export type Standing = "linked" | "cut" | "lost";

export function standing(state: CentreState): Standing {
  if (state.process !== "up") return "lost";
  return state.link === "linked" ? "linked" : "cut";
}

// Never colour alone: each standing has its sign and its word.
export const STANDING_SIGN: Record<Standing, string> = { linked: "●", cut: "◌", lost: "✕" };
export const STANDING_WORD: Record<Standing, string> = { linked: "linked", cut: "line cut", lost: "centre lost" };

export function agreement(agrees: boolean | null): string {
  if (agrees === null) return "The joint pictures cannot be compared at this moment.";
  return agrees
    ? "Both centres computed the same joint picture."
    : "The centres computed different joint pictures.";
}
