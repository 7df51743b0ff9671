import type { AgentRequest } from "../agent.ts";

const readTools = ["Read", "Glob", "Grep", "LS"];
const editTools = [...readTools, "Edit", "Write", "MultiEdit", "Bash"];

/**
 * The CLI's arguments (2.1.197). Every value is joined to its option, so that none, such as a model named by a target
 * repository, can be read as another option.
 *
 * - `--tools` is what exists for the model: no web, no sub-agents, and nothing that writes in a read-only session.
 * - `acceptEdits` lets it edit inside the clone and nowhere else; naming Edit or Write, or Read, in `--allowedTools`
 *   would lift that limit, so only Bash is named.
 * - No setting source is read and no MCP server started (§11.5): neither the repository's, nor what an earlier
 *   session may have left in the agent's home.
 */
export const argumentsFor = (request: AgentRequest): readonly string[] => {
  const { access, model, maxTurns, budgetUsd, resume, answerSchema } = request;
  return [
    "--print",
    "--output-format=stream-json",
    "--verbose",
    `--permission-mode=${access === "edit" ? "acceptEdits" : "default"}`,
    `--tools=${(access === "edit" ? editTools : readTools).join(",")}`,
    ...(access === "edit" ? ["--allowedTools=Bash"] : []),
    "--setting-sources=",
    "--strict-mcp-config",
    "--disable-slash-commands",
    `--model=${model}`,
    `--max-turns=${maxTurns}`,
    ...(budgetUsd === undefined ? [] : [`--max-budget-usd=${budgetUsd}`]),
    ...(resume === undefined ? [] : [`--resume=${resume}`]),
    ...(answerSchema === undefined ? [] : [`--json-schema=${JSON.stringify(answerSchema)}`]),
  ];
};

/** A first line that starts with a slash would be a command of the CLI's own. */
export const promptText = (prompt: string): string =>
  prompt.trimStart().startsWith("/") ? `The task:\n${prompt}` : prompt;
