// A form made of a JSON Schema: what an act wants filled in, and what was filled in as the API wants it.

import { element } from "../dom";
import type { Schema } from "./line";

export interface Field {
  readonly root: HTMLElement;
  /** Return what was filled in; undefined where nothing was. */
  value(): unknown;
  fill(value: unknown): void;
}

export interface Around {
  defs: Record<string, Schema>;
  from: Record<string, Choice[]>; // what a field chooses from, by the name of that
}

export interface Choice {
  value: string;
  words: string;
}

let made = 0;

/** Return the field for a schema, with its label. */
export function field(name: string, schema: Schema, required: boolean, around: Around): Field {
  const plain = resolved(schema, around);
  const label = labelled(name, [schema.title, plain.title]);
  const about = { ...plain, ...(schema.description === undefined ? {} : { description: schema.description }) };
  if (plain.properties !== undefined) return group(label, plain, required, around);
  if (plain.prefixItems !== undefined) return row(label, plain.prefixItems, around);
  if (plain.type === "array") return list(label, plain, around);
  return single(label, about, required, around, schema.default ?? plain.default);
}

const UNITS: Record<string, string> = { utc: "UTC", deg: "degrees", km: "km", m: "m", s: "s", min: "minutes" };

/** Return what a field is called: its title, or where that is only its name again, the name with its unit apart. */
function labelled(name: string, titles: (string | undefined)[]): string {
  const title = titles.find((one) => one !== undefined && one.toLowerCase() !== name.replaceAll("_", " ").toLowerCase());
  if (title !== undefined) return title;
  const words = name.split("_");
  const unit = words.length > 1 ? UNITS[words.at(-1) as string] : undefined;
  const text = (unit === undefined ? words : words.slice(0, -1)).join(" ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${unit === undefined ? "" : ` (${unit})`}`;
}

/** Return the schema itself: references followed, and of "this or nothing" this. */
function resolved(schema: Schema, around: Around): Schema {
  if (schema.$ref !== undefined) return resolved(around.defs[schema.$ref.split("/").at(-1) ?? ""] ?? {}, around);
  const some = schema.anyOf?.find((one) => one.type !== "null");
  return some === undefined ? schema : resolved(some, around);
}

function single(label: string, schema: Schema, required: boolean, around: Around, given: unknown): Field {
  const id = `field-${(made += 1)}`;
  const named = schema.enum?.map((one) => ({ value: String(one), words: String(one) }));
  const choices = around.from[schema.from ?? ""] ?? named ?? [];
  const input = choices.length > 0 ? select(id, choices, required) : typed(id, schema, required);
  if (given !== undefined && given !== null) put(input, given);
  const hint = schema.description === undefined || schema.type === "boolean" ? [] : [element("small", {}, schema.description)];
  const free = required || given !== undefined || schema.type === "boolean" ? [] : [element("span", { class: "quiet" }, " optional")];
  const long = input instanceof HTMLTextAreaElement ? "long" : (schema.type ?? "");
  const root = element("p", { class: `field ${long}` }, element("label", { for: id }, label, ...free), input, ...hint);
  return { root, value: () => read(input, schema), fill: (value) => put(input, value) };
}

type Input = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function select(id: string, choices: Choice[], required: boolean): HTMLSelectElement {
  const blank = required ? [] : [element("option", { value: "" }, "–")];
  return element("select", { id, required }, ...blank, ...choices.map((choice) => element("option", { value: choice.value }, choice.words)));
}

function typed(id: string, schema: Schema, required: boolean): Input {
  if (schema.type === "boolean") return element("input", { id, type: "checkbox" });
  if (schema.type === "integer" || schema.type === "number") {
    const bounds = { min: String(schema.minimum ?? ""), max: String(schema.maximum ?? "") };
    return element("input", { id, type: "number", step: schema.type === "integer" ? "1" : "any", required, ...bounds });
  }
  const length = schema.maxLength === undefined ? {} : { maxlength: String(schema.maxLength) };
  if ((schema.maxLength ?? 0) > 300 && schema.pattern?.includes("/") !== true) {
    return element("textarea", { id, rows: "3", required, ...length });
  }
  const hint = schema.format === "date-time" ? { placeholder: "2026-11-22T09:30:00Z" } : {};
  return element("input", { id, type: "text", autocomplete: "off", required, ...length, ...hint });
}

function read(input: Input, schema: Schema): unknown {
  if (input instanceof HTMLInputElement && input.type === "checkbox") return input.checked;
  const text = input.value.trim();
  if (text === "") return undefined;
  return schema.type === "integer" || schema.type === "number" ? Number(text) : text.replace(/\s*\n\s*/g, " ");
}

function put(input: Input, value: unknown): void {
  if (input instanceof HTMLInputElement && input.type === "checkbox") input.checked = value === true;
  else input.value = String(value);
}

function group(label: string, schema: Schema, required: boolean, around: Around): Field {
  const fields = parts(schema, around, required);
  const inside = [...fields.values()].map((one) => one.root);
  if (required) {
    const root = element("fieldset", {}, element("legend", {}, label), ...inside);
    return { root, value: () => together(fields), fill: (value) => fillIn(fields, value) };
  }
  const folded = element("details", { class: "group" }, element("summary", {}, label), ...inside);
  const fill = (value: unknown): void => {
    folded.open = true;
    fillIn(fields, value);
  };
  return { root: folded, value: () => together(fields), fill };
}

/** Return a field for each property of a schema. */
export function parts(schema: Schema, around: Around, required = true): Map<string, Field> {
  const wanted = new Set(required ? schema.required : []);
  const of = Object.entries(schema.properties ?? {});
  return new Map(of.map(([name, one]) => [name, field(name, one, wanted.has(name), around)]));
}

/** Return what was filled in, by name, without what was left out; undefined where that is all. */
export function together(fields: Map<string, Field>): Record<string, unknown> | undefined {
  const found = [...fields].map(([name, one]) => [name, one.value()] as const).filter(([, value]) => value !== undefined);
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

function fillIn(fields: Map<string, Field>, value: unknown): void {
  for (const [name, part] of Object.entries(value as Record<string, unknown>)) fields.get(name)?.fill(part);
}

/** So many values in a row; two of them are taken for a place. */
function row(label: string, schemas: Schema[], around: Around): Field {
  const names = schemas.length === 2 ? ["Latitude", "Longitude"] : schemas.map((_, i) => `${i + 1}`);
  const fields = schemas.map((one, i) => field(names[i] as string, one, true, around));
  const root = element("div", { class: "row", role: "group", "aria-label": label }, ...fields.map((one) => one.root));
  const value = (): unknown => {
    const found = fields.map((one) => one.value());
    return found.every((one) => one === undefined) ? undefined : found.map((one) => one ?? null);
  };
  return { root, value, fill: (values) => (values as unknown[]).forEach((one, i) => fields[i]?.fill(one)) };
}

/** A list of fields, which grows and shrinks. */
function list(label: string, schema: Schema, around: Around): Field {
  const rows: Field[] = [];
  const place = element("div", { class: "rows" });
  const add = (): Field => {
    const one = field(`${rows.length + 1}`, { ...schema.items, title: `${rows.length + 1}` }, true, around);
    rows.push(one);
    place.append(one.root);
    return one;
  };
  const more = element("button", { type: "button", class: "small", onclick: () => void add() }, "Add");
  const less = element("button", { type: "button", class: "small", onclick: () => rows.pop()?.root.remove() }, "Remove the last");
  const root = element("fieldset", {}, element("legend", {}, label), place, element("p", { class: "keys" }, more, less));
  const value = (): unknown => {
    const found = rows.map((one) => one.value()).filter((one) => one !== undefined);
    return found.length === 0 ? undefined : found;
  };
  return { root, value, fill: (values) => (values as unknown[]).forEach((one) => add().fill(one)) };
}
