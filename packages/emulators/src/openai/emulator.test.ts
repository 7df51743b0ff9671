import { afterEach, describe, expect, it } from "vitest";
import { type OpenaiEmulator, startOpenaiEmulator } from "./emulator.ts";
import {
  always,
  call,
  cutShort,
  hang,
  inOrder,
  malformedEvent,
  overloaded,
  rateLimited,
  rateLimitedMidStream,
  refusal,
  resetMidStream,
  run,
  type Scenario,
  say,
  write,
} from "./scenario.ts";

const open: OpenaiEmulator[] = [];
afterEach(async () => {
  for (const emulator of open.splice(0)) await emulator.close();
});

const start = async (scenario: Scenario): Promise<OpenaiEmulator> => {
  const emulator = await startOpenaiEmulator({ scenario, models: ["gpt-a"] });
  open.push(emulator);
  return emulator;
};

const key = { authorization: "Bearer sk-test" };
const question = { model: "gpt-a", input: [{ role: "user", content: "hello" }] };

const post = (
  { url }: OpenaiEmulator,
  body: unknown,
  headers: Record<string, string> = key,
  path = "/responses",
): Promise<Response> => fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });

const eventsIn = async (response: Response): Promise<readonly Record<string, unknown>[]> =>
  (await response.text())
    .split("\n\n")
    .filter((part) => part !== "")
    .map((part) => JSON.parse(part.slice(part.indexOf("data: ") + 6)) as Record<string, unknown>);

const toolCall = { type: "function_call", call_id: "c1", name: "exec_command", arguments: "{}" };
const toolOutput = { type: "function_call_output", call_id: "c1", output: "ok" };
const strict = (schema: unknown) => ({
  ...question,
  text: { format: { type: "json_schema", name: "answer", strict: true, schema } },
});

describe("the OpenAI emulator", () => {
  it("streams text in pieces, in the vendor's order", async () => {
    const events = await eventsIn(
      await post(await start(always(say("grüße 🙂"))), { ...question, stream: true }),
    );
    const deltas = events.filter(({ type }) => type === "response.output_text.delta");
    expect(deltas.map(({ delta }) => delta).join("")).toBe("grüße 🙂");
    expect(events.slice(0, 2).map(({ type }) => type)).toEqual(["response.created", "response.in_progress"]);
    expect(events.at(-1)).toMatchObject({ type: "response.completed", response: { status: "completed" } });
    expect(events.map((event) => event["sequence_number"])).toEqual(events.map((_, index) => index));
  });

  it("calls tools as the client offers them: by themselves, or from JavaScript", async () => {
    const emulator = await start(always(call(run("ls"), write("a.txt", "x\n"))));
    expect(await (await post(emulator, question)).json()).toMatchObject({
      output: [
        { type: "function_call", name: "exec_command", arguments: '{"cmd":"ls"}' },
        { type: "custom_tool_call", name: "apply_patch", input: expect.stringContaining("+x") as string },
      ],
    });
    const offer = {
      type: "additional_tools",
      tools: [{ type: "namespace", tools: [{ type: "custom", name: "exec" }] }],
    };
    const codeMode = await post(emulator, { ...question, input: [offer, ...question.input] });
    expect(await codeMode.json()).toMatchObject({
      output: [
        {
          type: "custom_tool_call",
          name: "exec",
          input: expect.stringContaining("tools.exec_command") as string,
        },
        {
          type: "custom_tool_call",
          name: "exec",
          input: expect.stringContaining("tools.apply_patch") as string,
        },
      ],
    });
  });

  const object = { type: "object", properties: { a: { type: "string" } }, additionalProperties: false };
  it.each([
    ["no model", { input: "hi" }, "Missing required parameter: 'model'."],
    ["no input", { model: "gpt-a" }, "Invalid"],
    ["an empty conversation", { model: "gpt-a", input: [] }, "'input'"],
    ["an output without its call", { ...question, input: [toolOutput] }, "No tool call found"],
    [
      "a call without its output",
      { ...question, input: [toolCall] },
      "No tool output found for function call c1.",
    ],
    [
      "an id of another kind",
      { ...question, input: [{ ...toolCall, id: "msg_1" }, toolOutput] },
      "begins with 'fc'",
    ],
    ["a strict schema with an optional property", strict(object), "Missing 'a'."],
    [
      "a strict schema that permits more",
      strict({ ...object, additionalProperties: true }),
      "'additionalProperties'",
    ],
    [
      "a strict schema with oneOf",
      strict({ ...object, required: ["a"], properties: { a: { oneOf: [] } } }),
      "'oneOf'",
    ],
    ["a strict schema that is no object", strict({ type: "array" }), "'type: \"object\"'"],
  ])("refuses %s with 400", async (_, body, message) => {
    const response = await post(await start(always(say("hi"))), body);
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: { type: string; message: string } };
    expect(error.type).toBe("invalid_request_error");
    expect(error.message).toContain(message);
  });

  it("takes a call with its output, and a strict schema as it has to be", async () => {
    const emulator = await start(always(say("hi")));
    const input = [...question.input, toolCall, toolOutput];
    expect((await post(emulator, { ...strict({ ...object, required: ["a"] }), input })).status).toBe(200);
  });

  it("refuses a request without a key with 401, and knows no other resource", async () => {
    const emulator = await start(always(say("hi")));
    expect((await post(emulator, question, {})).status).toBe(401);
    expect((await post(emulator, question, key, "/chat/completions")).status).toBe(404);
    const listed = await fetch(`${emulator.url}/models`, { headers: key });
    expect(await listed.json()).toMatchObject({ data: [{ id: "gpt-a" }] });
  });

  it("plays faults in order, and says how an answer ended", async () => {
    const emulator = await start(
      inOrder(rateLimited(), overloaded(), rateLimitedMidStream(), cutShort(), refusal("no")),
    );
    expect((await post(emulator, question)).status).toBe(429);
    expect((await post(emulator, question)).status).toBe(503);
    expect(await (await post(emulator, question)).json()).toMatchObject({
      status: "failed",
      error: { code: "rate_limit_exceeded" },
    });
    expect(await (await post(emulator, question)).json()).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
    });
    expect(await (await post(emulator, question)).json()).toMatchObject({
      output: [{ content: [{ type: "refusal", refusal: "no" }] }],
    });
    expect(emulator.requests()).toHaveLength(5);
  });

  it("breaks a stream: the connection is reset, or an event is not JSON", async () => {
    const emulator = await start(inOrder(resetMidStream(), malformedEvent()));
    const reset = await post(emulator, { ...question, stream: true });
    await expect(reset.text()).rejects.toThrow();
    await expect(eventsIn(await post(emulator, { ...question, stream: true }))).rejects.toThrow();
  });

  it("charges a session's known beginning as cached", async () => {
    const emulator = await start(always(say("hi")));
    const asked = { ...question, prompt_cache_key: "s", input: "a".repeat(8_000) };
    const cachedIn = async () =>
      (
        (await (await post(emulator, asked)).json()) as {
          usage: { input_tokens_details: { cached_tokens: number } };
        }
      ).usage.input_tokens_details.cached_tokens;
    expect(await cachedIn()).toBe(0);
    expect(await cachedIn()).toBeGreaterThan(1_024);
  });

  it("is closed at once although an answer hangs", async () => {
    const emulator = await startOpenaiEmulator({ scenario: always(hang()) });
    const hanging = post(emulator, question);
    while (emulator.requests().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await emulator.close();
    await expect(hanging).rejects.toThrow();
  });
});
