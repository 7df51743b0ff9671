import { z } from "zod";

const text = z.string().min(1).max(20_000);

/** What is read of the answer of STS to `AssumeRoleWithWebIdentity`, in its JSON form. */
export const assumedRoleSchema = z
  .object({
    AssumeRoleWithWebIdentityResponse: z.object({
      AssumeRoleWithWebIdentityResult: z.object({
        Credentials: z.object({
          AccessKeyId: text,
          SecretAccessKey: text,
          SessionToken: text,
          /** Seconds since the epoch; some gateways write ISO 8601. */
          Expiration: z.union([
            z.number().transform((seconds) => new Date(seconds * 1000)),
            z.iso.datetime({ offset: true }).transform((instant) => new Date(instant)),
          ]),
        }),
      }),
    }),
  })
  .transform(
    (answer) => answer.AssumeRoleWithWebIdentityResponse.AssumeRoleWithWebIdentityResult.Credentials,
  );

export const refusalSchema = z.object({
  Error: z.object({ Code: z.string().max(200), Message: z.string().max(2_000).catch("") }),
});
