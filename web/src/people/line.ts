// The line to the API for people: sign in and out, act, read the record. Every failure is a sentence.

export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string;
  title?: string;
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  items?: Schema;
  prefixItems?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  format?: string;
  pattern?: string;
  from?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
}

export interface Act {
  name: string;
  title: string;
  summary: string;
  form: Schema;
  of: string[];
  whose: "own" | "theirs" | "any";
  pointed: string;
}

export interface Session {
  person: string;
  role: string;
  centre: string;
  run: string;
  mode: string;
  partners: string[];
  guard: string;
  may_act: boolean;
  ends_in_s: number;
  acts: Act[];
}

export interface Entry {
  log: string;
  index: number;
  time_utc: string;
  kind: string;
  origin: string;
  id: string;
  by: string[];
  text: string;
}

export interface WholeEntry extends Entry {
  message: string;
  leaf_hash: string;
}

export interface Kept {
  log: string;
  index: number;
  id: string;
  kind: string;
}

/** A refusal in the server's own words; status 0 where there was no answer. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    sentence: string,
  ) {
    super(sentence);
  }
}

const BASE = "/api/v1";

export async function whoIsThere(): Promise<Session | null> {
  try {
    return await ask<Session>("GET", "/session");
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) return null;
    throw error;
  }
}

export const signIn = (name: string, password: string): Promise<Session> => ask("POST", "/session", { name, password });

export const signOut = (session: Session): Promise<null> => ask("DELETE", "/session", undefined, session.guard);

export const perform = (session: Session, act: Act, form: unknown): Promise<Kept[]> =>
  ask("POST", `/acts/${act.name}`, form, session.guard);

export interface Wanted {
  subject: string;
  about: string;
  by: string[];
}

export const wanted = (): Promise<Wanted[]> => ask("GET", "/approvals");

export const newest = (limit: number): Promise<Entry[]> => ask("GET", `/entries?limit=${limit}`);

export const whole = (entry: Entry): Promise<WholeEntry> =>
  ask("GET", `/entry?log=${encodeURIComponent(entry.log)}&index=${entry.index}`);

async function ask<T>(method: string, path: string, body?: unknown, guard?: string): Promise<T> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (guard !== undefined) headers["X-Jointwatch-Guard"] = guard;
  let answer: Response;
  try {
    answer = await fetch(BASE + path, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
  } catch {
    throw new Refusal(0, "The centre does not answer; nothing was done.");
  }
  if (answer.status === 204) return null as T;
  const said = (await answer.json().catch(() => ({}))) as { detail?: string };
  if (!answer.ok) throw new Refusal(answer.status, said.detail ?? `The centre answered ${answer.status}.`);
  return said as T;
}
