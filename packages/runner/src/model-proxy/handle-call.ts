import type { Agent as HttpAgent, IncomingMessage, ServerResponse } from "node:http";
import { NoAnswer, type Patience, passOn, send } from "./forward.ts";
import { askedOf } from "./providers/asked.ts";
import type { Outgoing, Provider, Route } from "./providers/provider.ts";
import { type BodyRoom, readBody } from "./read-body.ts";
import type { Meter, MeteredCall } from "./session-meter.ts";
import { createUsageReader } from "./usage/usage-reader.ts";

/** What the calls of one proxy have in common. */
export interface Line {
  readonly provider: Provider;
  readonly agents: { readonly http: HttpAgent; readonly https: HttpAgent };
  readonly patience: Patience;
  readonly maxBodyBytes: number;
  readonly bodies: BodyRoom;
  readonly log: (line: string) => void;
}

export type Refuse = (status: number, message: string) => void;

export interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly route: Route;
  readonly query: string;
  readonly meter: Meter;
  readonly refuse: Refuse;
  /** The agent has gone away, or we are closing. */
  readonly signal: AbortSignal;
}

/** One request that may be passed on, from its body to the end of its answer. @throws Error when the agent goes away */
export const handleVisit = async (line: Line, visit: Visit): Promise<void> => {
  const { request, refuse } = visit;
  const body = await readBody(request, line.maxBodyBytes, line.bodies);
  switch (body.kind) {
    case "too-large":
      return refuse(413, `A request may have ${line.maxBodyBytes} bytes.`);
    case "no-room":
      return refuse(429, "Too much is being asked at once.");
    case "whole":
      try {
        await handleBody(line, visit, body.bytes);
      } finally {
        body.release();
      }
  }
};

const handleBody = async (line: Line, visit: Visit, body: Buffer): Promise<void> => {
  const { route, meter, refuse, signal } = visit;
  if (route.kind === "free") return passThrough(line, visit, body, null);
  const call = askedOf(route, body);
  if (typeof call === "string") return refuse(400, call);
  const admission = await meter.admit(call.asked, signal);
  switch (admission.kind) {
    case "gone":
      return;
    case "refused":
      line.log(`Model proxy: ${admission.message}`);
      // Of all the refusals, this is the one that no CLI tries again.
      return refuse(400, admission.message);
    case "admitted":
      return passThrough(line, visit, call.body, admission.call);
  }
};

/** @param call null for what costs nothing */
const passThrough = async (
  line: Line,
  visit: Visit,
  body: Buffer,
  call: MeteredCall | null,
): Promise<void> => {
  const { request, route, query, refuse, signal } = visit;
  try {
    const proven = await line.provider.prove(request, route, query, body);
    if (proven.kind === "proven") return await exchange(line, visit, proven.outgoing, call);
    call?.end("unbilled");
    refuse(proven.status, proven.message);
  } catch (error) {
    call?.end(error instanceof NoAnswer && !error.wasSent ? "unbilled" : "ended");
    if (signal.aborted || !(error instanceof NoAnswer)) throw error;
    line.log(`Model proxy: the model's provider gave no answer: ${error.message}.`);
    refuse(error.status, `The model's provider gave no answer: ${error.message}.`);
  }
};

const exchange = async (
  { provider, agents, patience }: Line,
  { response, signal }: Visit,
  outgoing: Outgoing,
  call: MeteredCall | null,
): Promise<void> => {
  const answer = await send(outgoing, agents, patience, signal);
  const { statusCode = 0, headers } = answer;
  // What a provider refuses it does not bill.
  if (statusCode < 200 || statusCode > 299) call?.end("unbilled");
  const tally = provider.createTally();
  const reader = createUsageReader(headers["content-type"] ?? "", tally);
  let bytes = 0;
  const say = (): void => call?.said({ tokens: tally.tokens(), isFinal: tally.isFinal(), bytes });
  await passOn(answer, response, (chunk) => {
    bytes += chunk.length;
    reader.read(chunk);
    say();
  });
  reader.end();
  say();
  call?.end("ended");
};
