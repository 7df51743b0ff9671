import { Worker } from "node:worker_threads";
import { z } from "zod";
import type { CustomStepJob } from "./custom-step.ts";
import { workerSource } from "./worker-source.ts";

const question = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("run"), command: z.string(), parameters: z.array(z.string()) }),
  z.object({ kind: z.literal("read-file"), path: z.string() }),
]);
export type Question = z.output<typeof question>;

const messageSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("question"), id: z.number(), question }),
  z.object({ kind: z.literal("log"), line: z.string() }),
  z.object({ kind: z.literal("described"), essential: z.unknown() }),
  z.object({ kind: z.literal("ended"), result: z.unknown() }),
  z.object({ kind: z.literal("threw"), message: z.string() }),
]);

export type ThreadEnd =
  | { readonly kind: "described"; readonly essential: unknown }
  | { readonly kind: "ended"; readonly result: unknown }
  | { readonly kind: "threw"; readonly message: string }
  | { readonly kind: "timed-out" }
  | { readonly kind: "stopped" };

export interface StepThread {
  /** As JavaScript. */
  readonly source: string;
  /** Null: it is only asked what it is. */
  readonly job: CustomStepJob | null;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** `ended` is aborted with the step, whose questions nobody waits for then. */
  readonly answer: (question: Question, ended: AbortSignal) => Promise<unknown>;
  readonly log: (line: string) => void;
}

/** What a step may take of the runner's memory. */
const maxMemoryMb = 256;

/**
 * Runs a custom step in a thread of its own: without our environment, within limits of memory and time. Even one that never
 * gives way is ended. Never rejects.
 */
export const runStepThread = ({
  source,
  job,
  timeoutMs,
  signal,
  answer,
  log,
}: StepThread): Promise<ThreadEnd> => {
  if (signal.aborted) return Promise.resolve({ kind: "stopped" });
  const ended = new AbortController();
  const worker = new Worker(moduleUrl(workerSource), {
    workerData: { module: moduleUrl(source).href, job },
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: maxMemoryMb },
  });
  return new Promise((resolve) => {
    const settle = (end: ThreadEnd) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      ended.abort();
      // It has nothing more to say, and whether it ends at once is of no consequence.
      worker.terminate().catch(() => undefined);
      resolve(end);
    };
    const onAbort = () => settle({ kind: "stopped" });
    const timer = setTimeout(() => settle({ kind: "timed-out" }), timeoutMs);
    signal.addEventListener("abort", onAbort, { once: true });
    for (const stream of [worker.stdout, worker.stderr])
      stream.on("data", (chunk: Buffer) => log(chunk.toString("utf8")));
    worker.on("message", (value: unknown) => {
      const parsed = messageSchema.safeParse(value);
      if (!parsed.success) return settle({ kind: "threw", message: "it asked for what there is not" });
      const { data } = parsed;
      switch (data.kind) {
        case "log":
          return log(data.line);
        case "question":
          return void answer(data.question, ended.signal).then(
            (found) => worker.postMessage({ id: data.id, value: found }),
            (error: unknown) => worker.postMessage({ id: data.id, error: String(error) }),
          );
        case "described":
          return settle({ kind: "described", essential: data.essential });
        case "ended":
          return settle({ kind: "ended", result: data.result });
        case "threw":
          return settle({ kind: "threw", message: data.message });
      }
    });
    worker.on("messageerror", (error) => settle({ kind: "threw", message: error.message }));
    worker.on("error", (error) => settle({ kind: "threw", message: error.message }));
    worker.on("exit", () => settle({ kind: "threw", message: "it ended itself without a result" }));
  });
};

const moduleUrl = (source: string): URL =>
  new URL(`data:text/javascript;base64,${Buffer.from(source).toString("base64")}`);
