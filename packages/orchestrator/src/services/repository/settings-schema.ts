import { z } from "zod";
import { isImageName } from "../../core/image-name.ts";

/** The files of a target repository that are settings (§10.2). The runner reads the second one by the same rules. */
export const imageFile = ".ai-implement/image.yml";
export const configFile = ".ai-implement/config.yml";

export const imageSchema = z.object({
  image: z
    .string()
    .refine(isImageName, "is not the name of a container image: write it as docker pull takes it"),
});

const modelName = z
  .string()
  .regex(/^[A-Za-z0-9][\w.:/@[\]-]{0,199}$/, "letters, digits and . : / @ _ - [ ], at most 200");

export const configSchema = z.object({
  packageManager: z.enum(["npm", "pnpm", "yarn"]).optional(),
  models: z.object({ implement: modelName.optional(), review: modelName.optional() }).optional(),
  reviewProviders: z
    .array(z.enum(["anthropic", "bedrock"]))
    .max(10)
    .optional(),
});
