import { z } from "zod";

/** What the client itself reads of GitHub's answers. */

export const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

export const installationsSchema = z.array(
  z.object({
    id: z.int(),
    /** An enterprise has no login. */
    account: z.object({ login: z.string().optional() }).nullable(),
    suspended_at: z.string().nullish(),
    permissions: z.record(z.string(), z.string()),
  }),
);

export const accessTokenSchema = z.object({ token: z.string().min(1).max(10_000), expires_at: instant });

export const appSchema = z.object({ slug: z.string().min(1).max(200) });

export const graphqlSchema = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(z.object({ message: z.string(), type: z.string().optional() }))
    .max(1_000)
    .optional(),
});

/** How GitHub says no. */
export const errorBodySchema = z.object({
  message: z.string().optional().catch(undefined),
  errors: z
    .array(
      z.union([
        z.string(),
        z.object({
          resource: z.string().optional(),
          field: z.string().optional(),
          code: z.string().optional(),
          message: z.string().optional(),
        }),
      ]),
    )
    .optional()
    .catch(undefined),
});
