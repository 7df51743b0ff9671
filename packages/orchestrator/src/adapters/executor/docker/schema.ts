import { z } from "zod";

/** Only what is read of the Engine API's answers. */
export const containerSchema = z.object({
  State: z.object({
    Status: z.string(),
    ExitCode: z.int(),
    OOMKilled: z.boolean().default(false),
    /** What the engine itself has to say about the end. */
    Error: z.string().default(""),
  }),
  Config: z.object({
    Labels: z.record(z.string(), z.string()).nullable().default(null),
    Image: z.string().default(""),
  }),
  HostConfig: z.object({ Memory: z.int().default(0) }),
});
export type Container = z.infer<typeof containerSchema>;

export const containerListSchema = z.array(
  z.object({ Labels: z.record(z.string(), z.string()).nullable().default(null) }),
);

export const engineInfoSchema = z.object({ NCPU: z.int().min(1) });

export const engineVersionSchema = z.object({
  Components: z
    .array(z.object({ Name: z.string(), Version: z.string() }))
    .nullable()
    .default(null),
});

export const networkSchema = z.object({
  IPAM: z.object({ Config: z.array(z.object({ Gateway: z.string().optional() })).nullable() }),
});

export const refusalSchema = z.object({ message: z.string() });
