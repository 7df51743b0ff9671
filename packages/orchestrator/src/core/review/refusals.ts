import { stableHash } from "../hash.ts";
import type { EffectKey } from "../runs/effects.ts";
import { hours } from "../time.ts";
import type { Remark } from "./remark.ts";

/** Of one pull request: what strangers write must not spend what a forge lets us write in an hour (§9). */
const mostInAnHour = 5;

/**
 * Who may not order us about is told once an hour, and with everybody else who may not at most five times. The key alone sees
 * to that, whatever was looked at before: the second reaction that would have it is none. Two strangers can share a
 * place, and then the first one is told.
 * @param pullRequest over all forges
 */
export const refusalKey = (pullRequest: string, { author, at }: Remark): EffectKey => {
  const place = stableHash(author.toLowerCase()) % mostInAnHour;
  return `refuse:${pullRequest}:${Math.floor(at / hours(1))}:${place}`;
};
