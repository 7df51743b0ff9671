import { readFile, stat } from "node:fs/promises";
import { detachedJobSchema } from "@ai-implement/contracts";
import { z } from "zod";
import type { Work } from "./work.ts";

/** Where the content of the attempt is. */
export type JobSource =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "file"; readonly path: string };

export interface DetachedJobSettings {
  readonly runId: string;
  readonly job: JobSource;
  readonly gitToken: string | undefined;
  /** As they are written; upper bounds of the job's own. */
  readonly maxTurns: string | undefined;
  readonly maxIterations: string | undefined;
}

export type DetachedJobAnswer =
  | { readonly kind: "job"; readonly work: Work }
  /** For a person: what is wrong, and the fix. */
  | { readonly kind: "unusable"; readonly message: string };

/** Inputs of a dispatch are 65,535 characters at most; a file may have been made in another way. */
const maxBytes = 4 * 1024 * 1024;

/** The job of an attempt that nobody can be asked about. Never rejects. */
export const readDetachedJob = async (settings: DetachedJobSettings): Promise<DetachedJobAnswer> => {
  const source = settings.job.kind === "text" ? "AI_IMPLEMENT_JOB" : "AI_IMPLEMENT_JOB_FILE";
  let value: unknown;
  try {
    value = JSON.parse(await textOf(settings.job));
  } catch (error) {
    return unusable(
      `${source} holds no job: ${error instanceof SyntaxError ? "it is not JSON" : messageOf(error)}.`,
    );
  }
  const parsed = detachedJobSchema.safeParse(value);
  if (!parsed.success)
    return unusable(
      `${source} holds no job that this runner understands; do orchestrator and runner image have the same version?\n${z.prettifyError(parsed.error)}`,
    );
  if (parsed.data.runId !== settings.runId)
    return unusable(
      `${source} is the job of attempt ${parsed.data.runId}, and AI_IMPLEMENT_RUN_ID names ${settings.runId}: nothing is done.`,
    );
  return bounded(parsed.data, settings);
};

const unusable = (message: string): DetachedJobAnswer => ({ kind: "unusable", message });

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const textOf = async (source: JobSource): Promise<string> => {
  if (source.kind === "text") return source.text;
  const { size } = await stat(source.path);
  if (size > maxBytes) throw new Error(`${source.path} has ${size} bytes, and ${maxBytes} are the limit`);
  return readFile(source.path, "utf8");
};

/** A repository's owner may ask for less than the project's settings, and not for more. */
const bounded = (work: Work, { maxTurns, maxIterations }: DetachedJobSettings): DetachedJobAnswer => {
  const turns = lower(work.limits.maxTurns, maxTurns);
  const iterations = lower(work.limits.maxIterations, maxIterations);
  if (turns === null || iterations === null)
    return unusable(
      `The variable ${turns === null ? "AI_IMPLEMENT_MAX_TURNS" : "AI_IMPLEMENT_MAX_ITERATIONS"} has to be a whole number from 1 on.`,
    );
  return {
    kind: "job",
    work: { ...work, limits: { ...work.limits, maxTurns: turns, maxIterations: iterations } },
  };
};

/** Null when the bound is not a number. */
const lower = (own: number, bound: string | undefined): number | null => {
  if (bound === undefined) return own;
  return /^[1-9]\d{0,8}$/.test(bound) ? Math.min(own, Number(bound)) : null;
};
