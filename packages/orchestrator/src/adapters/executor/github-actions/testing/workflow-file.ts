/** A workflow that takes what ours take, and names its runs as ours do. */
export const workflowFile = (inputs: readonly string[] = workflowInputNames): string =>
  [
    "name: AI-Implement",
    `run-name: AI-Implement ${input("phase")} ${input("identifier")} · ${input("attempt")}`,
    "on:",
    "  workflow_dispatch:",
    "    inputs:",
    ...inputs.map((name) => `      ${name}: { type: string, default: "" }`),
    "jobs:",
    "  agent:",
    "    runs-on: ubuntu-latest",
    "    steps: [{ run: ai-implement-runner }]",
    "",
  ].join("\n");

const input = (name: string): string => `\${{ inputs.${name} }}`;

export const workflowInputNames = [
  "attempt",
  "phase",
  "identifier",
  "orchestrator_url",
  "claim_token",
  "job_minutes",
  "runner_image",
  "provider",
  "aws_region",
  "job",
] as const;
