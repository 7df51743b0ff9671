import type { Job, RunReport } from "@ai-implement/contracts";
import type { Phase, RunId } from "../../core/run.ts";
import { anImplementedReport, aPlannedReport } from "../../core/testing/reports.ts";
import type { RunnerGateway } from "../runs/runner-gateway.ts";
import type { Machine } from "./world-executor.ts";
import type { WorldForge } from "./world-forge.ts";

/** Where a runner can die: before it claims, works, sends its result, or hears the answer to it. */
export const runnerDeaths = ["claim", "work", "result", "answer"] as const;

export interface RunnerDeath {
  readonly phase: Phase;
  readonly before: (typeof runnerDeaths)[number];
  /** The result stands beside the attempt, where the executor finds it. */
  readonly leavesReport: boolean;
}

/** The programs in the sandboxes. They outlive our processes, and try again while nobody answers. */
export interface Runners {
  /** The claims that were granted, by run: the instances that got the job. */
  readonly grants: ReadonlyMap<RunId, ReadonlySet<string>>;
  /** One step of one runner; `gateway` is null while nobody listens. */
  step(machine: Machine, gateway: RunnerGateway | null): Promise<void>;
}

interface Runner {
  readonly instance: string;
  job: Job | null;
  next: "claim" | "progress" | "work" | "result";
}

export const createRunners = (forge: WorldForge, death: RunnerDeath | null): Runners => {
  const runners = new Map<Machine, Runner>();
  const grants = new Map<RunId, Set<string>>();
  let deathIsDue = death !== null;

  const runnerOf = (machine: Machine): Runner => {
    const known = runners.get(machine);
    if (known !== undefined) return known;
    const tail = (runners.size + 1).toString(16).padStart(12, "0");
    const fresh: Runner = { instance: `6f0d6f5e-2f4c-4a39-9f0c-${tail}`, job: null, next: "claim" };
    runners.set(machine, fresh);
    return fresh;
  };

  const dies = (machine: Machine, before: RunnerDeath["before"]): boolean => {
    if (!deathIsDue || death?.phase !== machine.phase || death.before !== before) return false;
    deathIsDue = false;
    machine.exited = true;
    if (!death.leavesReport) machine.report = null;
    return true;
  };

  const claim = async (machine: Machine, runner: Runner, gateway: RunnerGateway): Promise<void> => {
    if (dies(machine, "claim")) return;
    const { instance } = runner;
    const answer = await gateway.claim(machine.claimToken, { runId: machine.runId, instance });
    if (answer.kind !== "granted") {
      machine.exited = true;
      return;
    }
    grants.set(machine.runId, new Set([...(grants.get(machine.runId) ?? []), instance]));
    runner.job = answer.job;
    runner.next = "progress";
  };

  const work = (machine: Machine, runner: Runner, job: Job): void => {
    if (dies(machine, "work")) return;
    if (job.phase !== "plan") forge.push(job.repository.branch);
    machine.report = reportOf(job);
    if (!dies(machine, "result")) runner.next = "result";
  };

  return {
    grants,
    async step(machine, gateway) {
      const runner = runnerOf(machine);
      const { instance, job } = runner;
      if (runner.next === "work" && job !== null) return work(machine, runner, job);
      if (gateway === null) return;
      if (job === null) return claim(machine, runner, gateway);
      if (runner.next === "progress") {
        const answer = await gateway.progress(job.runToken, { instance, steps: [], activity: "Reading" });
        if (answer.kind === "accepted" && !answer.stop) runner.next = "work";
        else machine.exited = true;
        return;
      }
      await gateway.result(job.runToken, { instance, report: reportOf(job), steps: [] });
      if (!dies(machine, "answer")) machine.exited = true;
    },
  };
};

const reportOf = ({ phase, repository, ticket }: Job): RunReport =>
  phase === "plan"
    ? aPlannedReport([
        { kind: "architecture", body: `One function for ${ticket.identifier}.` },
        { kind: "tests", body: "One test." },
      ])
    : anImplementedReport({
        branch: repository.branch,
        gapAnalysis: { implemented: [{ claim: "All of it." }], gaps: [], manualSteps: [] },
      });
