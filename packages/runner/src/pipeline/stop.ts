import type { Failure } from "./step-failure.ts";

/** Why a run ends before its pipeline does. */
export type StopCause =
  /** The orchestrator closed the attempt: report nothing more. */
  | { readonly kind: "closed" }
  | { readonly kind: "deadline"; readonly minutes: number }
  | { readonly kind: "signal"; readonly name: string };

/** The one switch that ends a run early. Its first cause stays. */
export interface Stop {
  readonly signal: AbortSignal;
  stop(cause: StopCause): void;
  cause(): StopCause | null;
}

export const createStop = (): Stop => {
  const controller = new AbortController();
  let first: StopCause | null = null;
  return {
    signal: controller.signal,
    stop: (cause) => {
      first ??= cause;
      controller.abort();
    },
    cause: () => first,
  };
};

/** @param step that was under way; null: none was */
export const failureOfStop = (cause: StopCause, step: string | null = null): Failure => {
  switch (cause.kind) {
    case "closed":
      return { reason: "unexpected", message: "The orchestrator closed this attempt." };
    case "deadline":
      return {
        reason: "out-of-time",
        message: `The job reached its limit of ${cause.minutes} minutes${step === null ? "" : ` in its step "${step}"`}: see what takes so long there, or raise maxJobMinutes of the project.`,
      };
    case "signal":
      return { reason: "runner-crashed", message: `The runner was ended from outside by ${cause.name}.` };
  }
};
