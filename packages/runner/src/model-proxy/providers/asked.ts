import { z } from "zod";
import type { Asked } from "../session-meter.ts";
import type { Route } from "./provider.ts";
import { reachOf } from "./reach.ts";

const maxOutputTokens = z.number().int().min(1).nullish();

/** What has to be known of a call before it may begin. */
const requestSchema = z.object({
  // It is written into messages, logs and the receipt.
  model: z
    .string()
    .regex(/^[\w.:/@+-]{1,200}$/)
    .nullish(),
  max_tokens: maxOutputTokens,
  max_output_tokens: maxOutputTokens,
  stream: z.boolean().nullish(),
  speed: z.string().max(100).nullish(),
  service_tier: z.string().max(100).nullish(),
  background: z.boolean().nullish(),
});

/** No model gives more in one answer. */
const mostOutputTokens = 128_000;

const listPricedTiers = ["auto", "default", "standard", "standard_only"];

/** @returns a sentence where the request is none */
export const askedOf = (route: Extract<Route, { kind: "call" }>, body: Buffer): Asked | string => {
  const json = parseJson(body);
  const parsed = requestSchema.safeParse(json);
  if (!parsed.success) return "The body is not a request to a model.";
  const { data } = parsed;
  const model = route.model ?? data.model ?? null;
  if (model === null) return "The request names no model.";
  if (data.background === true) return "Answers in the background cannot be counted.";
  const reach = reachOf(json);
  if (reach !== null) return `Only the model may be asked for, not ${reach}.`;
  return {
    model,
    maxOutputTokens: data.max_tokens ?? data.max_output_tokens ?? mostOutputTokens,
    requestBytes: body.length,
    isStreamed: route.isStreamed ?? data.stream ?? false,
    unpriced: unpricedOf(data),
  };
};

const unpricedOf = ({ speed, service_tier }: z.infer<typeof requestSchema>): string | null => {
  if (typeof speed === "string" && speed !== "standard") return "the speed that was asked for";
  return typeof service_tier === "string" && !listPricedTiers.includes(service_tier)
    ? "the service tier that was asked for"
    : null;
};

const parseJson = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    // Refused by the schema.
    return null;
  }
};
