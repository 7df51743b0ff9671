import type { Mapping } from "@ai-implement/contracts";
import type { Versioned } from "../ports/store.ts";

export interface FieldProblem {
  /** The field, dotted: `budget.perDayUsd`. */
  readonly field: string;
  readonly problem: string;
}

export type SaveOutcome =
  | { readonly kind: "saved"; readonly mapping: Versioned<Mapping> }
  | { readonly kind: "invalid"; readonly problems: readonly FieldProblem[] }
  | { readonly kind: "not-found" }
  /** The key is taken, or the version is no longer the stored one. */
  | { readonly kind: "conflict" };

/** Projects as the HTTP API and the CLI see them: whole, validated, with what is wrong named by field. */
export interface ProjectService {
  list(): Promise<readonly Versioned<Mapping>[]>;
  find(teamKey: string): Promise<Versioned<Mapping> | null>;
  /** `input` is foreign: it is parsed here, then checked against tracker, forge and executors. */
  create(input: unknown): Promise<SaveOutcome>;
  /** A field left out keeps its value. `version` null: write whatever is stored now. */
  update(
    teamKey: string,
    patch: Readonly<Record<string, unknown>>,
    version: number | null,
  ): Promise<SaveOutcome>;
  /** `busy`: it has live runs; they must end or be cancelled first. */
  remove(teamKey: string): Promise<"removed" | "not-found" | "busy">;
}
