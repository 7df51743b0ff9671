import { setImmediate } from "node:timers/promises";
import { decodingsOf } from "./decodings.ts";
import { createEffort, type Effort } from "./effort.ts";
import { piecesOf, shortestEncodable } from "./forms.ts";
import { createPieceFinder } from "./piece-finder.ts";
import { compact, viewsOf } from "./views.ts";

/** `unknown`: something in it is packed too large to be looked into, so nobody may say that it holds none. */
export type SearchOutcome = "none" | "found" | "unknown";

/** Of `bytes`, one character for each, only the bytes count: what they read as is a text of its own. */
export type TextForm = "characters" | "bytes";

/**
 * Looks for the run's own credentials in a text, however they are written: encoded, reversed, broken into lines or parts, packed
 * (§11.4). Linear in the text, and `unknown` where that would take too long. What is encrypted, or put together by a program,
 * nobody finds by reading.
 * @param text of characters, or of bytes as Latin-1
 */
export type CredentialSearch = (text: string, form?: TextForm) => SearchOutcome;

/** The same for what is large: the process does other things meanwhile, such as the heartbeat. */
export type PatientSearch = (text: string, form?: TextForm) => Promise<SearchOutcome>;

export interface CredentialSearches {
  readonly search: CredentialSearch;
  readonly searchPatiently: PatientSearch;
}

/** Packed inside of packed: base64 of gzip of base64, and one more. */
const maxDepth = 4;
/** A shorter one is any word. */
const shortestCredential = 6;

type Steps = Generator<void, SearchOutcome>;

export const createCredentialSearches = (credentials: readonly string[]): CredentialSearches => {
  const known = credentials.filter(({ length }) => length >= shortestCredential);
  const steps = stepsOf(known);
  return {
    search: (text, form = "characters") => (known.length === 0 ? "none" : inOneGo(steps(text, form))),
    searchPatiently: (text, form = "characters") =>
      known.length === 0 ? Promise.resolve("none") : inTurns(steps(text, form)),
  };
};

const stepsOf = (known: readonly string[]): ((text: string, form: TextForm) => Steps) => {
  const short = known.filter((credential) => compact(credential).length < shortestEncodable);
  const holdsPiece = createPieceFinder(known.flatMap(piecesOf));
  function* look(text: string, readable: string, depth: number, effort: Effort): Steps {
    if (!effort.spend("characters", text.length)) return "unknown";
    if (short.some((credential) => text.includes(credential))) return "found";
    if (holdsPiece(compact(text))) return "found";
    yield;
    for (const view of viewsOf(readable)) {
      if (holdsPiece(view)) return "found";
      yield;
    }
    if (depth === maxDepth) return "none";
    const inner = yield* decodingsOf(text, effort);
    const outcome = inner.text === "" ? "none" : yield* look(inner.text, inner.readable, depth + 1, effort);
    return outcome === "none" && !inner.complete ? "unknown" : outcome;
  }
  return (text, form) => look(text, form === "bytes" ? "" : text, 0, createEffort());
};

const inOneGo = (steps: Steps): SearchOutcome => {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
};

const inTurns = async (steps: Steps): Promise<SearchOutcome> => {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await setImmediate();
  }
};
