import { blocksOf, isText, isToolResult, type MessagesRequest, type ToolResult } from "./request.ts";

/** A request as a scenario wants to see it. */
export interface Turn {
  readonly request: MessagesRequest;
  readonly model: string;
  readonly system: string;
  /** Everything the user's side has said as text, oldest first. */
  readonly conversation: string;
  /** The last thing the user said, without what the CLI adds to it. */
  readonly prompt: string;
  /** How often the model has answered since then: 0 right after the prompt. */
  readonly step: number;
  /** The answers to the tool calls of the model's last message. */
  readonly toolResults: readonly { readonly id: string; readonly text: string; readonly failed: boolean }[];
  readonly tools: ReadonlySet<string>;
  /** The properties of the structured answer that is asked for; empty when none is. */
  readonly answerProperties: ReadonlySet<string>;
  /** The session as the CLI names it; `anonymous` for other clients. */
  readonly session: string;
  /** How many requests of this session came before this one. */
  readonly call: number;
}

export const turnOf = (request: MessagesRequest, session: string, call: number): Turn => {
  const { messages, tools = [] } = request;
  const prompts = messages.map((message) =>
    message.role === "user"
      ? blocksOf(message)
          .filter(isText)
          .map(({ text }) => text)
          .filter(isPrompt)
      : [],
  );
  const promptAt = prompts.findLastIndex((texts) => texts.length > 0);
  const last = messages.at(-1);
  const answerTool = tools.find(({ name }) => name === "StructuredOutput");
  return {
    request,
    model: request.model,
    system: systemText(request),
    conversation: prompts.flat().join("\n"),
    prompt: (prompts[promptAt] ?? []).join("\n"),
    step: messages.slice(promptAt + 1).filter(({ role }) => role === "assistant").length,
    toolResults: last?.role === "user" ? blocksOf(last).filter(isToolResult).map(resultOf) : [],
    tools: new Set(tools.map(({ name }) => name)),
    answerProperties: new Set(Object.keys(answerTool?.input_schema?.properties ?? {})),
    session,
    call,
  };
};

/** Claude Code puts its own notes beside the user's words, in tags. */
const isPrompt = (text: string): boolean => !text.trimStart().startsWith("<system-reminder>");

const systemText = ({ system }: MessagesRequest): string =>
  typeof system === "string" ? system : (system ?? []).map(({ text }) => text).join("\n");

const resultOf = ({ tool_use_id, content, is_error }: ToolResult): Turn["toolResults"][number] => ({
  id: tool_use_id,
  text: typeof content === "string" ? content : (content ?? []).map(blockText).join("\n"),
  failed: is_error === true,
});

const blockText = (block: { readonly type: string; readonly [key: string]: unknown }): string =>
  typeof block["text"] === "string" ? block["text"] : "";

/**
 * Claude Code also asks for a title, a topic, or whether its key works: short questions that offer no tools.
 * A scripted model has nothing to say to them, but they must not consume the script.
 */
export const isSideCall = ({ request, tools }: Turn): boolean =>
  request.max_tokens === 1 || (tools.size === 0 && request.model.includes("haiku"));
