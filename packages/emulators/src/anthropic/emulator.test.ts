import { afterEach, describe, expect, it } from "vitest";
import { type AnthropicEmulator, startAnthropicEmulator } from "./emulator.ts";
import {
  always,
  byTicket,
  call,
  cutShort,
  hang,
  inOrder,
  malformedEvent,
  overloaded,
  rateLimited,
  refusal,
  resetMidStream,
  type Scenario,
  say,
  slowly,
  write,
} from "./scenario.ts";

const open: AnthropicEmulator[] = [];
afterEach(async () => {
  for (const emulator of open.splice(0)) await emulator.close();
});

const start = async (scenario: Scenario): Promise<AnthropicEmulator> => {
  const emulator = await startAnthropicEmulator({ scenario });
  open.push(emulator);
  return emulator;
};

const credentials = { "x-api-key": "test-key", "anthropic-version": "2023-06-01" };
const question = { model: "m", max_tokens: 100, messages: [{ role: "user", content: "hello" }] };

const post = (
  { url }: AnthropicEmulator,
  body: unknown,
  headers: Record<string, string> = credentials,
  path = "/v1/messages?beta=true",
): Promise<Response> => fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });

describe("the Anthropic emulator", () => {
  it("answers the CLI's look at whether anyone is there", async () => {
    const emulator = await start(always(say("hi")));
    expect((await fetch(emulator.url, { method: "HEAD" })).status).toBe(200);
  });

  it("answers with one JSON message when no stream is asked for", async () => {
    const emulator = await start(always(call(write("a.txt", "x"))));
    expect(await (await post(emulator, question)).json()).toMatchObject({
      type: "message",
      stop_reason: "tool_use",
      content: [{ type: "tool_use", name: "Write", input: { file_path: "a.txt", content: "x" } }],
    });
  });

  it("streams text in pieces, in the vendor's order", async () => {
    const emulator = await start(always(slowly(1, say("grüße 🙂"))));
    const events = (await (await post(emulator, { ...question, stream: true })).text())
      .split("\n\n")
      .filter((part) => part !== "")
      .map((part) => JSON.parse(part.slice(part.indexOf("data: ") + 6)) as Record<string, unknown>);
    const text = events
      .map((event) => (event["delta"] as { text?: string } | undefined)?.text ?? "")
      .join("");
    expect(text).toBe("grüße 🙂");
    expect(events[0]?.["type"]).toBe("message_start");
    expect(events.slice(-2).map(({ type }) => type)).toEqual(["message_delta", "message_stop"]);
  });

  it.each([
    ["no max_tokens", { ...question, max_tokens: undefined }, "max_tokens: Field required"],
    ["no model", { ...question, model: undefined }, "model: Field required"],
    ["no messages", { ...question, messages: undefined }, "messages: Field required"],
    ["an empty conversation", { ...question, messages: [] }, "messages: at least one message is required"],
    [
      "the assistant first",
      { ...question, messages: [{ role: "assistant", content: "hi" }] },
      'first message must use the "user" role',
    ],
    [
      "an answer to a tool that was not called",
      {
        ...question,
        messages: [{ role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: "x" }] }],
      },
      "unexpected `tool_use_id` found in `tool_result` blocks: t1",
    ],
    [
      "a tool call without its answer",
      {
        ...question,
        messages: [
          { role: "user", content: "go" },
          { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "Read", input: {} }] },
          { role: "user", content: "and?" },
        ],
      },
      "`tool_use` ids were found without `tool_result` blocks immediately after: t1",
    ],
    [
      "an empty text",
      { ...question, messages: [{ role: "user", content: [{ type: "text", text: "" }] }] },
      "text content blocks must be non-empty",
    ],
  ])("refuses %s with 400", async (_, body, message) => {
    const response = await post(await start(always(say("hi"))), body);
    expect(response.status).toBe(400);
    const answer = (await response.json()) as { error: { type: string; message: string } };
    expect(answer.error.type).toBe("invalid_request_error");
    expect(answer.error.message).toContain(message);
  });

  it("takes tool answers that are spread over two messages of the user", async () => {
    const emulator = await start(always(say("hi")));
    const messages = [
      { role: "user", content: "go" },
      { role: "user", content: "now" },
      { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "Read", input: {} }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: "x" }] },
      { role: "user", content: "and?" },
    ];
    expect((await post(emulator, { ...question, messages })).status).toBe(200);
  });

  it("refuses a request without a credential with 401", async () => {
    const emulator = await start(always(say("hi")));
    expect((await post(emulator, question, { "anthropic-version": "2023-06-01" })).status).toBe(401);
  });

  it("counts tokens, and knows no other resource", async () => {
    const emulator = await start(always(say("hi")));
    const { model, messages } = question;
    const counted = await post(emulator, { model, messages }, credentials, "/v1/messages/count_tokens");
    expect(await counted.json()).toEqual({ input_tokens: expect.any(Number) as number });
    expect((await post(emulator, question, credentials, "/v1/complete")).status).toBe(404);
  });

  it("charges a cached prefix as the vendor does: written once, read by the session's next request", async () => {
    const emulator = await start(always(say("hi")));
    const cached = (text: string) => ({
      ...question,
      messages: [{ role: "user", content: [{ type: "text", text, cache_control: { type: "ephemeral" } }] }],
    });
    const usageOf = async (text: string) =>
      ((await (await post(emulator, cached(text))).json()) as { usage: Record<string, number> }).usage;
    const first = await usageOf("a".repeat(400));
    const second = await usageOf("a".repeat(800));
    expect(first["cache_read_input_tokens"]).toBe(0);
    expect(first["cache_creation_input_tokens"]).toBeGreaterThan(100);
    expect(second["cache_read_input_tokens"]).toBeGreaterThan(100);
  });

  it("plays faults in order: a rate limit with its wait, an overload, then the answer", async () => {
    const emulator = await start(inOrder(rateLimited(7), overloaded(), say("hi")));
    const limited = await post(emulator, question);
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "7"]);
    expect((await post(emulator, question)).status).toBe(529);
    expect((await post(emulator, question)).status).toBe(200);
    expect(emulator.requests()).toHaveLength(3);
  });

  it("stops by refusal and by max_tokens as the vendor says it", async () => {
    const emulator = await start(inOrder(refusal("no"), cutShort("half a")));
    expect(await (await post(emulator, question)).json()).toMatchObject({
      stop_reason: "refusal",
      stop_details: { type: "refusal", explanation: "no" },
    });
    expect(await (await post(emulator, question)).json()).toMatchObject({ stop_reason: "max_tokens" });
  });

  it("breaks a stream: the connection is reset, or an event is not JSON", async () => {
    const emulator = await start(inOrder(resetMidStream(), malformedEvent()));
    const reset = await post(emulator, { ...question, stream: true });
    await expect(reset.text()).rejects.toThrow();
    const malformed = await (await post(emulator, { ...question, stream: true })).text();
    expect(() =>
      malformed
        .split("data: ")
        .slice(1)
        .map((part) => JSON.parse(part) as unknown),
    ).toThrow();
  });

  it("is closed at once although an answer hangs", async () => {
    const emulator = await startAnthropicEmulator({ scenario: always(hang()) });
    const hanging = post(emulator, question);
    while (emulator.requests().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await emulator.close();
    await expect(hanging).rejects.toThrow();
  });

  it("answers the CLI's side calls without touching the script", async () => {
    const emulator = await start(inOrder(say("first"), say("second")));
    await post(emulator, { ...question, model: "claude-haiku-4-5" });
    expect(await (await post(emulator, question)).json()).toMatchObject({ content: [{ text: "first" }] });
  });

  it("finds the ticket that a prompt names, and no longer identifier that begins like it", async () => {
    const emulator = await start(byTicket({ "A-1": always(say("one")), "A-10": always(say("ten")) }));
    const messages = [{ role: "user", content: "Work on A-10, please" }];
    expect(await (await post(emulator, { ...question, messages })).json()).toMatchObject({
      content: [{ text: "ten" }],
    });
  });
});
