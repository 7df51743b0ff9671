import {
  type Item,
  isCall,
  isMessage,
  isToolOutput,
  type ResponsesRequest,
  textOf,
  toolNames,
} from "./request.ts";

/** A request as a scenario wants to see it. */
export interface Turn {
  readonly request: ResponsesRequest;
  readonly model: string;
  /** Everything the user's side has said, oldest first, without what the CLI adds to it. */
  readonly conversation: string;
  /** The last thing the user said. */
  readonly prompt: string;
  /** How often the model has answered since then: 0 right after the prompt. */
  readonly step: number;
  /** What the tools said to the model's last calls. */
  readonly toolResults: readonly { readonly callId: string; readonly text: string }[];
  readonly tools: ReadonlySet<string>;
  /** What the CLI says that the session may do: `read-only`, `danger-full-access`, …; null where it says nothing. */
  readonly sandboxMode: string | null;
  /** The properties of the structured answer that is asked for; empty when none is. */
  readonly answerProperties: ReadonlySet<string>;
  /** As the client names it; `anonymous` where it does not. */
  readonly session: string;
  /** How many requests of this session came before this one. */
  readonly call: number;
}

export const turnOf = (request: ResponsesRequest, session: string, call: number): Turn => {
  const { input } = request;
  const prompts = input.map((item) => (isPrompt(item) ? textOf(item.content) : null));
  const promptAt = prompts.findLastIndex((text) => text !== null);
  return {
    request,
    model: request.model,
    conversation: prompts.filter((text) => text !== null).join("\n"),
    prompt: prompts[promptAt] ?? "",
    step: answersIn(input.slice(promptAt + 1)),
    toolResults: lastOutputs(input),
    tools: toolNames(request),
    sandboxMode: sandboxModeOf(input),
    answerProperties: new Set(Object.keys(request.text?.format?.schema?.["properties"] ?? {})),
    session,
    call,
  };
};

/** Codex puts its own notes beside the user's words, in tags. */
const isPrompt = (item: Item): item is Extract<Item, { role: unknown }> =>
  isMessage(item) &&
  item.role === "user" &&
  !/^\s*<(environment_context|user_instructions)>/.test(textOf(item.content));

/** One answer may be several items: they stand together until a tool says something. */
const answersIn = (items: readonly Item[]): number =>
  items.filter((item, index) => isModels(item) && !isModels(items[index - 1])).length;

const isModels = (item: Item | undefined): boolean =>
  item !== undefined &&
  (isCall(item) || item.type === "reasoning" || (isMessage(item) && item.role === "assistant"));

const lastOutputs = (input: readonly Item[]): Turn["toolResults"] => {
  const from = input.findLastIndex((item) => !isToolOutput(item)) + 1;
  return input
    .slice(from)
    .filter(isToolOutput)
    .map(({ call_id, output }) => ({ callId: call_id, text: textOf(output) }));
};

/** It is said anew when a resumed session may do something else. */
const sandboxModeOf = (input: readonly Item[]): string | null => {
  const notes = input.filter((item) => isMessage(item) && item.role === "developer");
  const said = notes.flatMap((item) => [
    ...(isMessage(item) ? textOf(item.content) : "").matchAll(/`sandbox_mode` is `([a-z-]+)`/g),
  ]);
  return said.at(-1)?.[1] ?? null;
};
