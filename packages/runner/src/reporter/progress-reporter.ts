import type { Progress, StepReport } from "@ai-implement/contracts";
import type { ProgressAnswer } from "./orchestrator-client.ts";

export interface ProgressTimings {
  /** Between two reports at least, however much happens; in ms. */
  readonly minInterval: number;
  /** How long a new activity may wait for company; in ms. */
  readonly activityInterval: number;
  /** A report goes out at least this often, as a heartbeat; in ms. */
  readonly heartbeat: number;
}

/** §10 asks for one every 30 s. */
export const progressTimings: ProgressTimings = {
  minInterval: 1_000,
  activityInterval: 3_000,
  heartbeat: 20_000,
};

/** Tells the orchestrator how far the run is. At most one report is under way at a time. */
export interface ProgressReporter {
  stepChanged(step: StepReport): void;
  activity(line: string): void;
  /** No report goes out after this has resolved. */
  close(): Promise<void>;
}

export interface ProgressReporterOptions {
  readonly timings: ProgressTimings;
  readonly send: (update: Omit<Progress, "instance">) => Promise<ProgressAnswer>;
  /** The orchestrator closed the attempt. Called once at most. */
  readonly onStop: (message: string) => void;
  readonly log: (line: string) => void;
}

/** The wire format's cap; the rest goes with the next report. */
const maxStepsPerReport = 50;

export const createProgressReporter = (options: ProgressReporterOptions): ProgressReporter => {
  const { timings, send, onStop, log } = options;
  const unreported = new Map<number, StepReport>();
  let activity: string | null = null;
  let activityIsNew = false;
  let lastSentAt = performance.now();
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> | null = null;

  const schedule = () => {
    if (closed || underWay !== null) return;
    clearTimeout(timer);
    const { minInterval, activityInterval, heartbeat } = timings;
    const interval = unreported.size > 0 ? minInterval : activityIsNew ? activityInterval : heartbeat;
    timer = setTimeout(start, Math.max(0, lastSentAt + interval - performance.now()));
  };
  const start = () => {
    underWay = report().finally(() => {
      underWay = null;
      schedule();
    });
  };
  const report = async () => {
    const steps = [...unreported.values()].slice(0, maxStepsPerReport);
    for (const { index } of steps) unreported.delete(index);
    activityIsNew = false;
    lastSentAt = performance.now();
    const answer = await send({ steps, ...(activity === null ? {} : { activity }) });
    switch (answer.kind) {
      case "heard":
        return;
      case "stop":
        if (!closed) onStop(answer.message);
        closed = true;
        return;
      case "unreachable":
        log(`the orchestrator did not take a progress report: ${answer.message}`);
        // A step that changed meanwhile is newer than what was tried.
        for (const step of steps) if (!unreported.has(step.index)) unreported.set(step.index, step);
    }
  };

  schedule();
  return {
    stepChanged: (step) => {
      unreported.set(step.index, step);
      schedule();
    },
    activity: (line) => {
      activityIsNew ||= line !== activity;
      activity = line;
      schedule();
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await underWay;
    },
  };
};
