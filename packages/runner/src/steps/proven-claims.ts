import type { GapAnalysis } from "@ai-implement/contracts";
import { asRead } from "../prompts/foreign.ts";

type Claim = GapAnalysis["gaps"][number];

/** A claim as the agent makes it. */
export interface MadeClaim {
  readonly claim: string;
  readonly ticketWords?: string | undefined;
  readonly file?: string | undefined;
}

export interface MadeAnalysis {
  readonly implemented: readonly MadeClaim[];
  readonly gaps: readonly MadeClaim[];
  readonly manualSteps: readonly MadeClaim[];
}

/** What the claims are held against. */
export interface Evidence {
  /** All that people wrote in it. */
  readonly ticket: string;
  /** Of the diff. */
  readonly files: readonly string[];
}

export interface ProvenAnalysis {
  readonly analysis: GapAnalysis;
  /** Claims that were left out as a whole. */
  readonly leftOut: number;
  /** Claims that stay, without the words or the file that they named. */
  readonly stripped: number;
}

/**
 * Ties each claim to the ticket's words and the diff's files (§10.1). That something is done, and here is the file, is no
 * claim at all when there is no such file. That something is missing may be right without it.
 */
export const provenClaims = (made: MadeAnalysis, evidence: Evidence): ProvenAnalysis => {
  const ticket = normalised(evidence.ticket);
  const files = new Set(evidence.files);
  let leftOut = 0;
  let stripped = 0;
  const check = (claims: readonly MadeClaim[], isProofNeeded: boolean): Claim[] =>
    claims.flatMap(({ claim, ticketWords, file }) => {
      const proof = file === undefined ? undefined : fileIn(files, file);
      if (isProofNeeded && file !== undefined && proof === undefined) {
        leftOut += 1;
        return [];
      }
      const words = ticketWords === undefined || !stands(ticketWords, ticket) ? undefined : ticketWords;
      if (words !== ticketWords || (proof === undefined) !== (file === undefined)) stripped += 1;
      return [
        {
          claim,
          ...(words === undefined ? {} : { ticketWords: words }),
          ...(proof === undefined ? {} : { file: proof }),
        },
      ];
    });
  const analysis = {
    implemented: check(made.implemented, true),
    gaps: check(made.gaps, false),
    manualSteps: check(made.manualSteps, false),
  };
  return { analysis, leftOut, stripped };
};

/** As the diff names it, which the agent may write as `./src/a.ts` or `src/a.ts:12`. */
const fileIn = (files: ReadonlySet<string>, named: string): string | undefined => {
  const plain = named
    .trim()
    .replace(/^`(.*)`$/, "$1")
    .replace(/^\.\//, "");
  return [named, plain, plain.replace(/:\d+(-\d+)?$/, "")].find((path) => files.has(path));
};

/** A quotation may leave out what is between its parts. */
const stands = (words: string, ticket: string): boolean => {
  const parts = normalised(words)
    .split(/\u2026|\.\.\./)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  return parts.length > 0 && parts.every((part) => ticket.includes(part));
};

/** Case, white space, quotation marks and emphasis are no part of the words. */
const normalised = (text: string): string =>
  asRead(text)
    .toLowerCase()
    .replace(/["'`*_~\u2018-\u201f]/g, "")
    .replace(/\s+/g, " ")
    .trim();
