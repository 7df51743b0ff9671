/** Pipelines of an operator's own that cannot be used, each as a whole file (§10.1). */
export const badPipelines = {
  "an alias bomb": `a: &a [x, x, x]\nb: &b [${"*a, ".repeat(60)}]\nsteps: [${"*b, ".repeat(60)}]\n`,
  "an unknown step": "steps: [clone, deploy, feedback-loop, preflight, guard, push]\nalways: [teardown]\n",
  "no guard": "steps: [clone, feedback-loop, preflight, push]\nalways: [teardown]\n",
  "the wrong order": "steps: [clone, feedback-loop, preflight, push, guard]\nalways: [teardown]\n",
} as const;

/** The usual steps, with one of the operator's own before the agent. */
export const withStep = (step: string): string =>
  `steps: [clone, ${step}, feedback-loop, preflight, guard, push]\nalways: [teardown]\n`;
