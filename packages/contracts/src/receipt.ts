import { z } from "zod";
import { phaseSchema } from "./job.ts";
import { commitId, line, runId, short } from "./text.ts";
import { usageSchema } from "./usage.ts";

/** SHA-256, in hexadecimal digits. */
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** One model's part of a run. */
const modelUseSchema = z.object({
  model: short,
  /** What its sessions were for. */
  purposes: z.array(short).max(20),
  usage: usageSchema,
});

const ranCommandSchema = z.object({
  /** The step that ran it. */
  step: short,
  command: line,
  /** Null: it did not end by itself. */
  exitCode: z.int().nullable(),
  seconds: z.number().min(0),
});

/** What only the runner can know of how its work came about. */
export const receiptFactsSchema = z.object({
  /** Of every prompt that was sent, in its order. */
  promptHash: hash,
  models: z.array(modelUseSchema).max(50),
  /** Where the model's credential was: `agent` held it where it cannot be kept from it (§11.3). */
  modelCredential: z.enum(["runner", "agent", "none"]),
  /** Whose user the agent and the repository's programs ran as. */
  user: z.enum(["separate", "shared"]),
  egress: z.enum(["enforced", "proxy-only", "off"]),
  /** Why the two above are not stronger; empty when they are as strong as they get. */
  weakerBecause: z.array(line).max(10),
  /** Connections that were asked for and refused. */
  connectionsRefused: z.int().min(0),
  /** Install, setup, verify and teardown: what was run of the repository's own. */
  commands: z.array(ranCommandSchema).max(50),
  /** Claims of the gap analysis that named what is not there. */
  claimsDropped: z.int().min(0),
});
export type ReceiptFacts = z.infer<typeof receiptFactsSchema>;

/** What the orchestrator vouches for: how a pull request came about. */
export const receiptSchema = z.object({
  version: z.literal(1),
  attempt: runId,
  phase: phaseSchema,
  /** `owner/name`. */
  repository: line,
  branch: short,
  headCommit: commitId,
  ticket: z.object({ identifier: short, hash }),
  agent: line,
  usage: usageSchema.nullable(),
  facts: receiptFactsSchema,
});
export type Receipt = z.infer<typeof receiptSchema>;

/** A run's receipt on the API, with the two lines that stand on its pull request. */
export const receiptAnswerSchema = z.object({
  receipt: receiptSchema,
  /** What is signed, to the letter. */
  text: z.string(),
  signature: z.string(),
});
