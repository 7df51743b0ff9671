import { z } from "zod";
import { strictSchemaProblem } from "./strict-schema.ts";

/** The fields of a Responses API request that the emulator reads. Others pass unseen. */
const contentSchema = z.union([
  z.string(),
  z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
]);
const id = z.string().optional();
const callId = z.string().min(1);
const messageSchema = z.object({
  type: z.literal("message").default("message"),
  id,
  role: z.enum(["user", "assistant", "system", "developer"]),
  content: contentSchema,
});
const callSchema = z.object({
  type: z.enum(["function_call", "custom_tool_call"]),
  id,
  call_id: callId,
  name: z.string().min(1),
});
const outputSchema = z.object({
  type: z.enum(["function_call_output", "custom_tool_call_output"]),
  id,
  call_id: callId,
  output: contentSchema,
});

type Tool = {
  readonly type: string;
  readonly name?: string | undefined;
  readonly tools?: readonly Tool[] | undefined;
};
const toolSchema: z.ZodType<Tool> = z.lazy(() =>
  z.object({ type: z.string(), name: z.string().optional(), tools: z.array(toolSchema).optional() }),
);
/** How the newer models are offered their tools: as an item of the conversation. */
const additionalToolsSchema = z.object({
  type: z.literal("additional_tools"),
  id,
  tools: z.array(toolSchema),
});
const read = [
  "message",
  ...callSchema.shape.type.options,
  ...outputSchema.shape.type.options,
  "additional_tools",
];
const otherSchema = z.object({ type: z.string().refine((type) => !read.includes(type)), id });

const itemSchema = z.union([callSchema, outputSchema, additionalToolsSchema, messageSchema, otherSchema]);

const formatSchema = z.object({
  type: z.string(),
  name: z.string().optional(),
  strict: z.boolean().nullish(),
  schema: z.record(z.string(), z.unknown()).optional(),
});

const requestSchema = z.object({
  model: z.string().min(1),
  input: z.union([
    z
      .string()
      .min(1)
      .transform((text) => [
        { type: "message" as const, id: undefined, role: "user" as const, content: text },
      ]),
    z.array(itemSchema).min(1),
  ]),
  tools: z.array(toolSchema).default([]),
  stream: z.boolean().nullish(),
  prompt_cache_key: z.string().nullish(),
  text: z.object({ format: formatSchema.optional() }).nullish(),
});

export type ResponsesRequest = z.output<typeof requestSchema>;
export type Item = ResponsesRequest["input"][number];
export type Message = z.output<typeof messageSchema>;
export type ToolOutput = z.output<typeof outputSchema>;

export const isMessage = (item: Item): item is Message => item.type === "message";
export const isToolOutput = (item: Item): item is ToolOutput => item.type.endsWith("_call_output");
export const isCall = (item: Item): item is z.output<typeof callSchema> =>
  item.type === "function_call" || item.type === "custom_tool_call";

export const textOf = (content: Message["content"]): string =>
  typeof content === "string" ? content : content.map(({ text }) => text ?? "").join("\n");

/** Every name that the request offers, those inside of namespaces included. */
export const toolNames = ({ tools, input }: ResponsesRequest): ReadonlySet<string> => {
  const inItems = input.flatMap((item) =>
    item.type === "additional_tools" && "tools" in item ? item.tools : [],
  );
  const names = (list: readonly Tool[]): readonly string[] =>
    list.flatMap(({ name, tools: nested = [] }) => [...(name === undefined ? [] : [name]), ...names(nested)]);
  return new Set(names([...tools, ...inItems]));
};

export interface Refusal {
  readonly message: string;
  readonly param: string | null;
  readonly code: string | null;
}

export type Parsed =
  | { readonly kind: "valid"; readonly request: ResponsesRequest }
  | { readonly kind: "invalid"; readonly refusal: Refusal };

export const parseResponsesRequest = (body: unknown): Parsed => {
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) return { kind: "invalid", refusal: firstProblem(parsed.error) };
  const refusal = brokenCalls(parsed.data.input) ?? brokenId(parsed.data.input) ?? brokenFormat(parsed.data);
  return refusal === null ? { kind: "valid", request: parsed.data } : { kind: "invalid", refusal };
};

const firstProblem = (error: z.ZodError): Refusal => {
  const [issue] = error.issues;
  const param = issue === undefined ? null : issue.path.join(".");
  const isMissing = issue?.code === "invalid_type" && issue.message.endsWith("received undefined");
  return isMissing
    ? { message: `Missing required parameter: '${param}'.`, param, code: "missing_required_parameter" }
    : { message: `Invalid value for '${param}': ${issue?.message}`, param, code: "invalid_value" };
};

/** The vendor refuses a call without its output and an output without its call. */
const brokenCalls = (input: readonly Item[]): Refusal | null => {
  const calls = new Set(input.filter(isCall).map(({ call_id }) => call_id));
  const outputs = new Set(input.filter(isToolOutput).map(({ call_id }) => call_id));
  const orphan = [...outputs].find((output) => !calls.has(output));
  const unanswered = [...calls].find((call) => !outputs.has(call));
  const message =
    orphan !== undefined
      ? `No tool call found for function call output with call_id ${orphan}.`
      : unanswered !== undefined
        ? `No tool output found for function call ${unanswered}.`
        : null;
  return message === null ? null : { message, param: "input", code: null };
};

const idPrefixes: Readonly<Record<string, string>> = {
  message: "msg",
  function_call: "fc",
  custom_tool_call: "ctc",
  reasoning: "rs",
};

const brokenId = (input: readonly Item[]): Refusal | null => {
  const at = input.findIndex(
    ({ type, id: given }) => given !== undefined && !given.startsWith(idPrefixes[type] ?? ""),
  );
  const item = input[at];
  return item === undefined
    ? null
    : {
        message: `Invalid 'input[${at}].id': '${item.id}'. Expected an ID that begins with '${idPrefixes[item.type]}'.`,
        param: `input[${at}].id`,
        code: "invalid_value",
      };
};

const brokenFormat = ({ text }: ResponsesRequest): Refusal | null => {
  const format = text?.format;
  if (format?.type !== "json_schema" || format.strict !== true) return null;
  const problem = strictSchemaProblem(format.schema ?? {});
  return problem === null
    ? null
    : {
        message: `Invalid schema for response_format '${format.name}': ${problem}`,
        param: "text.format.schema",
        code: "invalid_json_schema",
      };
};
