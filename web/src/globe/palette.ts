// The colours of the globe; the same as in page.css, where they carry the same names.

import { Color } from "@cesium/engine";

const HEX: Record<string, string> = {
  side1: "#4cc4ff",
  side2: "#ffb547",
  side3: "#c3a0ff",
  joint: "#f4f7fb",
  ink: "#dce6f0",
  soft: "#9fb2c6",
  cut: "#ff8a80",
};

/** Return the colour of an owner's class, at an opacity. */
export function colour(name: string, alpha = 1): Color {
  return Color.fromCssColorString(HEX[name] ?? HEX["joint"] ?? "#ffffff").withAlpha(alpha);
}

export const OCEAN = "#0c2033";
export const LAND = "#1b2c3d";
export const COAST = "#6f8fab";
export const BORDER = "#41586e";
export const GRATICULE = "rgba(130, 165, 195, 0.10)";
export const SKY = "#04070c";
