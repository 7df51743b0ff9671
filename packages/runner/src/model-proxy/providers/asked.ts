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
  inference_geo: z.string().max(100).nullish(),
});

/** No model gives more in one answer. */
const mostOutputTokens = 128_000;

const listPricedTiers = ["auto", "default", "standard", "standard_only"];

interface AskedCall {
  readonly asked: Asked;
  /** The request as it was read here: of a key that stands in it twice, another reader might take the other one. */
  readonly body: Buffer;
}

/** @returns a sentence where the request is none */
export const askedOf = (route: Extract<Route, { kind: "call" }>, given: Buffer): AskedCall | string => {
  const json = parseJson(given);
  const body = asRead(json);
  const parsed = requestSchema.safeParse(json);
  if (!parsed.success || body === null) return "The body is not a request to a model.";
  const { data } = parsed;
  const model = route.model ?? data.model ?? null;
  if (model === null) return "The request names no model.";
  if (data.background === true) return "Answers in the background cannot be counted.";
  const reach = reachOf(json);
  if (reach !== null) return `Only the model may be asked for, not ${reach}.`;
  const asked: Asked = {
    model,
    maxOutputTokens: data.max_tokens ?? data.max_output_tokens ?? mostOutputTokens,
    requestBytes: body.length,
    isStreamed: route.isStreamed ?? data.stream ?? false,
    unpriced: unpricedOf(data),
  };
  return { asked, body };
};

const unpricedOf = ({ speed, service_tier, inference_geo }: z.infer<typeof requestSchema>): string | null => {
  if (typeof inference_geo === "string" && inference_geo !== "global")
    return "the place of inference that was asked for";
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

/** Null: it is nested deeper than can be written. */
const asRead = (json: unknown): Buffer | null => {
  try {
    return Buffer.from(JSON.stringify(json));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
};
