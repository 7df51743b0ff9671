import { readFile, stat } from "node:fs/promises";
import { gapAnalysisSchema, planSchema, reviewSchema } from "@ai-implement/contracts";
import { z } from "zod";

const maxScriptBytes = 5 * 1024 * 1024;

const iterationSchema = z.strictObject({
  /** Whole files, by their path in the repository. */
  edits: z.array(z.strictObject({ path: z.string().min(1), content: z.string() })).max(100),
  /** What the agent says at the end: the body of the pull request. */
  summary: z.string().min(1).max(5_000),
});

const ticketScriptSchema = z.strictObject({
  /** What it says after a look around. */
  notes: z.string().max(5_000).default("I have read the files that this ticket touches."),
  plan: planSchema.shape.sections,
  /** One per implementing session, in order; the last goes on. */
  iterations: z.array(iterationSchema).min(1).max(20),
  /** One per review, in order; the last goes on. */
  reviews: z
    .array(reviewSchema.pick({ approved: true, findings: true }).strict())
    .min(1)
    .max(20),
  gaps: gapAnalysisSchema,
  /** How long each step pretends to take. */
  secondsPerStep: z.number().min(0).max(60).default(1),
});

const scriptSchema = z.strictObject({ tickets: z.record(z.string().min(1), ticketScriptSchema) });

export type Script = z.infer<typeof scriptSchema>;
export type TicketScript = z.infer<typeof ticketScriptSchema>;
/** How a script may be written: with the defaults left out. */
export type ScriptInput = z.input<typeof scriptSchema>;

/** @throws Error that names the file and what is wrong with it. */
export const readScript = async (path: string): Promise<Script> => {
  try {
    const { size } = await stat(path);
    if (size > maxScriptBytes) throw new Error(`it has ${size} bytes, and ${maxScriptBytes} are the limit`);
    const parsed = scriptSchema.safeParse(JSON.parse(await readFile(path, "utf8")));
    if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
    return parsed.data;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`The rehearsal script ${path} cannot be used: ${why}`, { cause: error });
  }
};

/** The ticket of the script that the prompt names first: a ticket may mention others in its text. */
export const ticketNamedIn = (script: Script, prompt: string): string | null => {
  const named = Object.keys(script.tickets)
    .map((identifier) => ({ identifier, at: firstMention(prompt, identifier) }))
    .filter(({ at }) => at !== -1)
    .sort((a, b) => a.at - b.at);
  return named[0]?.identifier ?? null;
};

/** `DEMO-1` is not named by `DEMO-10`. */
const firstMention = (text: string, identifier: string): number => {
  for (let at = text.indexOf(identifier); at !== -1; at = text.indexOf(identifier, at + 1)) {
    const before = text[at - 1] ?? "";
    const after = text[at + identifier.length] ?? "";
    if (!/[\w-]/.test(before) && !/\w/.test(after)) return at;
  }
  return -1;
};
