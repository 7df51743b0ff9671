import type { ActionEmulation } from "./action-emulation.ts";
import type { Scope } from "./expression/evaluate.ts";
import { expandCondition, holds, interpolateAll, interpolateText } from "./expression/template.ts";
import { conditionScope, type JobState, type StepResult, stepScope } from "./job-state.ts";
import { processEnvironment } from "./steps/process-environment.ts";
import { runScriptStep } from "./steps/script-step.ts";
import type { StepEnd, StepPlace } from "./steps/step-place.ts";
import type { StepFile } from "./workflow/workflow-file.ts";

/** Runs the step, or skips it. What goes wrong in it fails the step, and the log says why. */
export const runStep = async (state: JobState, step: StepFile, number: number): Promise<StepResult> => {
  const before = { ...state.environment, ...Object.fromEntries(state.exported) };
  try {
    const environment = {
      ...before,
      ...interpolateAll(step.environment, stepScope(state, before)),
    };
    const scope = stepScope(state, environment);
    const visible = conditionScope(scope, state, state.stop.aborted);
    if (step.condition !== null && isDebugged(state))
      state.log(`##[debug]Expanded: ${expandCondition(step.condition, visible)}`);
    if (!holds(step.condition, visible)) return skipped;
    state.log(`Run ${nameOf(step, scope)}`);
    for (const line of preamble(step, scope, environment)) state.log(line);
    return await bounded(state, step, scope, (signal) => {
      const place: StepPlace = { state, number, scope, signal, environment };
      return step.does.kind === "uses"
        ? runAction(place, step.does)
        : runScriptStep(place, step.does, step.workingDirectory);
    });
  } catch (error) {
    state.log(`##[error]${error instanceof Error ? error.message : String(error)}`);
    return { outcome: "failure", conclusion: "failure", outputs: {} };
  }
};

const skipped: StepResult = { outcome: "skipped", conclusion: "skipped", outputs: {} };

/** GitHub takes it from a secret or a variable. */
const isDebugged = ({ run: { request } }: JobState): boolean =>
  [request.secrets, request.variables].some((named) => named["ACTIONS_STEP_DEBUG"] === "true");

/** What GitHub's log shows of a step before the step can mask anything: its inputs and its environment. */
const preamble = (
  { does }: StepFile,
  scope: Scope,
  environment: Readonly<Record<string, string>>,
): readonly string[] => [
  ...listed("with", does.kind === "uses" ? interpolateAll(does.inputs, scope) : {}),
  ...listed("env", environment),
];

const listed = (heading: string, values: Readonly<Record<string, string>>): readonly string[] => {
  const lines = Object.entries(values).flatMap(([name, value]) => `  ${name}: ${value}`.split("\n"));
  return lines.length === 0 ? [] : [`${heading}:`, ...lines];
};

const nameOf = ({ name, does }: StepFile, scope: Scope): string =>
  name === null
    ? does.kind === "uses"
      ? does.action
      : (does.script.split("\n")[0] ?? "")
    : interpolateText(name, scope);

/** With the step's own time-out, and ended by a cancellation unless its `if` wants it to run all the same. */
const bounded = async (
  state: JobState,
  step: StepFile,
  scope: Scope,
  work: (signal: AbortSignal) => Promise<StepEnd>,
): Promise<StepResult> => {
  const goesOn = holds(step.condition, conditionScope(scope, state, true));
  const minutes =
    step.timeoutMinutes === null ? null : minutesOf(interpolateText(step.timeoutMinutes, scope));
  const timeout = minutes === null ? null : AbortSignal.timeout(minutes * 60_000);
  const stop = goesOn ? state.grace : state.stop;
  const { succeeded, outputs } = await work(timeout === null ? stop : AbortSignal.any([stop, timeout]));
  const forgiven = interpolateText(step.continueOnError, scope) === "true";
  if (stop.aborted && !succeeded) return { outcome: "cancelled", conclusion: "cancelled", outputs };
  if (timeout?.aborted === true) state.log(`##[error]The action has timed out after ${minutes} minutes.`);
  const outcome = succeeded && timeout?.aborted !== true ? "success" : "failure";
  return { outcome, conclusion: forgiven ? "success" : outcome, outputs };
};

/** @throws RangeError where it is no number of minutes */
export const minutesOf = (text: string): number => {
  const minutes = Number(text);
  if (text.trim() === "" || !Number.isFinite(minutes) || minutes <= 0)
    throw new RangeError(`timeout-minutes is '${text}', which is no number of minutes`);
  return minutes;
};

/** The emulation that stands for `owner/name@ref`. */
export const actionOf = (
  actions: ReadonlyMap<string, ActionEmulation>,
  uses: string,
): ActionEmulation | null => actions.get(uses.split("@")[0] ?? "") ?? null;

const runAction = async (
  { state, scope, signal, environment }: StepPlace,
  { action, inputs }: { readonly action: string; readonly inputs: Readonly<Record<string, string>> },
): Promise<StepEnd> => {
  const emulation = actionOf(state.run.machine.actions, action);
  if (emulation === null) throw new Error(`The action ${action} is not emulated`);
  const outputs = await emulation.run(interpolateAll(inputs, scope), processEnvironment(state, environment), {
    request: state.run.request,
    workspace: state.directories.workspace,
    temporary: state.directories.temporary,
    token: state.token,
    signal,
    log: state.log,
    mask: (value) => state.masker.add(value),
    atEnd: (work) => state.atEnd.push(work),
  });
  return { succeeded: true, outputs };
};
