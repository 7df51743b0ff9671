import { z } from "zod";
import { line } from "./text.ts";

const claimLineSchema = z.object({
  claim: line,
  /** The ticket's own words that this line answers. */
  ticketWords: line.optional(),
  /** The file of the diff that proves it. */
  file: line.optional(),
});

/** The diff held against the ticket (§10.1). */
export const gapAnalysisSchema = z.object({
  implemented: z.array(claimLineSchema).max(100),
  gaps: z.array(claimLineSchema).max(100),
  manualSteps: z.array(claimLineSchema).max(100),
});
export type GapAnalysis = z.infer<typeof gapAnalysisSchema>;
